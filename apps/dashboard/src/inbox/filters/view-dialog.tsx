import type { View, ViewQuery } from "@sayso/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Input } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { saveView, viewsQuery } from "../queries.ts";

/** An action on a view. */
export type ViewTask =
  | { kind: "save"; query: ViewQuery; views: readonly View[] }
  | { kind: "rename"; view: View }
  | { kind: "delete"; view: View };

/** Saves, renames or deletes a view. */
export function ViewDialog({ task, onDone }: { task: ViewTask; onDone: () => void }) {
  const client = useQueryClient();
  const { views: words } = strings.inbox;
  if (task.kind !== "delete") return <NameDialog task={task} onDone={onDone} />;
  return (
    <ConfirmDialog
      isOpen
      onClose={onDone}
      title={words.deleteTitle}
      verb={words.delete}
      onConfirm={async () => {
        await api.deleteView({ id: task.view.id });
        await client.invalidateQueries({ queryKey: viewsQuery.queryKey });
      }}
    >
      <p>{words.deleteText(task.view.name)}</p>
    </ConfirmDialog>
  );
}

type NameTask = Exclude<ViewTask, { kind: "delete" }>;

function NameDialog({ task, onDone }: { task: NameTask; onDone: () => void }) {
  const client = useQueryClient();
  const { views: words } = strings.inbox;
  const isNew = task.kind === "save";
  const [name, setName] = useState(isNew ? "" : task.view.name);
  // To change a view's filters, a person saves the present ones under the view's name.
  const same = isNew
    ? task.views.find((view) => view.name.toLowerCase() === name.trim().toLowerCase())
    : undefined;
  const isNamed = name.trim() !== "";
  const save = async () => {
    if (!isNamed) return;
    const view = await saveView(
      isNew ? { id: same?.id, name, query: task.query } : { id: task.view.id, name },
    );
    await client.invalidateQueries({ queryKey: viewsQuery.queryKey });
    toast(same ? words.updated(view.name) : words.saved(view.name));
    onDone();
  };
  return (
    <Dialog
      isOpen
      onClose={onDone}
      title={isNew ? words.saveTitle : words.renameTitle}
      lead={words.saveLead}
    >
      <Form
        onSubmit={save}
        actions={
          <DialogActions>
            <CancelButton onClick={onDone} />
            <SubmitButton disabled={!isNamed}>
              {same ? words.update : strings.common.save}
            </SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.name} name="name">
          <Input
            value={name}
            maxLength={60}
            placeholder={words.namePlaceholder}
            onValueChange={setName}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
