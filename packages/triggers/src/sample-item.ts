import type { EventRequest, ListEventsInput } from "@sayso/client";
import type { EventItem } from "./item.ts";

/**
 * The types of events about requests and deliveries, without families. The triggers of goals and changes bring samples
 * of their own.
 */
type SampledType = Exclude<
  Extract<NonNullable<ListEventsInput["types"]>[number], `${"approval" | "delivery"}.${string}`>,
  `${string}.*`
>;

const ids = {
  event: "01930000-0000-7000-8000-000000000001",
  organization: "01930000-0000-7000-8000-000000000002",
  request: "01930000-0000-7000-8000-000000000003",
  connection: "01930000-0000-7000-8000-000000000004",
  person: "01930000-0000-7000-8000-000000000005",
  deputy: "01930000-0000-7000-8000-000000000006",
  step: "01930000-0000-7000-8000-000000000007",
  comment: "01930000-0000-7000-8000-000000000008",
  delivery: "01930000-0000-7000-8000-000000000009",
};
const { person } = ids;
/** The channel of a person who is signed in: their own session. */
const inPerson = { kind: "session", id: null, name: null };

/** The data of each type of event, with every key that it can have. */
const dataOf: Partial<Record<string, Record<string, unknown>>> = {
  "approval.created": {
    required_approvals: 1,
    via: { kind: "connection", id: ids.connection, name: "Release pipeline" },
  },
  "approval.step_activated": { step_id: ids.step },
  "approval.vote_cast": {
    step_id: null,
    person_id: person,
    connection_id: null,
    decision: "approve",
    comment: "Go ahead",
    source: "page",
    via: inPerson,
  },
  "approval.step_decided": { step_id: ids.step, status: "approved", decided_by: person },
  "approval.approved": {
    reason: "vote",
    decided_by: person,
    via_connection_id: null,
    via: inPerson,
    comment: "Go ahead",
  },
  "approval.rejected": {
    reason: "vote",
    decided_by: person,
    via_connection_id: null,
    via: inPerson,
    comment: "Not before the weekend",
  },
  "approval.cancelled": {
    reason: "cancelled",
    decided_by: person,
    via: inPerson,
    comment: "No longer needed",
  },
  "approval.expired": { reason: "expired", decided_by: null, via: null },
  "approval.commented": {
    comment_id: ids.comment,
    body: "Which customers does it touch?",
    via: inPerson,
  },
  "approval.delegated": { step_id: ids.step, from: person, to: ids.deputy, via: inPerson },
  "approval.revised": { fields: ["title"], votes_voided: 1, via: inPerson },
  "approval.vote_voided": {
    step_id: ids.step,
    person_id: ids.deputy,
    connection_id: null,
    decision: "approve",
    reason: "person_removed",
  },
  "approval.auto_action_dropped": { reason: "author_may_not_approve" },
  "approval.steps_replaced": { step_ids: [ids.step], via: inPerson },
  "delivery.failed": {
    delivery_id: ids.delivery,
    request_id: ids.request,
    status: "failed",
    attempts: 12,
    status_code: 503,
    error: null,
  },
} satisfies Record<SampledType, Record<string, unknown>>;

/** The types that have samples. */
export const sampleTypes = Object.keys(dataOf);

const createdAt = "2026-03-02T09:15:00.000Z";
const happenedAt = "2026-03-02T09:21:30.000Z";
const ada = { id: person, name: "Ada Okafor", email: "ada@example.com" };
const endings = ["approved", "rejected", "cancelled", "expired"] as const;
const reasonOf = {
  approved: "vote",
  rejected: "vote",
  cancelled: "cancelled",
  expired: "expired",
} as const;

/**
 * Returns an example of an event of this type, the same each time. Platforms show it while people map fields. A type
 * without a sample here gives an example without data and request.
 */
export function sampleItem(type: string): EventItem {
  const data = { ...dataOf[type] };
  const ending = endings.find((status) => type === `approval.${status}`) ?? null;
  const isFirst = type === "approval.created";
  const isOfRequest = type.startsWith("approval.");
  const isByPerson = isOfRequest && ending !== "expired";
  return {
    id: ids.event,
    type,
    sequence: isOfRequest ? (isFirst ? 1 : 3) : 0,
    created_at: isFirst ? createdAt : happenedAt,
    organization_id: ids.organization,
    request_id: isOfRequest ? ids.request : null,
    actor: isByPerson
      ? { kind: "person", id: ada.id, name: ada.name }
      : { kind: "system", id: null, name: null },
    data,
    request: isOfRequest ? sampleRequest(ending, data.comment) : null,
  };
}

function sampleRequest(ending: (typeof endings)[number] | null, comment: unknown): EventRequest {
  return {
    id: ids.request,
    title: "Refund order 4821",
    description: "The customer sent the parcel back",
    status: ending ?? "pending",
    priority: "high",
    action_type: "refund",
    source: "shop",
    source_id: "order-4821",
    source_name: "Refunds",
    source_url: "https://shop.example.com/orders/4821",
    metadata: { order: 4821, amount: "129.00 EUR" },
    created_by: null,
    connection_id: ids.connection,
    created_at: createdAt,
    expires_at: "2026-03-03T09:15:00.000Z",
    required_approvals: 1,
    decided_at: ending && happenedAt,
    decided_by: ending && ending !== "expired" ? ada : null,
    decided_via: ending && ending !== "expired" ? { kind: "session", id: null, name: null } : null,
    decision_reason: ending && reasonOf[ending],
    decision_comment: ending && typeof comment === "string" ? comment : null,
  };
}
