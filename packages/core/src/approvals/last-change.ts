import type { ActorReference } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { RequestEvent } from "../state-machine/state.ts";

/** What makes a request another than it was when somebody looked at it: what it asks, and whom. */
const changing: RequestEvent["type"][] = ["approval.revised", "approval.steps_replaced"];

/** When a request was changed last, and by whom. */
export interface LastChange {
  at: Date;
  /** Null: gone. */
  by: ActorReference & { name: string | null };
}

/**
 * The last time that what a request asks, or whom, was changed.
 *
 * @param afterSequence only what came after this place in its history
 * @returns null: it was not
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
