import type { ActorReference } from "../actors/actor.ts";
import { nameActor, type ActorNames } from "../actors/name-actor.ts";
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
  /** The author, with the machine that they acted through (`nameActor`). Null `name`: they are gone. */
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
    db.query<ActorReference & ActorNames & { at: Date }>(
      `select e.created_at as at, e.actor_kind as kind, e.actor_id as id, p.name as person, c.name as connection,
         e.data -> 'via' as via
       from events e
       left join connections c on e.actor_kind = 'connection' and c.id = e.actor_id
       left join people p on p.id = case e.actor_kind when 'person' then e.actor_id else c.owner_id end
       where e.request_id = $1 and e.sequence > $2 and e.type = any ($3)
       order by e.sequence desc limit 1`,
      [requestId, afterSequence, changing],
    ),
  );
  const [row] = rows;
  return row ? { at: row.at, by: { kind: row.kind, id: row.id, name: nameActor(row) } } : null;
}
