import type { z } from "zod";
import { describeIssue } from "./describe-issue.ts";

/** One fault of the input: the field (dotted path, as the caller named it) and how to mend it. */
export interface FieldFault {
  field: string;
  message: string;
}

/** A check of a value, which returns the value as it is stored. */
export type Schema<T = unknown> = z.ZodType<T>;

/** A value as it is stored, or what is wrong with it. */
type ReadValue<T> =
  { value: T; faults?: undefined } | { faults: [FieldFault, ...FieldFault[]]; value?: undefined };

/**
 * Reads a value as its schema declares it, and describes faults in Sayso's words: `title must have 1 to 500
 * characters`.
 *
 * @param name the field that the value is for; absent: the value holds all fields, as a body does
 */
export function readValue<Of extends Schema>(
  schema: Of,
  value: unknown,
  name?: string,
): ReadValue<z.output<Of>> {
  const read = schema.safeParse(value, { error: describeIssue });
  if (read.success) return { value: read.data };
  const [first, ...others] = read.error.issues.map(({ path, message }): FieldFault => {
    const field = [...(name === undefined ? [] : [name]), ...path.map(String)].join(".");
    return field === "" ? ofBody(message) : { field, message: `${field} ${message}` };
  });
  if (!first) throw read.error;
  return { faults: [first, ...others] };
}

const ofBody = (message: string): FieldFault => ({
  field: "body",
  message: message === "is required" ? "a JSON body is required" : `the body ${message}`,
});
