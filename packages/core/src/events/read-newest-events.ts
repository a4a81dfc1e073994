import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import { toPage, toQuery, type EventPage, type EventSelection } from "./read-events.ts";
import { readNewest } from "./read-feed.ts";

/**
 * The organization's newest events that the actor may see, oldest first: what to show before there is a cursor. The
 * cursor is the feed's end at that moment, so that what is read from there on follows on them without a gap. Of a type
 * that is rare, those among the newest 20,000 events of the organization.
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
