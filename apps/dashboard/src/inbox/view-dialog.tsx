import type { View, ViewQuery } from "@sayso/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, faultsOf, messageOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Input } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { saveView, viewsQuery } from "./queries.ts";

/** What is done with a view. */
export type ViewTask =
  | { kind: "save"; query: ViewQuery; views: readonly View[] }
  | { kind: "rename"; view: View }
  | { kind: "delete"; view: View };

/** Keeps, renames or deletes a view. */
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
  // A view of the same name gets the present filters: that is how one is changed.
  const same = isNew
    ? task.views.find((view) => view.name.toLowerCase() === name.trim().toLowerCase())
    : undefined;
  const saving = useMutation({
    mutationFn: () =>
      saveView(isNew ? { id: same?.id, name, query: task.query } : { id: task.view.id, name }),
    onSuccess: async (view) => {
      await client.invalidateQueries({ queryKey: viewsQuery.queryKey });
      toast(same ? words.updated(view.name) : words.saved(view.name));
      onDone();
    },
  });
  const fault = faultsOf(saving.error).name;
  return (
    <Dialog
      isOpen
      onClose={onDone}
      title={isNew ? words.saveTitle : words.renameTitle}
      lead={words.saveLead}
    >
      <form
        id="view"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") saving.mutate();
        }}
      >
        <Field label={words.name} fault={fault}>
          <Input
            value={name}
            maxLength={60}
            placeholder={words.namePlaceholder}
            onValueChange={setName}
          />
        </Field>
        {saving.isError && fault === undefined && <FormFault>{messageOf(saving.error)}</FormFault>}
      </form>
      <DialogActions>
        <Button onClick={onDone}>{strings.common.cancel}</Button>
        <Button
          kind="primary"
          type="submit"
          form="view"
          disabled={name.trim() === ""}
          isBusy={saving.isPending}
        >
          {same ? words.update : strings.common.save}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
