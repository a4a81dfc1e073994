import { keysOf } from "../objects.ts";
import { Field, Input, NativeSelect } from "../ui/forms/field.tsx";
import styles from "./access.module.css";

interface ChoiceCardsProps<Value extends string> {
  legend: string;
  name: string;
  options: Readonly<Record<Value, { name: string; about: string }>>;
  value: Value;
  onChange: (value: Value) => void;
}

/** A choice of one option among a few. Each option has a line that explains it. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { legend, name, options, value, onChange } = props;
  return (
    <fieldset>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.choices}>
        {keysOf(options).map((option) => (
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
  /** The words of the option that filters nothing. */
  any: string;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | undefined) => void;
}

/** A filter by one of these options, or by none. */
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

interface ChoiceFieldProps<Value extends string | number | null> {
  label: string;
  name?: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}

/** A labelled choice of one among a few values. */
export function ChoiceField<Value extends string | number | null>(props: ChoiceFieldProps<Value>) {
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

/** A labelled line of text in a form. It shows the field's fault. */
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
