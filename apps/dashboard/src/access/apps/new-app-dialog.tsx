import { settingsOf } from "@sayso/app-settings";
import type { CreateAppInput, CreateAppResult } from "@sayso/client";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, NativeSelect, Textarea, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { useFault } from "../../ui/forms/form-state.ts";
import { Definitions } from "../fact-row.tsx";
import { SecretsDialog } from "../secrets-dialog.tsx";
import { ChoiceCards, TextField } from "../choice-fields.tsx";
import type { Scope } from "../queries.ts";
import { allScopes, ScopeTicks } from "../scope-ticks.tsx";

const text = access.apps;
type Platform = keyof typeof text.platforms;
type Kind = keyof typeof text.kinds;

interface TypedApp {
  platform: Platform;
  name: string;
  n8nUrl: string;
  zapierAppId: string;
  redirectUris: string;
  kind: Kind;
  scopes: Scope[];
  allowsClientCredentials: boolean;
}

const untouched: TypedApp = {
  platform: "n8n",
  name: "",
  n8nUrl: "",
  zapierAppId: "",
  redirectUris: "",
  kind: "web",
  scopes: allScopes,
  allowsClientCredentials: false,
};

/** Converts the typed values into the API's input. */
function inputOf(typed: TypedApp): CreateAppInput {
  const { platform } = typed;
  if (platform !== "other")
    return {
      name: typed.name.trim() === "" ? text.platforms[platform].name : typed.name,
      preset: platform,
      ...(platform === "n8n" && { n8n_url: typed.n8nUrl }),
      ...(platform === "zapier" && { zapier_app_id: typed.zapierAppId }),
    };
  return {
    name: typed.name,
    kind: typed.kind,
    redirect_uris: typed.redirectUris.split(/\s+/).filter((uri) => uri !== ""),
    scopes: typed.scopes,
    allows_client_credentials: typed.allowsClientCredentials,
  };
}

/** Registers an app, and shows the values to fill in at it. Its secret is shown this once. */
export function NewAppDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [made, setMade] = useState<CreateAppResult | null>(null);
  const form = made && settingsOf(made, location.origin, made.client_secret);
  return (
    <>
      <Dialog isOpen={isOpen} onClose={onClose} title={text.create} shape="wide">
        <NewAppForm
          onCancel={onClose}
          onMade={(app) => {
            setMade(app);
            onClose();
          }}
        />
      </Dialog>
      <SecretsDialog
        title={text.createdTitle}
        lead={made?.client_secret === null ? text.noSecret : text.createdHint}
        done={text.copied}
        onClose={() => setMade(null)}
        secrets={
          form &&
          form.settings.flatMap(({ label, value, isChoice }) =>
            isChoice ? [] : [{ label, text: value }],
          )
        }
      >
        {form && (
          <>
            <Definitions
              of={form.settings.flatMap(({ label, value, isChoice }) =>
                isChoice ? [[label, value] as const] : [],
              )}
            />
            <p className="hint">{form.where}</p>
          </>
        )}
      </SecretsDialog>
    </>
  );
}

function NewAppForm(props: { onMade: (app: CreateAppResult) => void; onCancel: () => void }) {
  const [typed, setTyped] = useState(untouched);
  const set = (change: Partial<TypedApp>) => setTyped({ ...typed, ...change });
  const create = async () => {
    const app = await api.createApp(inputOf(typed));
    for (const key of ["apps", "connections"])
      void queryClient.invalidateQueries({ queryKey: [key] });
    props.onMade(app);
  };
  return (
    <Form
      onSubmit={create}
      actions={
        <DialogActions>
          <CancelButton onClick={props.onCancel} />
          <SubmitButton>{text.create}</SubmitButton>
        </DialogActions>
      }
    >
      <ChoiceCards
        legend={text.platform}
        name="platform"
        options={text.platforms}
        value={typed.platform}
        onChange={(platform) => set({ platform })}
      />
      <TextField
        label={text.name}
        hint={text.nameHint}
        name="name"
        isOptional={typed.platform !== "other"}
        value={typed.name}
        onChange={(name) => set({ name })}
      />
      <PlatformFields typed={typed} set={set} />
    </Form>
  );
}

interface PlatformFieldsProps {
  typed: TypedApp;
  set: (change: Partial<TypedApp>) => void;
}

/** The fields that each platform needs beside a name. */
function PlatformFields(props: PlatformFieldsProps) {
  const { typed, set } = props;
  switch (typed.platform) {
    case "n8n":
      return (
        <TextField
          label={text.n8nUrl}
          hint={text.n8nUrlHint}
          type="url"
          placeholder="https://n8n.example.com"
          name="n8n_url"
          value={typed.n8nUrl}
          onChange={(n8nUrl) => set({ n8nUrl })}
        />
      );
    case "zapier":
      return (
        <TextField
          label={text.zapierId}
          hint={text.zapierIdHint}
          name="zapier_app_id"
          value={typed.zapierAppId}
          onChange={(zapierAppId) => set({ zapierAppId })}
        />
      );
    case "make":
      return null;
    case "other":
      return <OtherFields {...props} />;
  }
}

function OtherFields({ typed, set }: PlatformFieldsProps) {
  const clientCredentialsFault = useFault("allows_client_credentials");
  return (
    <>
      <Field label={text.redirectUris} hint={text.redirectUrisHint} name="redirect_uris">
        <Textarea
          value={typed.redirectUris}
          placeholder="https://app.example.com/callback"
          onChange={({ currentTarget }) => set({ redirectUris: currentTarget.value })}
        />
      </Field>
      <Field label={text.kind}>
        <NativeSelect
          value={typed.kind}
          onChange={({ currentTarget }) =>
            set({ kind: currentTarget.value === "native" ? "native" : "web" })
          }
        >
          <option value="web">{text.kinds.web}</option>
          <option value="native">{text.kinds.native}</option>
        </NativeSelect>
      </Field>
      <ScopeTicks
        legend={text.scopes}
        chosen={typed.scopes}
        onChange={(scopes) => set({ scopes })}
      />
      <Tick
        label={text.clientCredentials}
        hint={clientCredentialsFault ?? text.clientCredentialsHint}
        checked={typed.allowsClientCredentials}
        onChange={({ currentTarget }) => set({ allowsClientCredentials: currentTarget.checked })}
      />
    </>
  );
}
