import { errorStatuses } from "@sayso/catalogue";
import { DomainError } from "@sayso/core";
import { retryAfter, type Visit } from "./site.ts";

/** Answers a page's own script with JSON: the result of `work`, or its error as `{ "message": "…" }` for the person. */
export async function answerJson(visit: Visit, work: () => Promise<object>): Promise<void> {
  const { response } = visit;
  try {
    response.json(await work());
  } catch (error) {
    const status = error instanceof DomainError ? errorStatuses[error.code] : 500;
    if (!(error instanceof DomainError) || status >= 500) throw error;
    if (status === 429) response.set("Retry-After", retryAfter(error));
    response.status(status).json({ message: `${error.message}.` });
  }
}
