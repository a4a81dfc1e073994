import { faultsOf, messageOf } from "../api.ts";

/** What is wrong with a form as a whole: the error in words, where none of the form's fields says it already. */
export function faultOf(error: unknown, fields: readonly string[] = []): string | undefined {
  if (error === null || error === undefined) return undefined;
  const faults = faultsOf(error);
  return fields.some((field) => faults[field] !== undefined) ? undefined : messageOf(error);
}
