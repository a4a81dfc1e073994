import type { ReactNode } from "react";
import { QUESTION_MS, useInSight } from "../request/use-in-sight.ts";
import { Button } from "../ui/button.tsx";
import { CopyLine } from "../ui/copy-button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, Input, NativeSelect } from "../ui/field.tsx";
import { Rows } from "../ui/table.tsx";
import styles from "./access.module.css";

interface FactRowProps {
  title: ReactNode;
  /** Shown below in grey, side by side; what is false or null is left out. */
  facts: readonly ReactNode[];
  actions?: ReactNode;
}

/** One thing in a list: what it is, what there is to know, what can be done. */
export function FactRow({ title, facts, actions }: FactRowProps) {
  const shown = facts.filter((fact) => fact !== null && fact !== false && fact !== undefined);
  return (
    <li>
      <div className={styles.row}>
        <div className={styles.what}>
          <div className={styles.title}>{title}</div>
          <div className={styles.facts}>
            {shown.map((fact, index) => (
              <span key={index}>{fact}</span>
            ))}
          </div>
        </div>
        {actions !== undefined && <div className={styles.buttons}>{actions}</div>}
      </div>
    </li>
  );
}

/** A list of what holds, and below it, folded up, of what doesn't any more. */
export const RowsAndPast = (props: { living: ReactNode[]; past: ReactNode[]; summary: string }) => (
  <>
    <Rows>{props.living}</Rows>
    {props.past.length > 0 && (
      <details className={styles.past}>
        <summary>{props.summary}</summary>
        <Rows>{props.past}</Rows>
      </details>
    )}
  </>
);

/** What is told beside a name: a list of terms and what they are; what is null is left out. */
export function Definitions({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.definitions}>
      {of
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export interface Secret {
  label: string;
  hint?: string;
  text: string;
}

interface SecretsDialogProps {
  /** Null: nothing to show, closed. */
  secrets: readonly Secret[] | null;
  title: string;
  lead: string;
  done: string;
  onClose: () => void;
  children?: ReactNode;
}

/** Shows what is shown once; no stray click takes it away. */
export function SecretsDialog(props: SecretsDialogProps) {
  const { secrets, title, lead, done, onClose, children } = props;
  // It lies where the button before it lay: the second tap of two must not put away what is shown this once.
  const isInSight = useInSight(secrets && JSON.stringify(secrets), QUESTION_MS);
  return (
    <Dialog isOpen={secrets !== null} onClose={onClose} title={title} lead={lead} staysOnClick>
      {secrets?.map(({ label, hint, text }) => (
        <div key={label} className={styles.secret}>
          <span>{label}</span>
          {hint !== undefined && <span className="hint">{hint}</span>}
          <CopyLine text={text} label={label} />
        </div>
      ))}
      {children}
      <DialogActions>
        <Button kind="primary" isResting={!isInSight} onClick={onClose}>
          {done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface ChoiceCardsProps<Value extends string> {
  legend: string;
  name: string;
  options: Readonly<Record<Value, { name: string; about: string }>>;
  value: Value;
  onChange: (value: Value) => void;
}

/** One of a few, each with a word on what it is. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { legend, name, options, value, onChange } = props;
  return (
    <fieldset>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.choices}>
        {(Object.keys(options) as Value[]).map((option) => (
          <label key={option} className={styles.choice}>
            <input
              type="radio"
              name={name}
              checked={value === option}
              onChange={() => onChange(option)}
            />
            <span>{options[option].name}</span>
            <small>{options[option].about}</small>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value | undefined;
  /** What stands for any. */
  any: string;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | undefined) => void;
}

/** A filter: one of these, or any. */
export function FilterChoice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, any, options, onChange } = props;
  return (
    <NativeSelect
      aria-label={label}
      value={value ?? ""}
      onChange={({ currentTarget }) =>
        onChange(options.find(([option]) => option === currentTarget.value)?.[0])
      }
    >
      <option value="">{any}</option>
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </NativeSelect>
  );
}

interface ChoiceFieldProps<Value extends number | null> {
  label: string;
  name?: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}

/** A labelled choice of one of a few spans of time. */
export function ChoiceField<Value extends number | null>(props: ChoiceFieldProps<Value>) {
  const { label, name, value, options, onChange } = props;
  const choose = (chosen: string) => {
    const option = options.find(([one]) => String(one) === chosen);
    if (option) onChange(option[0]);
  };
  return (
    <Field name={name} label={label}>
      <NativeSelect
        value={String(value)}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {options.map(([one, words]) => (
          <option key={words} value={String(one)}>
            {words}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}

/** A labelled line of text in a form, with what is wrong with it. */
export function TextField(props: {
  label: string;
  hint?: string;
  name?: string;
  isOptional?: boolean;
  value: string;
  type?: string;
  placeholder?: string;
  onChange: (text: string) => void;
}) {
  const { label, hint, name, isOptional, value, type, placeholder, onChange } = props;
  return (
    <Field name={name} label={label} hint={hint} isOptional={isOptional}>
      <Input
        type={type}
        value={value}
        placeholder={placeholder}
        autoComplete="off"
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </Field>
  );
}
