import { Field as BaseField } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { useFault } from "./form-state.ts";
import styles from "./field.module.css";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** On the wire: what is wrong with it, as the form around was told, is said here. */
  name?: string;
  /** What is wrong with it, in words. */
  fault?: string;
  isOptional?: boolean;
  /** The control: an `<Input>`, `<Textarea>`, `<NativeSelect>` … */
  children: ReactNode;
}

/** A labelled line of a form; hint and fault are tied to the control. */
export function Field({ label, hint, name, isOptional, children, ...props }: FieldProps) {
  const told = useFault(name);
  const fault = props.fault ?? told;
  return (
    <BaseField.Root className={styles.field} invalid={fault !== undefined}>
      <BaseField.Label className={styles.label}>
        {label}
        {isOptional && <span className={styles.optional}> {strings.common.optional}</span>}
      </BaseField.Label>
      {hint !== undefined && (
        <BaseField.Description className={styles.hint}>{hint}</BaseField.Description>
      )}
      {children}
      {fault !== undefined && (
        <BaseField.Error match className={styles.fault}>
          {fault}
        </BaseField.Error>
      )}
    </BaseField.Root>
  );
}

type Unstyled<T> = Omit<T, "className" | "style">;

/** A line of text, a number, a date. */
export const Input = (props: Unstyled<ComponentProps<typeof BaseField.Control>>) => (
  <BaseField.Control {...props} className={styles.control} />
);

/** Several lines of text. */
export const Textarea = (props: Unstyled<ComponentProps<"textarea">>) => (
  <BaseField.Control render={<textarea rows={3} {...props} />} className={styles.control} />
);

/** One of a few. The browser's own: it is the best there is on a phone. */
export const NativeSelect = ({ children, ...props }: Unstyled<ComponentProps<"select">>) => (
  <BaseField.Control render={<select {...props}>{children}</select>} className={styles.control} />
);

interface TickProps extends Unstyled<ComponentProps<"input">> {
  label: ReactNode;
  hint?: ReactNode;
}

/** A box to tick, with its words. */
export function Tick({ label, hint, ...props }: TickProps) {
  return (
    <label className={styles.tick}>
      <input type="checkbox" {...props} />
      <span>
        {label}
        {hint !== undefined && <small className={styles.hint}>{hint}</small>}
      </span>
    </label>
  );
}

/** What is wrong with a form as a whole; read out as it comes. */
export const FormFault = ({ children }: { children: ReactNode }) => (
  <p role="alert" className={styles.fault}>
    {children}
  </p>
);
