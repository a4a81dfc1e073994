import type { FieldFault } from "@sayso/core";
import type { Refusal } from "../../http/served-surface.ts";

/** Renders a refusal in this surface's form: a message, and the faults of each field. */
export function renderRequestsError({ message, details }: Refusal) {
  const errors: Record<string, string[]> = {};
  for (const fault of details?.fields ?? []) (errors[fault.field] ??= []).push(sayShortly(fault));
  const requestId = details?.request_id;
  return {
    error: message,
    message,
    errors,
    ...(typeof requestId === "string" && { request_id: requestId }),
  };
}

/** Returns the fault without the field's name, because the name is its key. */
function sayShortly({ field, message }: FieldFault): string {
  const rest = message.startsWith(field)
    ? message.slice(field.length).replace(/^:? +/, "")
    : message;
  return rest === "is required" || rest === "a JSON body is required" ? "can't be blank" : rest;
}
