import { useState, type ReactNode } from "react";
import { messageOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../button.tsx";
import { Dialog, DialogActions } from "./dialog.tsx";
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

/** Asks for a confirmation before an action that can't be undone. The dialog stays open during the action. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, verb, kind = "danger", onConfirm } = props;
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
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
    <Dialog isOpen={isOpen} onClose={() => !isBusy && onClose()} title={title}>
      <div>{children}</div>
      {fault !== undefined && <FormFault>{fault}</FormFault>}
      <DialogActions>
        <Button disabled={isBusy} onClick={onClose}>
          {strings.common.cancel}
        </Button>
        <Button kind={kind} isBusy={isBusy} onClick={() => void confirm()}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
