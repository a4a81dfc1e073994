import type { Template } from "@sayso/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { DeleteButton } from "../delete-button.tsx";
import { templatesQuery } from "../queries.ts";
import { TemplateFields } from "./template-fields.tsx";
import { TemplatePreview } from "./template-preview.tsx";
import { changesOf, draftOf, type TemplateDraft } from "./template-draft.ts";
import styles from "./template.module.css";

const words = strings.organization.templates;

interface TemplateDialogProps {
  /** The template to change. Null: a new one. */
  template: Template | null;
  onClose: () => void;
}

/** Makes a template or changes one, beside a preview of a request made from it. */
export function TemplateDialog({ template, onClose }: TemplateDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(template));
  const leave = () => {
    onClose();
    return client.invalidateQueries({ queryKey: templatesQuery.queryKey });
  };
  const save = async () => {
    await saveTemplate(template, draft);
    toast(words.saved);
    await leave();
  };
  const change = (changes: Partial<TemplateDraft>) =>
    setDraft((before) => ({ ...before, ...changes }));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={template ? words.editTitle : words.createTitle}
      shape="wide"
    >
      <Form
        onSubmit={save}
        actions={
          <DialogActions>
            {template && (
              <DeleteButton
                name={template.name}
                words={words}
                onDelete={() => api.deleteTemplate({ id: template.id })}
                onDeleted={leave}
              />
            )}
            <SubmitButton>{words.save}</SubmitButton>
          </DialogActions>
        }
      >
        <div className={styles.columns}>
          <TemplateFields draft={draft} change={change} />
          <TemplatePreview draft={draft} />
        </div>
      </Form>
    </Dialog>
  );
}

async function saveTemplate(template: Template | null, draft: TemplateDraft): Promise<void> {
  const changes = changesOf(template, draft);
  if (template) await api.updateTemplate({ id: template.id, ...changes });
  else await api.createTemplate({ name: draft.name, ...changes });
}
