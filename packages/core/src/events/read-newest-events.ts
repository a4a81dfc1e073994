import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import { toPage, toQuery, type EventPage, type EventSelection } from "./read-events.ts";
import { readNewest } from "./read-feed.ts";

/**
 * Returns the organization's newest events that the actor may see, oldest first, for a caller without a cursor. The
 * returned cursor is the feed's end at that moment, so events that are read from there follow without a gap. For a rare
 * type, it returns those among the organization's newest 20,000 events.
 *
 * @param limit 1–100
 * @throws DomainError `forbidden` (types that only admins see), `unavailable`
 */
export async function readNewestEvents(
  context: Context<OrganizationPool>,
  { types }: Pick<EventSelection, "types">,
  limit: number,
): Promise<EventPage> {
  const { after: _, ...query } = toQuery(context, { after: "latest", types });
  return toPage(await readNewest(context.services.app, { ...query, limit }));
}
