import type { ReactNode } from "react";
import { QUESTION_MS, useInSight } from "../ui/use-in-sight.ts";
import { Button } from "../ui/button.tsx";
import { CopyLine } from "../ui/copy-button.tsx";
import { Dialog, DialogActions } from "../ui/dialogs/dialog.tsx";
import styles from "./access.module.css";

export interface Secret {
  label: string;
  hint?: string;
  text: string;
}

interface SecretsDialogProps {
  /** Null: nothing to show, closed. */
  secrets: readonly Secret[] | null;
  title: string;
  lead: string;
  done: string;
  onClose: () => void;
  children?: ReactNode;
}

/** Shows what is shown once; no stray click takes it away. */
export function SecretsDialog(props: SecretsDialogProps) {
  const { secrets, title, lead, done, onClose, children } = props;
  // It lies where the button before it lay: the second tap of two must not put away what is shown this once.
  const isInSight = useInSight(secrets && JSON.stringify(secrets), QUESTION_MS);
  return (
    <Dialog isOpen={secrets !== null} onClose={onClose} title={title} lead={lead} staysOnClick>
      {secrets?.map(({ label, hint, text }) => (
        <div key={label} className={styles.secret}>
          <span>{label}</span>
          {hint !== undefined && <span className="hint">{hint}</span>}
          <CopyLine text={text} label={label} />
        </div>
      ))}
      {children}
      <DialogActions>
        <Button kind="primary" isResting={!isInSight} onClick={onClose}>
          {done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
