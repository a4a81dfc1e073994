import type { GoalsScope } from "@sayso/client";
import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { CopyLine } from "../../ui/copy-button.tsx";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Input, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { refreshGoals } from "../queries.ts";
import styles from "../form/goal-form.module.css";

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
      <h3>{texts.createdTitle}</h3>
      <p>{texts.createdHint}</p>
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
  const make = async () => {
    if (scopes.length === 0) throw new Error(texts.scopesFault);
    onMade((await api.createGoalsKey({ name, scopes: [...scopes] })).key);
    await refreshGoals();
  };
  return (
    <Form
      onSubmit={make}
      actions={
        <DialogActions>
          <CancelButton onClick={onClose} />
          <SubmitButton>{strings.goals.form.create}</SubmitButton>
        </DialogActions>
      }
    >
      <Field label={fields.name} hint={texts.nameHint} name="name">
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
    </Form>
  );
}
