import type { ReactNode } from "react";
import { QUESTION_MS, useInSight } from "../ui/pause/use-in-sight.ts";
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
  /** The secrets to show. Null: the dialog is closed. */
  secrets: readonly Secret[] | null;
  title: string;
  lead: string;
  done: string;
  onClose: () => void;
  children?: ReactNode;
}

/** Shows secrets that are shown only once. A stray click outside doesn't close the dialog. */
export function SecretsDialog(props: SecretsDialogProps) {
  const { secrets, title, lead, done, onClose, children } = props;
  // The dialog's button lies where the previous button lay, so the second tap of two must not close the dialog: its
  // secrets are shown only this once.
  const pause = useInSight(secrets && JSON.stringify(secrets), QUESTION_MS);
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
      <DialogActions pause={pause}>
        <Button kind="primary" pause={pause} onClick={onClose}>
          {done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
