import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import { requireVisible } from "../events/event-types.ts";
import { writeCsv } from "../goals/csv/write-csv.ts";
import { listActivity, type ActivityFilter, type ActivityItem } from "./list-activity.ts";

export type ActivityFormat = "csv" | "ndjson";

const PART = 500;

const columns = [
  "entry",
  "time",
  "type",
  "actor_kind",
  "actor_id",
  "actor_name",
  "request_id",
  "request_title",
  "data",
  "actor_full_name",
] as const;

/**
 * Exports all events that match, newest first, as text in parts of 500 events at most. Each part is read when it is
 * taken. In CSV no cell is a formula; NDJSON has one event on each line.
 *
 * @throws DomainError at once: `forbidden` (types that only admins see); while a part is read: `unavailable`
 */
export function exportActivity(
  context: Context<OrganizationPool>,
  filter: ActivityFilter,
  format: ActivityFormat,
): AsyncIterable<string> {
  if (filter.types) requireVisible(context.actor, filter.types);
  return partsOf(context, filter, format);
}

async function* partsOf(
  context: Context<OrganizationPool>,
  filter: ActivityFilter,
  format: ActivityFormat,
): AsyncGenerator<string, void, void> {
  if (format === "csv") yield writeCsv([columns]);
  let before: number | undefined;
  do {
    const { items, nextBefore } = await listActivity(context, filter, { before, limit: PART });
    // Yields an empty part too, so that the sender notices a caller who has gone while a long search finds nothing.
    yield format === "csv" && items.length > 0
      ? writeCsv(items.map(toRow))
      : items.map((item) => `${JSON.stringify(item)}\n`).join("");
    before = nextBefore ?? undefined;
  } while (before !== undefined);
}

const toRow = ({ entry, created_at, type, actor, request, data }: ActivityItem) => [
  entry,
  created_at,
  type,
  actor.kind,
  actor.id,
  actor.name,
  request?.id ?? null,
  request?.title ?? null,
  JSON.stringify(data),
  actor.full_name,
];
