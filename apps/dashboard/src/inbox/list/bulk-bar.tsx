import type { Decision, InboxItem } from "@sayso/client";
import { Check, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { strings } from "../../strings/index.ts";
import { useBottomBar } from "../../ui/bottom-bar.ts";
import { laterPart } from "../../ui/load-part.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import styles from "./bulk-bar.module.css";
import type { Selection } from "./use-selection.ts";

const BulkDialog = lazy(
  laterPart(() => import("./bulk-dialog.tsx").then((module) => ({ default: module.BulkDialog }))),
);

interface BulkBarProps {
  selection: Selection;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

/** The actions on all selected requests. */
export function BulkBar({ selection, isOpen, onOpen }: BulkBarProps) {
  const { bulk } = strings.inbox;
  const [asked, setAsked] = useState<{ decision: Decision; items: InboxItem[] } | null>(null);
  const ask = (decision: Decision) => {
    setAsked({ decision, items: [...selection.items.values()] });
    onOpen(true);
  };
  const bar = useBottomBar();
  const count = selection.items.size;
  return (
    <>
      {count > 0 && (
        <section ref={bar} className={styles.bar} aria-label={bulk.label}>
          <IconButton label={bulk.clear} onClick={selection.clear}>
            <X aria-hidden />
          </IconButton>
          <p role="status">{bulk.selected(count)}</p>
          <Button kind="no" icon={<X aria-hidden />} onClick={() => ask("reject")}>
            {bulk.reject}
          </Button>
          <Button kind="yes" icon={<Check aria-hidden />} onClick={() => ask("approve")}>
            {bulk.approve}
          </Button>
        </section>
      )}
      <Suspense>
        {asked && isOpen && (
          <BulkDialog
            {...asked}
            onDone={(wasCast) => {
              onOpen(false);
              setAsked(null);
              if (wasCast) selection.drop(asked.items.map(({ id }) => id));
            }}
          />
        )}
      </Suspense>
    </>
  );
}
