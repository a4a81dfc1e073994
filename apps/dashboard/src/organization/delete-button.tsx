import { plainLine } from "@sayso/untrusted-text";
import { ConfirmButton } from "../ui/dialogs/confirm-button.tsx";
import { toast } from "../ui/toasts/toast.tsx";

interface DeleteButtonProps {
  /** Of what is deleted. */
  name: string;
  words: {
    delete: string;
    deleteTitle: (name: string) => string;
    deleteText: string;
    deleted: (name: string) => string;
  };
  onDelete: () => Promise<unknown>;
  /** It is gone, and that was said. */
  onDeleted: () => Promise<void>;
}

/** Among the buttons of a dialog: deletes what it is about, once that was confirmed. */
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
