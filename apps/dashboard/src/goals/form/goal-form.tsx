import { useState, type ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { CancelButton, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Input, NativeSelect, Textarea, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import {
  bodyOf,
  changedMeanwhile,
  draftOf,
  patchOf,
  shownValue,
  type Draft,
  type FormField,
} from "./draft.ts";
import styles from "./goal-form.module.css";

export interface GoalFormProps {
  fields: readonly FormField[];
  /** The thing to change, read again while the form is open. Null: the form makes a new thing. */
  thing: object | null;
  /** The values that a form for something new begins with. */
  defaults?: Draft;
  /** The button's words. Default: Save, or Create. */
  verb?: string;
  /** Shown above the fields. */
  notice?: ReactNode;
  /** Takes the changed values, at least one. The form shows an error of this call at its fields. */
  submit: (patch: Record<string, unknown>) => Promise<void>;
  /** Called if there is nothing to change. */
  onUnchanged: () => void;
  onCancel: () => void;
}

/**
 * The form for everything that can be set up in goals. It sends only the changed values, and shows changes that others
 * make while it is open.
 */
export function GoalForm(props: GoalFormProps) {
  const { fields, thing, defaults = {}, notice, submit, onUnchanged, onCancel } = props;
  const current =
    thing === null ? { ...draftOf(fields, null), ...defaults } : draftOf(fields, thing);
  const [opened] = useState(current);
  const [typed, setTyped] = useState<Draft>({});
  const [faults, setFaults] = useState<Record<string, string>>({});
  const meanwhile = thing === null ? [] : changedMeanwhile(fields, opened, current, typed);

  const send = () => {
    const filled =
      thing === null ? bodyOf(fields, defaults, typed) : patchOf(fields, current, typed);
    setFaults(filled.faults);
    if (Object.keys(filled.faults).length > 0) return;
    if (thing !== null && Object.keys(filled.patch).length === 0) return onUnchanged();
    return submit(filled.patch);
  };

  return (
    <Form
      onSubmit={send}
      actions={
        <DialogActions>
          <CancelButton onClick={onCancel} />
          <SubmitButton>
            {props.verb ?? (thing === null ? strings.goals.form.create : strings.goals.form.save)}
          </SubmitButton>
        </DialogActions>
      }
    >
      {notice}
      {fields.map((field) => (
        <FieldOf
          key={field.name}
          field={field}
          value={typed[field.name] ?? current[field.name] ?? ""}
          fault={faults[field.name]}
          onChange={(value) => setTyped((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      {meanwhile.map((field) => (
        <p key={field.name} role="status" className={styles.meanwhile}>
          <UntrustedText
            text={strings.goals.form.meanwhile(field.label, shownValue(field, current[field.name]))}
          />
        </p>
      ))}
    </Form>
  );
}

interface FieldOfProps {
  field: FormField;
  value: string | boolean;
  fault: string | undefined;
  onChange: (value: string | boolean) => void;
}

function FieldOf({ field, value, fault, onChange }: FieldOfProps) {
  const { name, label, hint, kind, isRequired = false, maxLength, options = [] } = field;
  if (kind === "tick")
    return (
      <Tick
        name={name}
        label={label}
        hint={hint}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  const shared = {
    name,
    value: String(value),
    maxLength,
    "aria-required": isRequired || undefined,
  };
  const change = (event: { currentTarget: { value: string } }) =>
    onChange(event.currentTarget.value);
  return (
    <Field
      name={name}
      label={label}
      hint={hint}
      fault={fault}
      isOptional={!isRequired && kind !== "choice"}
    >
      {kind === "choice" ? (
        <NativeSelect name={name} value={String(value)} onChange={change}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </NativeSelect>
      ) : kind === "text" ? (
        <Textarea {...shared} onChange={change} />
      ) : (
        <Input
          {...shared}
          type={kind === "day" ? "date" : "text"}
          inputMode={kind === "number" ? "decimal" : undefined}
          autoComplete="off"
          onChange={change}
        />
      )}
    </Field>
  );
}
