import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, OrganizationPool } from "../capabilities.ts";
import { readWithinBudget } from "../lists/budgets.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { requireVisible } from "../events/event-types.ts";
import { viewerOf, viewerValues } from "../actors/viewer.ts";
import { readNames } from "./read-names.ts";

/** Something that happened, as the audit trail tells it. */
export interface ActivityItem {
  /** Its number in the organization's audit trail: dense, from 1. */
  entry: number;
  id: string;
  type: string;
  /** ISO 8601 in UTC. */
  created_at: string;
  actor: { kind: "person" | "connection" | "system"; id: string | null; name: string | null };
  request: { id: string; title: string } | null;
  data: Record<string, unknown>;
}

/** What is wanted. Absent means: any. */
export interface ActivityFilter {
  /** Types, or families such as `approval.*`. */
  types?: readonly string[];
  /** A person or a connection. */
  actorId?: string;
  requestId?: string;
  /** Whatever the event tells of: a person, a team, a goal, a delivery. */
  about?: string;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}

export interface ActivityPage {
  /** Newest first. May be shorter than asked for, or empty, although there is more. */
  items: ActivityItem[];
  /** The entry before which to go on; null: that was all. */
  nextBefore: number | null;
  /** How far back was looked; null: to the end. */
  searchedTo: Date | null;
}

/** How many entries one call looks at, at most, for those of a rare kind. */
const SCANNED_MAX = 20_000;

/**
 * A page of the organization's audit trail, newest first. What is only for those who administer it is left out for
 * others. One call looks at 20,000 entries at most, and holds 2 MB: of what is rare or long, a page may be short, and the
 * caller goes on.
 *
 * @param page.before the entry to begin before; undefined: the newest
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
  return { ...parts.at(-1)!, items: parts.flatMap(({ items }) => items) };
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
      items: ActivityItem[] | null;
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
  const { next_before: nextBefore, searched_to: searchedTo, items, bytes } = rows[0]!;
  return { items: items ?? [], nextBefore, searchedTo, bytes: bytes ?? 0 };
}

/** The same, with the names of whom and what the events tell of by their ids. */
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
