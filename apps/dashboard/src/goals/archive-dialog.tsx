import { ConfirmDialog } from "../ui/dialogs/confirm-dialog.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { refreshGoals } from "./queries.ts";

interface ArchiveDialogProps {
  isOpen: boolean;
  onClose: () => void;
  words: { archiveDialog: string; archiveHint: string; archive: string; archived: string };
  /** Archives the goal, and leaves the page if the page is the goal's own. */
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
