import { createContext, useContext, useEffect } from "react";

interface FormState {
  isBusy: boolean;
  /** What the last sending failed with, by the fields' names on the wire. */
  faults: Readonly<Record<string, string>>;
  /** The names of the fields that say themselves what is wrong with them. */
  telling: Set<string>;
}

/** What a `Form` tells those who stand in it. */
export const FormState = createContext<FormState>({
  isBusy: false,
  faults: {},
  telling: new Set(),
});

/** The fault of this field; of a list that of its items as well: `scopes.0`. */
export const faultOfField = (faults: FormState["faults"], name: string): string | undefined =>
  Object.entries(faults).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];

/** What is wrong with this field of the form around; who asks says it, so that the form doesn't. */
export function useFault(name: string | undefined): string | undefined {
  const { faults, telling } = useContext(FormState);
  useEffect(() => {
    if (name === undefined) return;
    telling.add(name);
    return () => void telling.delete(name);
  }, [name, telling]);
  return name === undefined ? undefined : faultOfField(faults, name);
}
