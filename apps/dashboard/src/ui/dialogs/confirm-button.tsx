import { useState, type ComponentProps } from "react";
import { Button } from "../button.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";

interface ConfirmButtonProps extends Pick<
  ComponentProps<typeof ConfirmDialog>,
  "title" | "verb" | "children" | "onConfirm"
> {
  /** How it looks; what can't be undone is `danger` in the dialog as well. Default: `plain`. */
  kind?: "plain" | "primary" | "danger";
  size?: "small";
  disabled?: boolean;
  /** It isn't offered any more; what is being asked goes on. */
  isHidden?: boolean;
}

/** A button that asks before it does what its verb says. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { kind = "plain", size, disabled, isHidden = false, ...dialog } = props;
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      {!isHidden && (
        <Button kind={kind} size={size} disabled={disabled} onClick={() => setAsking(true)}>
          {dialog.verb}
        </Button>
      )}
      <ConfirmDialog
        {...dialog}
        kind={kind === "danger" ? "danger" : "primary"}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
