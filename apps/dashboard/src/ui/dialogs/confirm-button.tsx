import { useState, type ComponentProps } from "react";
import { Button } from "../button.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";

interface ConfirmButtonProps extends Pick<
  ComponentProps<typeof ConfirmDialog>,
  "title" | "verb" | "children" | "onConfirm"
> {
  /** The button's look. `danger`, for what can't be undone, also applies to the dialog. Default: `plain`. */
  kind?: "plain" | "primary" | "danger";
  size?: "small";
  disabled?: boolean;
  /** Whether the button is no longer offered. An open dialog stays open. */
  isHidden?: boolean;
}

/** A button that asks for a confirmation before it acts. */
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
