import { lastItem } from "../lists/last-item.ts";
import { onlyRow } from "@sayso/database";
import { nameActor } from "../actors/name-actor.ts";
import type { Via } from "../actors/via.ts";
import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, OrganizationPool } from "../capabilities.ts";
import { readWithinBudget } from "../lists/budgets.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { requireVisible } from "../events/event-types.ts";
import { viewerOf, viewerValues } from "../actors/viewer.ts";
import { readNames } from "./read-names.ts";

/** One event, as the audit trail records it. */
export interface ActivityItem {
  /** The event's number in the organization's audit trail: from 1, without gaps. */
  entry: number;
  id: string;
  type: string;
  /** The event's time: ISO 8601 in UTC. */
  created_at: string;
  /** The actor. `full_name` also names the machine that acted (`nameActor`). */
  actor: {
    kind: "person" | "connection" | "system";
    id: string | null;
    name: string | null;
    full_name: string | null;
  };
  request: { id: string; title: string } | null;
  data: Record<string, unknown>;
}

/** A filter for events. An absent field means any. */
export interface ActivityFilter {
  /** Types of events, or families such as `approval.*`. */
  types?: readonly string[];
  /** The id of the actor: a person or a connection. */
  actorId?: string;
  requestId?: string;
  /** The id of something that the event names: a person, a team, a goal, a delivery. */
  about?: string;
  /** The earliest time, inclusive. */
  from?: Date;
  /** The latest time, exclusive. */
  to?: Date;
}

export interface ActivityPage {
  /** The events, newest first. The page can be shorter than its limit, or empty, although there is more. */
  items: ActivityItem[];
  /** The entry before which the next page begins. null: there is no more. */
  nextBefore: number | null;
  /** The time back to which this call searched. null: to the end. */
  searchedTo: Date | null;
}

/** The number of entries that one part looks through at most, when events that match are rare. */
const SCANNED_MAX = 20_000;

/**
 * Lists one page of the organization's audit trail, newest first. Events that only admins see are left out for others.
 * One call ends after 2 MB, or after a search through 20,000 entries that found too little. So a page of rare or long
 * events can be short, and the caller goes on with `nextBefore`.
 *
 * @param page.before the entry before which the page begins; undefined: begins with the newest
 * @param page.limit 1–500
 * @throws DomainError `forbidden` (types that only admins see), `unavailable`
 */
export async function listActivity(
  context: Context<OrganizationPool>,
  filter: ActivityFilter,
  page: { before?: number; limit: number },
): Promise<ActivityPage> {
  if (filter.types) requireVisible(context.actor, filter.types);
  const parts = await readWithinBudget(page.before, page.limit, async (before, limit) => {
    const { bytes, ...part } = await readPart(context, filter, { before, limit });
    return { part, bytes, next: part.nextBefore };
  });
  return { ...lastItem(parts), items: parts.flatMap(({ items }) => items) };
}

async function readPart(
  { services, organizationId, actor }: Context<OrganizationPool>,
  filter: ActivityFilter,
  page: { before: number | undefined; limit: number },
): Promise<ActivityPage & { bytes: number }> {
  const { rows } = await withRetries(() =>
    services.app.query<{
      next_before: number | null;
      searched_to: Date | null;
      items: StoredItem[] | null;
      bytes: number | null;
    }>({
      name: "list_activity",
      text: `select next_before, searched_to, items, octet_length(items::text) as bytes
             from enter_organization($1, $11, $12) o,
               list_activity(o.organization_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${SCANNED_MAX})`,
      values: [
        organizationId,
        page.before,
        filter.types,
        isAdmin(actor),
        filter.actorId,
        filter.requestId,
        filter.about,
        filter.from,
        filter.to,
        page.limit,
        ...viewerValues(viewerOf(actor)),
      ],
    }),
  );
  const { next_before: nextBefore, searched_to: searchedTo, items, bytes } = onlyRow(rows);
  return { items: (items ?? []).map(withFullName), nextBefore, searchedTo, bytes: bytes ?? 0 };
}

interface StoredItem extends Omit<ActivityItem, "actor"> {
  actor: Omit<ActivityItem["actor"], "full_name">;
  data: { via?: Via | null; [name: string]: unknown };
}

function withFullName(item: StoredItem): ActivityItem {
  const { kind, name } = item.actor;
  const fullName = nameActor({
    person: kind === "person" ? name : null,
    connection: kind === "connection" ? name : null,
    via: kind === "system" ? null : (item.data.via ?? null),
  });
  return { ...item, actor: { ...item.actor, full_name: fullName } };
}

/** Lists the same page as `listActivity`, with the names for the ids in the events' data. */
export async function listNamedActivity(
  context: Context<InOrganization>,
  filter: ActivityFilter,
  page: { before?: number; limit: number },
): Promise<ActivityPage & { names: Map<string, string> }> {
  const found = await listActivity(context, filter, page);
  const names = await readNames(
    context,
    found.items.map(({ data }) => data),
  );
  return { ...found, names };
}
