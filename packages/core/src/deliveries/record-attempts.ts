import { createBatcher } from "../transactions/batcher.ts";
import type { AcrossOrganizations, NewIds, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import { nextAttempt, NOT_YET_STATUSES } from "./schedule.ts";

/** The outcome of an attempt. */
export interface Attempt {
  /** Says whether it delivered. False also when a 2xx answer never ended. */
  ok: boolean;
  startedAt: Date;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  /** At most 4 kB of the answer's body. */
  responseBody: string | null;
  retryAfter: string | null;
  /** The headers as sent, without the values that only the receiver may know. Null: nothing was sent. */
  requestHeaders: Record<string, string> | null;
  /** The answer's headers, at most 4 kB. Null: no answer came. */
  responseHeaders: Record<string, string> | null;
}

export type RecordAttempt = (delivery: ClaimedDelivery, attempt: Attempt) => Promise<void>;

interface Ended {
  delivery: ClaimedDelivery;
  attempt: Attempt;
  /** The id, drawn once: recording the attempt twice writes the same. */
  attemptId: string;
  failedEventId: string;
  random: number;
}

/**
 * Records attempts and what follows from each: delivered, tried again later, given up, or gone (410). A 410 also ends
 * the delivery's subscription, and so do five days of nothing but failures. Attempts that end together are written
 * together.
 */
export function createAttemptRecorder(
  services: AcrossOrganizations & NewIds,
  random: () => number = Math.random,
): RecordAttempt {
  const recordTogether = createBatcher<Ended, void>(async (_, ended) => {
    const notYetBefore = await countNotYet(services, ended);
    const rows = ended.map((one) => toRow(one, notYetBefore(one.delivery.id)));
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
    recordTogether("", {
      delivery,
      attempt,
      attemptId: services.newId(),
      failedEventId: services.newId(),
      random: random(),
    });
}

/** Counts, for each delivery, the earlier attempts since its last replay whose answer was "not yet". */
async function countNotYet(
  services: SystemPool,
  ended: Ended[],
): Promise<(deliveryId: string) => number> {
  const retried = ended.filter(({ delivery, attempt }) => !attempt.ok && delivery.attempt > 1);
  if (retried.length === 0) return () => 0;
  const { rows } = await withRetries(() =>
    services.system.query<{ id: string; count: number }>({
      name: "count_not_yet",
      text: `select d.id, count(*)::int as count
             from unnest($1::uuid[], $2::int[], $4::uuid[]) as d (id, attempt, organization_id)
             cross join lateral (
               select status_code from delivery_attempts a
               where a.organization_id = d.organization_id and a.delivery_id = d.id order by a.started_at desc limit d.attempt - 1
             ) earlier
             where earlier.status_code = any ($3) group by d.id`,
      values: [
        retried.map(({ delivery }) => delivery.id),
        retried.map(({ delivery }) => delivery.attempt),
        NOT_YET_STATUSES,
        retried.map(({ delivery }) => delivery.organizationId),
      ],
    }),
  );
  const counts = new Map(rows.map(({ id, count }) => [id, count]));
  return (deliveryId) => counts.get(deliveryId) ?? 0;
}

function toRow(
  { delivery, attempt, attemptId, failedEventId, random }: Ended,
  notYetBefore: number,
) {
  const { statusCode, retryAfter } = attempt;
  const next = nextAttempt({
    attempt: delivery.attempt,
    notYetBefore,
    outcome: { ok: attempt.ok, statusCode, retryAfter },
    random: () => random,
    now: new Date(),
  });
  const status = { delivered: "delivered", retry: "pending", exhausted: "failed", gone: "gone" }[
    next.kind
  ];
  return {
    attempt_id: attemptId,
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
    request_headers: attempt.requestHeaders,
    response_headers: attempt.responseHeaders,
    status,
    retry_after_ms: next.kind === "retry" ? next.afterMs : null,
    failed_event_id: status === "failed" || status === "gone" ? failedEventId : null,
  };
}
