import type { CreateConnectionResult } from "@sayso/client";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { BasicFields, inputOf, untouched } from "./connection-fields.tsx";
import { SecretsDialog } from "../secrets-dialog.tsx";
import { ChoiceCards } from "../choice-fields.tsx";

const text = access.connections;
type Preset = keyof typeof text.presets;
/** The presets whose clients leave out values that a request needs. The server fills these values in. */
const platforms = ["n8n", "zapier", "make"] as const;

interface NewConnectionDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Makes a connection. Its key and webhook secret are shown this once. */
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
        title={text.createdTitle}
        lead={text.createdHint}
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
  const create = async () => {
    const { name, rate_limit_per_hour } = inputOf(typed);
    const connection = await api.createConnection({
      name: name.trim() === "" ? nameOf(preset) : name,
      preset: platforms.find((platform) => platform === preset),
      rate_limit_per_hour,
    });
    void queryClient.invalidateQueries({ queryKey: ["connections"] });
    onMade(connection);
  };
  return (
    <Form
      onSubmit={create}
      actions={
        <DialogActions>
          <CancelButton onClick={onCancel} />
          <SubmitButton>{text.create}</SubmitButton>
        </DialogActions>
      }
    >
      <ChoiceCards
        legend={text.preset}
        name="preset"
        options={text.presets}
        value={preset}
        onChange={setPreset}
      />
      <BasicFields typed={typed} onChange={setTyped} />
    </Form>
  );
}

/** The name that a connection gets if nobody types one. */
const nameOf = (preset: Preset): string =>
  preset === "other" ? "" : preset === "agent" ? text.agentName : text.presets[preset].name;
