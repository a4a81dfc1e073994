import type { Decision } from "@sayso/client";
import { Check, X } from "lucide-react";
import { strings } from "../../strings/index.ts";
import { useBottomBar } from "../../ui/bottom-bar.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import styles from "./bulk-bar.module.css";
import type { Selection } from "./use-selection.ts";

interface BulkBarProps {
  selection: Selection;
  /** Asks about all selected requests. */
  onAsk: (decision: Decision) => void;
}

/** The actions on all selected requests. */
export function BulkBar({ selection, onAsk }: BulkBarProps) {
  const { bulk } = strings.inbox;
  const bar = useBottomBar();
  const count = selection.items.size;
  if (count === 0) return null;
  return (
    <section ref={bar} className={styles.bar} aria-label={bulk.label}>
      <IconButton label={bulk.clear} onClick={selection.clear}>
        <X aria-hidden />
      </IconButton>
      <p role="status">{bulk.selected(count)}</p>
      <Button kind="no" icon={<X aria-hidden />} onClick={() => onAsk("reject")}>
        {bulk.reject}
      </Button>
      <Button kind="yes" icon={<Check aria-hidden />} onClick={() => onAsk("approve")}>
        {bulk.approve}
      </Button>
    </section>
  );
}
