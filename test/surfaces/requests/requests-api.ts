/** A request as the requests surface shows it. */
export interface WireRequest {
  id: string;
  status: "pending" | "approved" | "rejected" | "expired";
  title: string;
  description: string | null;
  external_id: string | null;
  payload: Record<string, unknown>;
  decided_at: string | null;
  decided_by_id: string | null;
  decision_note: string | null;
  inserted_at: string;
  expires_at: string | null;
}

export interface RequestPage {
  data: WireRequest[];
  next_cursor: string | null;
}

export interface RequestError {
  error: string;
  errors: Record<string, string[]>;
}

export const errorsOf = ({ errors }: RequestError): Record<string, string[]> => errors;

export const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toISOString();

/** Returns the same id as the approvals API shows it. */
export const coreId = (id: string): string =>
  id.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Reads the three rate-limit headers. */
export const rateOf = (headers: Headers) => ({
  limit: Number(headers.get("X-RateLimit-Limit")),
  remaining: Number(headers.get("X-RateLimit-Remaining")),
  reset: Number(headers.get("X-RateLimit-Reset")),
});
