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
import { FormState, isTold } from "./form-state.ts";
import styles from "./form.module.css";

interface FormProps {
  /** Sends it; what it throws is shown in the form. Where there is nothing to send yet, it does nothing. */
  onSubmit: () => unknown;
  /** Default: the fields one below the other. */
  className?: string;
  /** Default: true. What is wrong is said by the server, in the page's own look. */
  noValidate?: boolean;
  children: ReactNode;
  /** The buttons below, with a `SubmitButton` among them. */
  actions?: ReactNode;
}

/**
 * What is filled in and sent. While it is being sent it is not sent again. What was wrong is said at the fields that have
 * the name of it, otherwise below them all.
 */
export function Form(props: FormProps) {
  const { onSubmit, className = styles.form, noValidate = true, children, actions } = props;
  const [telling] = useState(() => new Set<string>());
  // Of two keys within one frame the second finds the state of the first one's.
  const isUnderWay = useRef(false);
  const { mutate, isPending, isError, error, submittedAt } = useMutation({
    mutationFn: async () => {
      await onSubmit();
    },
    // Who is offline is told so.
    networkMode: "always",
  });
  // Once what follows from it is drawn: a dialog that closes must not be sent again meanwhile.
  useEffect(() => {
    if (!isPending) isUnderWay.current = false;
  }, [isPending, submittedAt]);
  const faults = faultsOf(error);
  const untold = Object.entries(faults).filter(([field]) => !isTold(field, telling));
  const below = untold.length === Object.keys(faults).length ? messageOf(error) : tellAll(untold);
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
      <FormState value={{ isBusy: isPending, faults, telling }}>
        {children}
        {isError && below !== "" && <FormFault>{below}</FormFault>}
        {actions}
      </FormState>
    </form>
  );
}

const tellAll = (faults: [field: string, message: string][]): string =>
  faults.map(([field, message]) => `${field}: ${message}`).join(" ");

/** Sends the form that it stands in; busy as long as that takes. */
export const SubmitButton = (props: Omit<ComponentProps<typeof Button>, "type" | "isBusy">) => (
  <Button kind="primary" {...props} type="submit" isBusy={useContext(FormState).isBusy} />
);

/** For a field of several lines: Ctrl or ⌘ with Enter sends its form; held down, once. */
export function sendByKeys(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.repeat || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.currentTarget.form?.requestSubmit();
}
