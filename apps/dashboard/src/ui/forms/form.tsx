import { useMutation } from "@tanstack/react-query";
import {
  useContext,
  useEffect,
  useRef,
  useState,
  type ComponentProps,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { faultsOf, messageOf } from "../../api.ts";
import { Button } from "../button.tsx";
import { FormFault } from "./field.tsx";
import { FormState, isShown } from "./form-state.ts";
import styles from "./form.module.css";

interface FormProps {
  /** Submits the form, which shows an error of this call. It can do nothing if there is nothing to submit. */
  onSubmit: () => unknown;
  /** The form's class. Default: the fields stand one below the other. */
  className?: string;
  /**
   * Whether the browser doesn't check the fields. The server reports faults, in the page's own look. Default: true.
   */
  noValidate?: boolean;
  children: ReactNode;
  /** The buttons below, with a `SubmitButton` among them. */
  actions?: ReactNode;
}

/**
 * A form that is filled in and submitted. It can't be submitted again during a submission. Faults are shown at the
 * fields that have their name, otherwise below all fields.
 */
export function Form(props: FormProps) {
  const { onSubmit, className = styles.form, noValidate = true, children, actions } = props;
  const [shown] = useState(() => new Set<string>());
  // A ref, because a second key within one frame would still find the first one's state.
  const isUnderWay = useRef(false);
  const { mutate, isPending, isError, error, submittedAt } = useMutation({
    mutationFn: async () => {
      await onSubmit();
    },
    // A person who is offline gets an error at once.
    networkMode: "always",
  });
  // The lock ends only after the result is drawn, so that a dialog that closes is not submitted again.
  useEffect(() => {
    if (!isPending) isUnderWay.current = false;
  }, [isPending, submittedAt]);
  const faults = faultsOf(error);
  const elsewhere = Object.entries(faults).filter(([field]) => !isShown(field, shown));
  const below =
    elsewhere.length === Object.keys(faults).length ? messageOf(error) : joinFaults(elsewhere);
  return (
    <form
      className={className}
      noValidate={noValidate}
      onSubmit={(event) => {
        event.preventDefault();
        if (isUnderWay.current) return;
        isUnderWay.current = true;
        mutate();
      }}
    >
      <FormState value={{ isBusy: isPending, faults, shown }}>
        {children}
        {isError && below !== "" && <FormFault>{below}</FormFault>}
        {actions}
      </FormState>
    </form>
  );
}

const joinFaults = (faults: [field: string, message: string][]): string =>
  faults.map(([field, message]) => `${field}: ${message}`).join(" ");

/** Submits the surrounding form. The button is busy during the submission. */
export const SubmitButton = (props: Omit<ComponentProps<typeof Button>, "type" | "isBusy">) => (
  <Button kind="primary" {...props} type="submit" isBusy={useContext(FormState).isBusy} />
);

/** Makes Ctrl or ⌘ with Enter submit the form of a field with several lines. Holding the keys submits it once. */
export function sendByKeys(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.repeat || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.currentTarget.form?.requestSubmit();
}
