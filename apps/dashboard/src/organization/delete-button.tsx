import { plainLine } from "@sayso/untrusted-text";
import { ConfirmButton } from "../ui/dialogs/confirm-button.tsx";
import { toast } from "../ui/toasts/toast.tsx";

interface DeleteButtonProps {
  /** The name of the thing that the button deletes. */
  name: string;
  words: {
    delete: string;
    deleteTitle: (name: string) => string;
    deleteText: string;
    deleted: (name: string) => string;
  };
  onDelete: () => Promise<unknown>;
  /** Called after the deletion and its message. */
  onDeleted: () => Promise<void>;
}

/** A button of a dialog that deletes the dialog's subject after a confirmation. */
export function DeleteButton({ name, words, onDelete, onDeleted }: DeleteButtonProps) {
  const shown = plainLine(name);
  return (
    <ConfirmButton
      kind="danger"
      title={words.deleteTitle(shown)}
      verb={words.delete}
      onConfirm={async () => {
        await onDelete();
        toast(words.deleted(shown));
        await onDeleted();
      }}
    >
      <p>{words.deleteText}</p>
    </ConfirmButton>
  );
}
