import type { Decision } from "../requests/values.ts";
import type { VoidReason } from "../state-machine/void-votes.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import type { Via } from "../actors/via.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** One vote, as it was cast. */
export interface Vote {
  id: string;
  /** The step's id; the request's own id where it has no explicit steps. */
  stepId: string;
  personId: string;
  personName: string | null;
  /** The connection that voted in the person's name. Null: they voted themselves. */
  connectionId: string | null;
  connectionName: string | null;
  /** The way in which the vote came. Null: it was cast before this was recorded. */
  via: Via | null;
  decision: Decision;
  comment: string | null;
  source: string | null;
  /**
   * The time at which a revision of the request, another vote of the person, or the loss of their right to approve made
   * it void. Null: it counts.
   */
  voidedAt: Date | null;
  /** The reason where the person lost the right to approve. Null otherwise. */
  voidReason: VoidReason | null;
  /** Says that the person replaced it by another vote on the same step. */
  isReplaced: boolean;
  createdAt: Date;
}

/**
 * Lists all votes on a request in the order in which they were cast, with the void ones.
 *
 * @throws DomainError `not_found`
 */
export function listVotes(context: Context<InOrganization>, requestId: string): Promise<Vote[]> {
  return inOrganization(context, async (db) => {
    const found = await db.query("select from requests where id = $1", [requestId]);
    if (found.rowCount === 0) throw notFound("Request");
    const { rows } = await db.query<Vote>(
      `select v.id, v.step_id as "stepId", v.person_id as "personId", p.name as "personName",
              v.connection_id as "connectionId", c.name as "connectionName", v.via, v.decision, v.comment, v.source,
              v.voided_at as "voidedAt", v.void_reason as "voidReason", v.created_at as "createdAt",
              -- One transaction voids a vote and stores the one that replaces it, so both bear its time.
              exists (select from votes n where n.request_id = v.request_id and n.step_id = v.step_id
                and n.person_id = v.person_id and n.created_at = v.voided_at) as "isReplaced"
       from votes v
       left join people p on p.id = v.person_id
       left join connections c on c.id = v.connection_id
       where v.request_id = $1 order by v.created_at, v.id`,
      [requestId],
    );
    return rows;
  });
}
