import type { YourVote } from "@sayso/client";
import { ArrowRightLeft, Ban } from "lucide-react";
import { useState } from "react";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { DelegateDialog } from "./delegate-dialog.tsx";
import styles from "./request-view.module.css";

/** The actions on a request other than deciding it. */
export function OtherActions({ requestId, vote }: { requestId: string; vote: YourVote }) {
  const [shown, setShown] = useState<"cancel" | "delegate" | null>(null);
  const { cancel, delegate } = strings.request;
  const close = () => setShown(null);
  return (
    <>
      {(vote.can_cancel || vote.can_delegate) && (
        <div className={styles.actions}>
          {vote.can_delegate && (
            <Button icon={<ArrowRightLeft aria-hidden />} onClick={() => setShown("delegate")}>
              {delegate.open}
            </Button>
          )}
          {vote.can_cancel && (
            <Button icon={<Ban aria-hidden />} onClick={() => setShown("cancel")}>
              {cancel.open}
            </Button>
          )}
        </div>
      )}
      <CancelDialog requestId={requestId} isOpen={shown === "cancel"} onClose={close} />
      <DelegateDialog requestId={requestId} isOpen={shown === "delegate"} onClose={close} />
    </>
  );
}
