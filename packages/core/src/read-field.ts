import { readValue, type FieldFault, type Schema } from "@sayso/fields";
import { invalidInput } from "./errors.ts";
import { keysOf } from "./keys-of.ts";

/**
 * Returns a value as it is stored.
 *
 * @param field the name that callers know the value by
 * @throws DomainError `validation_failed`
 */
export function readField<T>(field: string, schema: Schema<T>, value: unknown): T {
  const read = readValue(schema, value, field);
  if (read.faults) throw invalidInput(...read.faults);
  return read.value;
}

/**
 * Checks the values that are given. A value that is undefined is absent.
 *
 * @param given the values by the names that callers know them by
 * @throws DomainError `validation_failed`, which names every faulty field
 */
export function checkFields<Name extends string>(
  schemas: Readonly<Record<Name, Schema>>,
  given: Readonly<Partial<Record<Name, unknown>>>,
): void {
  const [first, ...others] = keysOf(schemas).flatMap((field): FieldFault[] => {
    const value = given[field];
    return (value === undefined ? undefined : readValue(schemas[field], value, field).faults) ?? [];
  });
  if (first) throw invalidInput(first, ...others);
}
