import type { Transaction } from "../transactions/transaction.ts";
import { referTo, type Actor } from "../actors/actor.ts";
import { meansBeside } from "../actors/name-actor.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";

/**
 * Appends an event of the organization itself (not of a request) to its audit trail. It runs in the transaction of the
 * change that the event is about. `data` holds no secret. Where a person acted through an app, a token or the command
 * line, the event says so in `via`.
 *
 * @param type in the past tense: `connection.created`
 * @returns the event's id
 */
export async function recordEvent(
  db: Transaction,
  { services, organizationId, actor }: Context<NewIds>,
  type: string,
  data: Record<string, unknown>,
): Promise<string> {
  const by = referTo(actor);
  db.noteEvents();
  const id = services.newId();
  await db.query(
    `insert into events (id, organization_id, sequence, type, actor_kind, actor_id, data)
     values ($1, $2, 0, $3, $4, $5, $6)`,
    [id, organizationId, type, by.kind, by.id, withMeans(actor, data)],
  );
  return id;
}

/** Returns an event's data with the means that the actor acted through, unless the actor's name says enough. */
export function withMeans(actor: Actor, data: Record<string, unknown>): Record<string, unknown> {
  const via = meansBeside(actor);
  return via === null ? data : { ...data, via };
}
