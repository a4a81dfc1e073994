import { ConfirmDialog } from "../ui/dialogs/confirm-dialog.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { refreshGoals } from "./queries.ts";

interface ArchiveDialogProps {
  isOpen: boolean;
  onClose: () => void;
  words: { archiveDialog: string; archiveHint: string; archive: string; archived: string };
  /** Also leaves the page, where it is that of what is archived. */
  archive: () => Promise<unknown>;
}

/** Asks before a goal is archived. */
export const ArchiveDialog = ({ words, archive, ...dialog }: ArchiveDialogProps) => (
  <ConfirmDialog
    {...dialog}
    title={words.archiveDialog}
    verb={words.archive}
    onConfirm={async () => {
      await archive();
      toast(words.archived);
      await refreshGoals();
    }}
  >
    <p>{words.archiveHint}</p>
  </ConfirmDialog>
);
