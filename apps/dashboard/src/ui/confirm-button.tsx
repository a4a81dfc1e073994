import { useState, type ComponentProps } from "react";
import { Button } from "./button.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";

interface ConfirmButtonProps extends Pick<
  ComponentProps<typeof ConfirmDialog>,
  "title" | "verb" | "children" | "onConfirm"
> {
  /** How it looks; what can't be undone is `danger` in the dialog as well. Default: `plain`. */
  kind?: "plain" | "primary" | "danger";
  size?: "small";
  disabled?: boolean;
}

/** A button that asks before it does what its verb says. */
export function ConfirmButton({ kind = "plain", size, disabled, ...dialog }: ConfirmButtonProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind={kind} size={size} disabled={disabled} onClick={() => setAsking(true)}>
        {dialog.verb}
      </Button>
      <ConfirmDialog
        {...dialog}
        kind={kind === "danger" ? "danger" : "primary"}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
