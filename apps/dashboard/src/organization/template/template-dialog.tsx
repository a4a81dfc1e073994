import type { Template } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, faultsOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { FormFault } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { faultOf } from "../fault-of.ts";
import { templatesQuery } from "../queries.ts";
import {
  AboutFields,
  AskFields,
  DeadlineFields,
  type Edit,
  WhoFields,
} from "./template-fields.tsx";
import { TemplatePreview } from "./template-preview.tsx";
import { changesOf, draftOf, type TemplateDraft } from "./template-draft.ts";
import formStyles from "../form.module.css";
import styles from "./template.module.css";

const words = strings.organization.templates;

/** The fields that show what is wrong with them themselves. */
const shown = [
  "name",
  "description",
  "target_app",
  "defaults.title",
  "defaults.description",
  "defaults.action_type",
  "defaults.required_approvals",
  "defaults.expires_after_minutes",
  "defaults.auto_action_after_minutes",
];

interface TemplateDialogProps {
  /** null: a new one. */
  template: Template | null;
  onClose: () => void;
}

/** Makes a template, or changes one; beside it stands what a request made from it will look like. */
export function TemplateDialog({ template, onClose }: TemplateDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(template));
  const [isDeleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: templatesQuery.queryKey });
  const save = useMutation({
    mutationFn: () => saveTemplate(template, draft),
    onSuccess: async () => {
      toast(words.saved);
      onClose();
      await refresh();
    },
  });
  const remove = async (id: string) => {
    await api.deleteTemplate({ id });
    toast(words.deleted(plainLine(template?.name ?? "")));
    onClose();
    await refresh();
  };
  const fault = faultOf(save.error, shown);
  const edit: Edit = {
    draft,
    faults: faultsOf(save.error),
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={template ? words.editTitle : words.createTitle}
      shape="wide"
    >
      <form
        className={formStyles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <div className={styles.columns}>
          <div className={formStyles.form}>
            <AboutFields {...edit} />
            <AskFields {...edit} />
            <WhoFields {...edit} />
            <DeadlineFields {...edit} />
          </div>
          <TemplatePreview draft={draft} />
        </div>
        {fault !== undefined && <FormFault>{fault}</FormFault>}
        <DialogActions>
          {template && (
            <Button kind="danger" onClick={() => setDeleting(true)}>
              {words.delete}
            </Button>
          )}
          <Button type="submit" kind="primary" isBusy={save.isPending}>
            {words.save}
          </Button>
        </DialogActions>
      </form>
      {template && (
        <ConfirmDialog
          isOpen={isDeleting}
          onClose={() => setDeleting(false)}
          title={words.deleteTitle(plainLine(template.name))}
          verb={words.delete}
          onConfirm={() => remove(template.id)}
        >
          <p>{words.deleteText}</p>
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

async function saveTemplate(template: Template | null, draft: TemplateDraft): Promise<void> {
  const changes = changesOf(template, draft);
  if (template) await api.updateTemplate({ id: template.id, ...changes });
  else await api.createTemplate({ name: draft.name, ...changes });
}
