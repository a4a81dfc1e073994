import type { Decision, InboxItem, Status } from "@sayso/client";
import { Check, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { strings } from "../strings/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import styles from "./bulk-bar.module.css";
import type { Selection } from "./use-selection.ts";

const BulkDialog = lazy(() =>
  import("./bulk-dialog.tsx").then((module) => ({ default: module.BulkDialog })),
);

interface BulkBarProps {
  selection: Selection;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  /** Called for each request on which the vote was counted. */
  onVoted: (id: string, status: Status) => void;
}

/** What can be done with all that is selected. */
export function BulkBar({ selection, isOpen, onOpen, onVoted }: BulkBarProps) {
  const { bulk } = strings.inbox;
  const [asked, setAsked] = useState<{ decision: Decision; items: InboxItem[] } | null>(null);
  const ask = (decision: Decision) => {
    setAsked({ decision, items: [...selection.items.values()] });
    onOpen(true);
  };
  const count = selection.items.size;
  return (
    <>
      {count > 0 && (
        <section className={styles.bar} aria-label={bulk.label}>
          <p role="status">{bulk.selected(count)}</p>
          <Button kind="yes" icon={<Check aria-hidden />} onClick={() => ask("approve")}>
            {bulk.approve}
          </Button>
          <Button kind="no" icon={<X aria-hidden />} onClick={() => ask("reject")}>
            {bulk.reject}
          </Button>
          <IconButton label={bulk.clear} onClick={selection.clear}>
            <X aria-hidden />
          </IconButton>
        </section>
      )}
      <Suspense>
        {asked && isOpen && (
          <BulkDialog
            {...asked}
            onVoted={(id, status) => {
              onVoted(id, status);
            }}
            onDone={(decided) => {
              onOpen(false);
              setAsked(null);
              selection.drop(decided);
            }}
          />
        )}
      </Suspense>
    </>
  );
}
