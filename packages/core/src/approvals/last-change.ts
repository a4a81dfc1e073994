import type { ActorReference } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { RequestEvent } from "../state-machine/state.ts";

/**
 * The events that make a request a different one from the one that somebody looked at: they change what it asks, or
 * whom.
 */
const changing: RequestEvent["type"][] = ["approval.revised", "approval.steps_replaced"];

/** The time and the author of a request's last change. */
export interface LastChange {
  at: Date;
  /** The author. Null `name`: they are gone. */
  by: ActorReference & { name: string | null };
}

/**
 * Returns the last change to what a request asks, or whom.
 *
 * @param afterSequence only changes after this place in its history
 * @returns null: there was none
 */
export async function readLastChange(
  context: Context<InOrganization>,
  requestId: string,
  afterSequence = 0,
): Promise<LastChange | null> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<ActorReference & { at: Date; name: string | null }>(
      `select e.created_at as at, e.actor_kind as kind, e.actor_id as id, coalesce(p.name, c.name) as name
       from events e
       left join people p on e.actor_kind = 'person' and p.id = e.actor_id
       left join connections c on e.actor_kind = 'connection' and c.id = e.actor_id
       where e.request_id = $1 and e.sequence > $2 and e.type = any ($3)
       order by e.sequence desc limit 1`,
      [requestId, afterSequence, changing],
    ),
  );
  const [row] = rows;
  return row ? { at: row.at, by: { kind: row.kind, id: row.id, name: row.name } } : null;
}
