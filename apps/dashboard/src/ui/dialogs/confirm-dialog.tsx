import { useState, type ReactNode } from "react";
import { messageOf } from "../../api.ts";
import { Button } from "../button.tsx";
import { QUESTION_MS, useInSight } from "../pause/use-in-sight.ts";
import { CancelButton, Dialog, DialogActions } from "./dialog.tsx";
import { FormFault } from "../forms/field.tsx";

interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  /** The consequences, and those that can't be undone. */
  children: ReactNode;
  /** The words of the button: "Delete the connection". */
  verb: string;
  kind?: "danger" | "primary";
  /** The confirmed action. The dialog closes after it succeeds, and shows its error otherwise. */
  onConfirm: () => Promise<unknown>;
}

/**
 * Asks for a confirmation before an action that can't be undone. Cancel has the focus, and a burst of presses that opened
 * the dialog confirms nothing. The dialog stays open during the action.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, verb, kind = "danger", onConfirm } = props;
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const pause = useInSight(isOpen ? verb : null, QUESTION_MS);
  const confirm = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={() => !isBusy && onClose()}
      title={title}
      initialFocus={kind === "danger" ? "cancel" : "field"}
    >
      <div>{children}</div>
      {fault !== undefined && <FormFault>{fault}</FormFault>}
      <DialogActions pause={pause}>
        <CancelButton disabled={isBusy} onClick={onClose} />
        <Button kind={kind} pause={pause} isBusy={isBusy} onClick={() => void confirm()}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
