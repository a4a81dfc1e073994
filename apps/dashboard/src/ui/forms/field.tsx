import { Field as BaseField } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { useFault } from "./form-state.ts";
import styles from "./field.module.css";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** The field's name in the API. The field shows the fault that the form has for this name. */
  name?: string;
  /** The field's fault in words. */
  fault?: string;
  isOptional?: boolean;
  /** The control: an `<Input>`, `<Textarea>`, `<NativeSelect>` … */
  children: ReactNode;
}

/** A labelled line of a form. Its hint and its fault are tied to the control for screen readers. */
export function Field({ label, hint, name, isOptional, children, ...props }: FieldProps) {
  const formFault = useFault(name);
  const fault = props.fault ?? formFault;
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

/** A control for a line of text, a number or a date. */
export const Input = (props: Unstyled<ComponentProps<typeof BaseField.Control>>) => (
  <BaseField.Control {...props} className={styles.control} />
);

/** A control for several lines of text. */
export const Textarea = (props: Unstyled<ComponentProps<"textarea">>) => (
  <BaseField.Control render={<textarea rows={3} {...props} />} className={styles.control} />
);

/** A choice of one option. It is the browser's own control, because that works best on a phone. */
export const NativeSelect = ({ children, ...props }: Unstyled<ComponentProps<"select">>) => (
  <BaseField.Control render={<select {...props}>{children}</select>} className={styles.control} />
);

interface TickProps extends Unstyled<ComponentProps<"input">> {
  label: ReactNode;
  hint?: ReactNode;
}

/** A tick box with its words. */
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

/** The fault of a form as a whole. Screen readers read it out when it appears. */
export const FormFault = ({ children }: { children: ReactNode }) => (
  <p role="alert" className={styles.fault}>
    {children}
  </p>
);
