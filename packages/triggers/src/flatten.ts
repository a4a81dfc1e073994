import type { EventRequest } from "@sayso/client";
import type { EventItem } from "./item.ts";
import { describeOutcome, outcomeOfItem, outcomes } from "./outcome.ts";

type Kind = "text" | "number" | "boolean" | "date";
type Flat = string | number | boolean | null;

/** A field of a flat item, for platforms on which people map fields. */
export interface FlatField {
  key: string;
  /** Title Case. */
  label: string;
  /** `date`: ISO 8601 in UTC with milliseconds. */
  kind: Kind;
}

interface FieldRule extends FlatField {
  read: (item: EventItem) => unknown;
}

const field = (key: string, label: string, kind: Kind, read: FieldRule["read"]): FieldRule => ({
  key,
  label,
  kind,
  read,
});
const ofEvent = (key: keyof EventItem, label: string, kind: Kind = "text") =>
  field(key, label, kind, (item) => item[key]);
const ofActor = (key: "kind" | "id" | "name", label: string) =>
  field(`actor_${key}`, label, "text", ({ actor }) => actor?.[key]);
const ofRequest = (key: keyof EventRequest, label: string, kind: Kind = "text") =>
  field(`request_${key}`, label, kind, ({ request }) => request?.[key]);
const ofDecider = (key: "id" | "name" | "email", label: string) =>
  field(`request_decided_by_${key}`, label, "text", ({ request }) => request?.decided_by?.[key]);
const ofDecidedVia = (key: "kind" | "id" | "name", label: string) =>
  field(`request_decided_via_${key}`, label, "text", ({ request }) => request?.decided_via?.[key]);
const ofData = (key: string, label: string, kind: Kind = "text") =>
  field(`data_${key}`, label, kind, ({ data }) => data[key]);

const rules: readonly FieldRule[] = [
  ofEvent("id", "Event ID"),
  ofEvent("type", "Event Type"),
  ofEvent("sequence", "Event Number", "number"),
  ofEvent("created_at", "Happened At", "date"),
  ofEvent("organization_id", "Organization ID"),
  ofActor("kind", "Actor Kind"),
  ofActor("id", "Actor ID"),
  ofActor("name", "Actor Name"),
  field("outcome", "Outcome", "text", outcomeOfItem),
  field("may_go_on", "May Go On", "boolean", mayGoOn),
  field("outcome_message", "Outcome Message", "text", outcomeMessage),
  ofEvent("request_id", "Request ID"),
  ofRequest("title", "Request Title"),
  ofRequest("description", "Request Description"),
  ofRequest("status", "Request Status"),
  ofRequest("priority", "Request Priority"),
  ofRequest("action_type", "Request Action Type"),
  ofRequest("source", "Request Source"),
  ofRequest("source_id", "Request Source ID"),
  ofRequest("source_name", "Request Source Name"),
  ofRequest("source_url", "Request Source URL"),
  field("request_metadata", "Request Metadata (JSON)", "text", ({ request }) =>
    request?.metadata == null ? null : JSON.stringify(request.metadata),
  ),
  ofRequest("created_by", "Request Created By ID"),
  ofRequest("connection_id", "Request Connection ID"),
  ofRequest("created_at", "Request Created At", "date"),
  ofRequest("expires_at", "Request Expires At", "date"),
  ofRequest("required_approvals", "Required Approvals", "number"),
  ofRequest("decided_at", "Decided At", "date"),
  ofDecider("id", "Decided By ID"),
  ofDecider("name", "Decided By Name"),
  ofDecider("email", "Decided By Email"),
  ofDecidedVia("kind", "Decided Via Kind"),
  ofDecidedVia("id", "Decided Via ID"),
  ofDecidedVia("name", "Decided Via Name"),
  ofRequest("decision_reason", "Decision Reason"),
  ofRequest("decision_comment", "Decision Comment"),
  ofData("reason", "Reason"),
  ofData("decision", "Vote"),
  ofData("comment", "Vote Comment"),
  ofData("step_id", "Step ID"),
  ofData("status", "Step Status"),
  ofData("comment_id", "Comment ID"),
  ofData("body", "Comment"),
  field("data", "Event Data (JSON)", "text", ({ data }) => JSON.stringify(data)),
];

/** The fields of a flat item, in their order: the same for every type of event. */
export const flatFields: readonly FlatField[] = rules.map(({ key, label, kind }) => ({
  key,
  label,
  kind,
}));

/**
 * Turns an item into one flat object with the keys of {@link flatFields}, always all of them and in this order. A
 * missing value is null; dates are in ISO 8601. The key of a nested field is its path, joined by `_`. An object with
 * free content becomes JSON text. So a mapping that people made once stays valid.
 */
export function flatten(item: EventItem): Record<string, Flat> {
  return Object.fromEntries(rules.map(({ key, kind, read }) => [key, toFlat(read(item), kind)]));
}

/**
 * Turns items into the flat form for a platform. Platforms differ in the order that they want; the stored order is
 * always the same.
 *
 * @param order default `oldest_first`; Zapier's polls want `newest_first`
 */
export function flattenAll(
  items: readonly EventItem[],
  order: "oldest_first" | "newest_first" = "oldest_first",
): Record<string, Flat>[] {
  const flat = items.map(flatten);
  return order === "newest_first" ? flat.reverse() : flat;
}

function toFlat(value: unknown, kind: Kind): Flat {
  if (value == null) return null;
  switch (kind) {
    case "date":
      return toIso(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    case "boolean":
      return value === true;
    case "text":
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

function toIso(value: unknown): string | null {
  const date = typeof value === "string" ? new Date(value) : null;
  return date && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
}

function mayGoOn(item: EventItem): boolean {
  const kind = outcomeOfItem(item);
  return kind !== null && outcomes[kind].goesOn;
}

function outcomeMessage(item: EventItem): string | null {
  const kind = outcomeOfItem(item);
  const { request } = item;
  return (
    kind &&
    describeOutcome(kind, {
      title: request?.title,
      who: request?.decided_by?.name ?? request?.decided_by?.id,
      why: request?.decision_comment,
    })
  );
}
