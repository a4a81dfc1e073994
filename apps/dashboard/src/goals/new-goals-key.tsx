import type { GoalsScope } from "@sayso/client";
import { useState, type SubmitEvent } from "react";
import { api, faultsOf, messageOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { CopyLine } from "../ui/copy-button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Input, Tick } from "../ui/field.tsx";
import { refreshGoals } from "./queries.ts";
import styles from "./form/goal-form.module.css";

interface NewGoalsKeyProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Makes a key, and shows it once. */
export function NewGoalsKey({ isOpen, onClose }: NewGoalsKeyProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={strings.goals.keys.dialog}>
      <Content onClose={onClose} />
    </Dialog>
  );
}

function Content({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState<string>();
  if (key === undefined) return <KeyForm onClose={onClose} onMade={setKey} />;
  const { keys: texts } = strings.goals;
  return (
    <div className={styles.form} role="status">
      <h3>{texts.madeTitle}</h3>
      <p>{texts.madeHint}</p>
      <CopyLine text={key} label={texts.key} />
      <DialogActions>
        <Button kind="primary" onClick={onClose}>
          {texts.copied}
        </Button>
      </DialogActions>
    </div>
  );
}

const isScope = (text: string): text is GoalsScope =>
  Object.hasOwn(strings.goals.keys.scopeWords, text);

function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { keys: texts, fields } = strings.goals;
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly GoalsScope[]>(["okrs:read", "kpis:read"]);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (scopes.length === 0) return setFaults({ scopes: texts.scopesFault });
    setBusy(true);
    setFaults({});
    try {
      onMade((await api.createGoalsKey({ name, scopes: [...scopes] })).key);
      await refreshGoals();
    } catch (error) {
      const found = faultsOf(error);
      setFaults(found.name === undefined ? { scopes: messageOf(error) } : found);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} noValidate onSubmit={(event) => void send(event)}>
      <Field label={fields.name} hint={texts.nameHint} fault={faults.name}>
        <Input
          name="name"
          autoComplete="off"
          maxLength={200}
          value={name}
          onChange={({ currentTarget: { value } }) => setName(value)}
        />
      </Field>
      <fieldset>
        <legend>{texts.scopes}</legend>
        {Object.entries(texts.scopeWords).map(([scope, words]) => (
          <Tick
            key={scope}
            label={words}
            hint={scope}
            checked={isScope(scope) && scopes.includes(scope)}
            onChange={({ currentTarget: { checked } }) => {
              if (!isScope(scope)) return;
              setScopes(checked ? [...scopes, scope] : scopes.filter((one) => one !== scope));
            }}
          />
        ))}
      </fieldset>
      {faults.scopes !== undefined && <FormFault>{faults.scopes}</FormFault>}
      <DialogActions>
        <Button onClick={onClose}>{strings.common.cancel}</Button>
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {strings.goals.form.make}
        </Button>
      </DialogActions>
    </form>
  );
}
