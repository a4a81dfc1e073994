import { DomainError, type FieldFault } from "@sayso/core";
import type { z } from "zod";

/**
 * The value as its schema declares it.
 *
 * @throws DomainError `validation_failed`, naming every faulty field and what is right
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue): FieldFault => {
    const field = issue.path.map(String).join(".");
    const isMissing =
      issue.code === "invalid_type" &&
      issue.input === undefined &&
      /received undefined/.test(issue.message);
    return {
      field: field || "body",
      message: isMissing
        ? `${field || "a JSON body"} is required`
        : `${field}${field ? ": " : ""}${issue.message}`,
    };
  });
  throw new DomainError("validation_failed", faults[0]?.message ?? "The input is not valid", {
    details: { fields: faults.slice(0, 20) },
  });
}
