import type { Refusal } from "../../http/served-surface.ts";

/** This surface's names of fields that the core calls otherwise. */
const names: Record<string, string> = {
  expires_at: "expiresAt",
  callback_url: "callbackUrl",
  idempotency_key: "idempotencyKey",
};

/** Renders a refusal in this surface's form, `{ code, message, details }`, with its own names of fields. */
export function renderRunsError({ code, message, details, isInCallersWords }: Refusal) {
  if (!details) return { code, message };
  if (isInCallersWords) return { code, message, details };
  const { fields } = details;
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
