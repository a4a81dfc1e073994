import type { FieldFault } from "@sayso/core";
import type { Refusal } from "../../http/served-surface.ts";

/** What the core calls by another name than this surface. */
const names: Record<string, string> = {
  expires_at: "expiresAt",
  callback_url: "callbackUrl",
  idempotency_key: "idempotencyKey",
};

/** This surface's form of a refusal: `{ code, message, details }`, in its own names. */
export function renderRunsError({ code, message, details, isInCallersWords }: Refusal) {
  if (!details) return { code, message };
  if (isInCallersWords) return { code, message, details };
  const fields = details.fields as FieldFault[] | undefined;
  const field = typeof details.field === "string" ? details.field : fields?.[0]?.field;
  return {
    code,
    message: rename(field, message),
    details: {
      ...details,
      ...(typeof details.field === "string" && { field: nameOf(details.field) }),
      ...(fields && {
        fields: fields.map((fault) => ({
          field: nameOf(fault.field),
          message: rename(fault.field, fault.message),
        })),
      }),
    },
  };
}

const nameOf = (field: string): string => names[field] ?? field;

const rename = (field: string | undefined, message: string): string =>
  field !== undefined && field in names ? message.replaceAll(field, nameOf(field)) : message;
