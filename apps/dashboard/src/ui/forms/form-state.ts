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

/** Whether a fault of `field` is said at the field of this name; a list says those of its items as well: `scopes.0`. */
const isAt = (name: string, field: string): boolean =>
  field === name || field.startsWith(`${name}.`);

/** Whether some field says this fault. */
export const isTold = (field: string, telling: FormState["telling"]): boolean =>
  [...telling].some((name) => isAt(name, field));

/** What is wrong with this field of the form around; who asks says it, so that the form doesn't. */
export function useFault(name: string | undefined): string | undefined {
  const { faults, telling } = useContext(FormState);
  useEffect(() => {
    if (name === undefined) return;
    telling.add(name);
    return () => void telling.delete(name);
  }, [name, telling]);
  if (name === undefined) return undefined;
  return Object.entries(faults).find(([field]) => isAt(name, field))?.[1];
}
