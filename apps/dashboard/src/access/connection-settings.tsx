import type { Connection } from "@sayso/client";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, faultsOf, messageOf, queryClient } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { DialogActions } from "../ui/dialog.tsx";
import { FormFault, Tick } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import styles from "./access.module.css";
import { BasicFields, inputOf, LimitFields, typedOf } from "./connection-fields.tsx";

const text = strings.access.connections;

/** What an admin sets on a connection. */
export function ConnectionSettings({ connection }: { connection: Connection }) {
  const { id } = connection;
  const [typed, setTyped] = useState(typedOf(connection));
  const [isActive, setActive] = useState(connection.is_active);
  const save = useMutation({
    mutationFn: () => api.updateConnection({ id, ...inputOf(typed), is_active: isActive }),
    onSuccess: (saved) => {
      setTyped(typedOf(saved));
      queryClient.setQueryData(["connections", id], saved);
      void queryClient.invalidateQueries({ queryKey: ["connections"] });
      toast(text.saved);
    },
  });
  const faults = faultsOf(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card title={text.settings}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <BasicFields typed={typed} onChange={setTyped} faults={faults} />
        <LimitFields typed={typed} onChange={setTyped} faults={faults} />
        <Tick
          label={text.active}
          hint={text.activeHint}
          checked={isActive}
          onChange={({ currentTarget }) => setActive(currentTarget.checked)}
        />
        {save.isError && Object.keys(faults).length === 0 && (
          <FormFault>{messageOf(save.error)}</FormFault>
        )}
        <DialogActions>
          <Button type="submit" kind="primary" isBusy={save.isPending}>
            {strings.common.save}
          </Button>
        </DialogActions>
      </form>
    </Card>
  );
}
