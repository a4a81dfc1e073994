import { nameActor } from "../actors/name-actor.ts";
import { publicVia } from "../actors/via.ts";
import type { Member, LoadedRequest } from "./load.ts";
import type { RequestState } from "../state-machine/state.ts";

/** A callback that waits to be sent. `id` is the webhook-id, the same in every attempt. */
export interface NewDelivery {
  id: string;
  connection_id: string | null;
  event_id: string;
  event_type: string;
  url: string;
  origin: string;
  body: string;
  /** The seconds for which it is stored as claimed, with its first attempt under way. Null: a worker claims it. */
  lease_seconds: number | null;
}

/**
 * Builds the callback of a request that has just left "pending". Returns null if the request has no callback_url.
 *
 * The body carries every spelling that published clients read: `request_id` and `id`, `comment` and `decision_comment`,
 * `decided_by` as an object with flat twins (docs/guides/surfaces.md). `metadata` is unchanged. `sequence` is the
 * number of the ending event within the request, `decision_reason` the grounds in that event. Timestamps are ISO 8601
 * in UTC.
 */
export function buildCallback(
  { row }: LoadedRequest,
  next: RequestState,
  deliveryId: string,
  ending: { id: string; data: Record<string, unknown> },
  decider: Member | null,
): NewDelivery | null {
  if (row.callbackUrl === null) return null;
  const decidedAt = next.decidedAt?.toISOString() ?? null;
  const body = {
    event: "approval.decided",
    event_id: ending.id,
    sequence: next.eventSequence,
    id: next.id,
    request_id: next.id,
    status: next.status,
    title: row.title,
    priority: next.priority,
    action_type: row.actionType,
    source: row.source,
    decided_at: decidedAt,
    decided_by:
      next.decidedBy === null
        ? null
        : { id: next.decidedBy, email: decider?.email ?? null, name: decider?.name ?? null },
    decided_by_id: next.decidedBy,
    decided_by_name: decider?.name ?? null,
    decided_by_email: decider?.email ?? null,
    decided_by_full_name: nameActor({ person: decider?.name ?? null, via: next.decidedVia }),
    decided_via_connection_id: next.decidedViaConnectionId,
    decided_via: publicVia(next.decidedVia),
    decision_reason: ending.data.reason,
    comment: next.decisionComment,
    decision_comment: next.decisionComment,
    metadata: row.metadata,
    created_at: row.createdAt.toISOString(),
  };
  return {
    id: deliveryId,
    connection_id: row.connectionId,
    event_id: ending.id,
    event_type: "approval.decided",
    url: row.callbackUrl,
    origin: new URL(row.callbackUrl).origin,
    body: JSON.stringify(body),
    lease_seconds: null,
  };
}
