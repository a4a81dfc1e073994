import { createContext, useContext, useEffect } from "react";

interface FormState {
  isBusy: boolean;
  /** The faults of the last submission, by the fields' names in the API. */
  faults: Readonly<Record<string, string>>;
  /** The names of the fields that show their own fault. */
  shown: Set<string>;
}

/** The state that a `Form` shares with its fields and buttons. */
export const FormState = createContext<FormState>({
  isBusy: false,
  faults: {},
  shown: new Set(),
});

/** Whether the field of this name shows a fault of `field`. A list also shows the faults of its items: `scopes.0`. */
const isAt = (name: string, field: string): boolean =>
  field === name || field.startsWith(`${name}.`);

/** Whether some field shows this fault. */
export const isShown = (field: string, shown: FormState["shown"]): boolean =>
  [...shown].some((name) => isAt(name, field));

/** Returns the fault of a field in the surrounding form. The caller must show it, because the form then doesn't. */
export function useFault(name: string | undefined): string | undefined {
  const { faults, shown } = useContext(FormState);
  useEffect(() => {
    if (name === undefined) return;
    shown.add(name);
    return () => void shown.delete(name);
  }, [name, shown]);
  if (name === undefined) return undefined;
  return Object.entries(faults).find(([field]) => isAt(name, field))?.[1];
}
