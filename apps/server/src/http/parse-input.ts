import { DomainError, type FieldFault } from "@sayso/core";
import { readValue } from "@sayso/fields";
import type { z } from "zod";

/** A `validation_failed` that is found before the core is called. Its fields have the names that the caller sent. */
export class InputError extends DomainError {
  /** @param faults the message is that of the first; at most 20 are named */
  constructor(...faults: [FieldFault, ...FieldFault[]]) {
    super("validation_failed", faults[0].message, { details: { fields: faults.slice(0, 20) } });
    this.name = "InputError";
  }
}

/**
 * Returns the value as its schema declares it.
 *
 * @param found faults that are known already; they come first
 * @throws InputError that names every faulty field and the right form
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  found: readonly FieldFault[] = [],
): z.output<Schema> {
  const read = readValue(schema, value);
  const [first, ...others] = found;
  if (first) throw new InputError(first, ...others, ...(read.faults ?? []));
  if (read.faults) throw new InputError(...read.faults);
  return read.value;
}
