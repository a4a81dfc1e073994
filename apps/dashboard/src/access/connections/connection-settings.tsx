import type { Connection } from "@sayso/client";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { Card } from "../../ui/card.tsx";
import { DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { BasicFields, changesOf, LimitFields, typedOf } from "./connection-fields.tsx";

const text = access.connections;

/** The settings of a connection that an admin changes. Sends only changed ones, so that another admin's changes stay. */
export function ConnectionSettings({ connection }: { connection: Connection }) {
  const { id } = connection;
  // The connection as the form showed it first, because a newer one can arrive meanwhile.
  const [shown, setShown] = useState(connection);
  const [typed, setTyped] = useState(typedOf(connection));
  const [isActive, setActive] = useState(connection.is_active);
  const [readsAll, setReadsAll] = useState(connection.can_read_all);
  const save = async () => {
    const saved = await api.updateConnection({
      id,
      ...changesOf(shown, typed),
      ...(isActive !== shown.is_active && { is_active: isActive }),
      ...(readsAll !== shown.can_read_all && { can_read_all: readsAll }),
    });
    setShown(saved);
    setTyped(typedOf(saved));
    setActive(saved.is_active);
    setReadsAll(saved.can_read_all);
    queryClient.setQueryData(["connections", id], saved);
    void queryClient.invalidateQueries({ queryKey: ["connections"] });
    toast(text.saved);
  };
  return (
    <Card title={text.settings}>
      <Form
        onSubmit={save}
        actions={
          <DialogActions>
            <SubmitButton>{strings.common.save}</SubmitButton>
          </DialogActions>
        }
      >
        <BasicFields typed={typed} onChange={setTyped} />
        <LimitFields typed={typed} onChange={setTyped} />
        <Tick
          label={text.canReadAll}
          hint={text.canReadAllHint}
          checked={readsAll}
          onChange={({ currentTarget }) => setReadsAll(currentTarget.checked)}
        />
        <Tick
          label={text.active}
          hint={text.activeHint}
          checked={isActive}
          onChange={({ currentTarget }) => setActive(currentTarget.checked)}
        />
      </Form>
    </Card>
  );
}
