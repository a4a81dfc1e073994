import type { CreateConnectionResult } from "@sayso/client";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, faultsOf, messageOf, queryClient } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { CopyBlock } from "../ui/copy-button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { FormFault } from "../ui/field.tsx";
import styles from "./access.module.css";
import { BasicFields, inputOf, untouched } from "./connection-fields.tsx";
import { ChoiceCards, SecretsDialog } from "./pieces.tsx";

const text = strings.access.connections;
type Preset = keyof typeof text.presets;
/** Those whose clients leave out what a request needs, which the server then fills in. */
const platforms = ["n8n", "zapier", "make"] as const;

interface NewConnectionDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Makes a connection, and shows its key and secret this once. */
export function NewConnectionDialog({ isOpen, onClose }: NewConnectionDialogProps) {
  const [made, setMade] = useState<CreateConnectionResult | null>(null);
  return (
    <>
      <Dialog isOpen={isOpen} onClose={onClose} title={text.create} shape="wide">
        <NewConnectionForm
          onMade={(connection) => {
            setMade(connection);
            onClose();
          }}
          onCancel={onClose}
        />
      </Dialog>
      <SecretsDialog
        title={text.madeTitle}
        lead={text.madeHint}
        done={text.copied}
        onClose={() => setMade(null)}
        secrets={
          made && [
            { label: text.apiKey, hint: text.apiKeyHint, text: made.api_key },
            { label: text.webhookSecret, hint: text.webhookSecretHint, text: made.webhook_secret },
          ]
        }
      >
        {made && (
          <>
            <h3>{text.tryIt}</h3>
            <CopyBlock
              label={text.emptyCommand}
              text={text.firstCall(location.origin, made.api_key)}
            />
          </>
        )}
      </SecretsDialog>
    </>
  );
}

function NewConnectionForm({
  onMade,
  onCancel,
}: {
  onMade: (connection: CreateConnectionResult) => void;
  onCancel: () => void;
}) {
  const [preset, setPreset] = useState<Preset>("n8n");
  const [typed, setTyped] = useState(untouched);
  const create = useMutation({
    mutationFn: () => {
      const { name, rate_limit_per_hour, can_decide } = inputOf(typed);
      return api.createConnection({
        name: name.trim() === "" ? nameOf(preset) : name,
        preset: platforms.find((platform) => platform === preset),
        rate_limit_per_hour,
        can_decide,
      });
    },
    onSuccess: (connection) => {
      void queryClient.invalidateQueries({ queryKey: ["connections"] });
      onMade(connection);
    },
  });
  const faults = faultsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <ChoiceCards
        legend={text.preset}
        name="preset"
        options={text.presets}
        value={preset}
        onChange={setPreset}
      />
      <BasicFields typed={typed} onChange={setTyped} faults={faults} />
      {create.isError && Object.keys(faults).length === 0 && (
        <FormFault>{messageOf(create.error)}</FormFault>
      )}
      <DialogActions>
        <Button onClick={onCancel}>{strings.common.cancel}</Button>
        <Button type="submit" kind="primary" isBusy={create.isPending}>
          {text.create}
        </Button>
      </DialogActions>
    </form>
  );
}

/** What it is called where nobody says otherwise. */
const nameOf = (preset: Preset): string =>
  preset === "other" ? "" : preset === "agent" ? text.agentName : text.presets[preset].name;
