import type { FieldFault } from "@sayso/core";
import type { Refusal } from "../../http/served-surface.ts";

/** This surface's form of a refusal: a message, and by field what is wrong with it (seed 003_6e68e33541840638.txt). */
export function renderRequestsError({ message, details }: Refusal) {
  const errors: Record<string, string[]> = {};
  for (const fault of (details?.fields ?? []) as FieldFault[])
    (errors[fault.field] ??= []).push(sayShortly(fault));
  const requestId = details?.request_id;
  return {
    error: message,
    errors,
    ...(typeof requestId === "string" && { request_id: requestId }),
  };
}

/** The fault without the field's name, which stands beside it. */
function sayShortly({ field, message }: FieldFault): string {
  const rest = message.startsWith(field)
    ? message.slice(field.length).replace(/^:? +/, "")
    : message;
  return rest === "is required" || rest === "a JSON body is required" ? "can't be blank" : rest;
}
