import { createBatcher } from "../batcher.ts";
import type { Context } from "../context.ts";
import { withRetries } from "../database-errors.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import { nextAttempt } from "./schedule.ts";

/** What an attempt came to. */
export interface Attempt {
  /** False also when a 2xx never came to its end. */
  ok: boolean;
  startedAt: Date;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  /** At most 4 kB. */
  responseBody: string | null;
  retryAfter: string | null;
}

export type RecordAttempt = (delivery: ClaimedDelivery, attempt: Attempt) => Promise<void>;

/**
 * Writes an attempt and what follows from it: delivered, tried again later, given up, or gone (410), which also ends
 * the subscription that it was for, as five days of only failures do. Attempts that end together are written together.
 */
export function createAttemptRecorder(
  services: Context["services"],
  random: () => number = Math.random,
): RecordAttempt {
  const recordTogether = createBatcher<ReturnType<typeof toRow>, void>(async (_, rows) => {
    const record = rows.some((row) => row.subscription_id !== null)
      ? "record_subscription_attempts"
      : "record_attempts";
    await withRetries(() =>
      services.system.query({
        name: record,
        text: `select ${record}($1)`,
        values: [JSON.stringify(rows)],
      }),
    );
    if (rows.some((row) => row.failed_event_id !== null)) services.eventsWritten();
    return rows.map(() => undefined);
  });
  return (delivery, attempt) =>
    recordTogether("", toRow(delivery, attempt, services.newId, random));
}

function toRow(
  delivery: ClaimedDelivery,
  attempt: Attempt,
  newId: () => string,
  random: () => number,
) {
  const { statusCode, retryAfter } = attempt;
  const next = nextAttempt({
    attempt: delivery.attempt,
    outcome: { ok: attempt.ok, statusCode, retryAfter },
    random,
    now: new Date(),
  });
  const status = { delivered: "delivered", retry: "pending", exhausted: "failed", gone: "gone" }[
    next.kind
  ];
  return {
    attempt_id: newId(),
    delivery_id: delivery.id,
    organization_id: delivery.organizationId,
    subscription_id: delivery.subscriptionId,
    request_id: delivery.requestId,
    attempt: delivery.attempt,
    started_at: attempt.startedAt,
    duration_ms: Math.round(attempt.durationMs),
    status_code: statusCode,
    error: attempt.error,
    response_body: attempt.responseBody,
    status,
    retry_after_ms: next.kind === "retry" ? next.afterMs : null,
    failed_event_id: status === "failed" || status === "gone" ? newId() : null,
  };
}
