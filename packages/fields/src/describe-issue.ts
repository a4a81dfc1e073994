import type { z } from "zod";

const kinds: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  null: "null",
  number: "a number",
  object: "a JSON object",
  record: "a JSON object",
  string: "text",
};

const units: Record<string, string> = { array: " entries", string: " characters" };

/**
 * Says what is wrong with a value, as the end of a sentence that begins with the field's name. Zod asks for it wherever
 * a schema has no words of its own.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "too_small":
      return issue.minimum === 1 && issue.origin in units
        ? "must not be empty"
        : describeBound("at least", issue.minimum, issue.origin);
    case "too_big":
      return describeBound("at most", issue.maximum, issue.origin);
    case "invalid_format":
      return `must be ${issue.format === "uuid" ? "an id" : `a valid ${issue.format}`}`;
    // The key's own fault says more than that there is one.
    case "invalid_key":
      return issue.issues[0]?.message ?? "is a name that is not allowed";
    default:
      return "is not valid";
  }
}

function describeBound(bound: string, value: number | bigint, origin: string): string {
  const unit = units[origin];
  return unit === undefined ? `must be ${bound} ${value}` : `must have ${bound} ${value}${unit}`;
}
