import { connectionOf, type Actor } from "../actors/actor.ts";
import { readRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { InOrganization, PublicAddress } from "../capabilities.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import type { RequestRow } from "../requests/columns.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/** The idempotency key of a call, and its body. */
export interface AskedOnce {
  /** Undefined: the call has none. */
  key: string | undefined;
  /** The hash of the call's body. */
  hash: Buffer | null;
  /** Whether the caller takes the key's first request also where its body was another; default false. */
  takesFirst?: boolean;
}

/** The request that a key made earlier. */
export interface EarlierRequest {
  earlier: ApprovalRecord;
  /** True: it was made with another body. */
  isOther: boolean;
}

/** Returns the asker as a request records it. */
export const askerOf = (actor: Actor): Pick<RequestRow, "connectionId" | "createdBy"> => ({
  connectionId: connectionOf(actor)?.connectionId ?? null,
  createdBy: actor.kind === "person" ? actor.personId : null,
});

/**
 * Returns the first request that the asker made with this key. Null: they have made none. Keys of other askers don't
 * count: an asker is a connection, a person, or a person through an app.
 *
 * @throws DomainError `conflict`: it was made with another body, which the caller doesn't take. `details.id` and
 *   `details.url` lead to it
 */
export async function findEarlier(
  context: Context<InOrganization & PublicAddress>,
  { key, hash, takesFirst = false }: AskedOnce,
): Promise<EarlierRequest | null> {
  if (key === undefined || hash === null) return null;
  const { connectionId, createdBy } = askerOf(context.actor);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ id: string; hash: Buffer }>(
      `select id, idempotency_hash as hash from requests
       where organization_id = $1 and idempotency_key = $2
         and connection_id is not distinct from $3 and created_by is not distinct from $4`,
      [context.organizationId, key, connectionId, createdBy],
    );
    const [first] = rows;
    if (!first) return null;
    const isOther = !first.hash.equals(hash);
    if (isOther && !takesFirst) {
      throw new DomainError(
        "conflict",
        `This idempotency_key was already used for a request with another body, ${first.id}; read that request, or use a new key for a new request`,
        {
          details: {
            field: "idempotency_key",
            id: first.id,
            url: `${context.services.publicUrl}/requests/${first.id}`,
          },
        },
      );
    }
    const [earlier] = await readRecords(db, [first.id]);
    return earlier ? { earlier, isOther } : null;
  });
}

/**
 * Runs the attempt. Where it is refused, or finds that its idempotency key was used, the request that the key made
 * earlier is returned, even if that could not be made now.
 *
 * @param attempt returns null if the key was used before
 * @throws DomainError the attempt's; `conflict`: the key made a request with another body
 */
export async function orEarlier<Made>(
  context: Context<InOrganization & PublicAddress>,
  asked: AskedOnce,
  attempt: () => Promise<Made | null>,
): Promise<Made | EarlierRequest> {
  let refusal: DomainError | undefined;
  try {
    const made = await attempt();
    if (made !== null) return made;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    refusal = error;
  }
  const found = await findEarlier(context, asked);
  if (!found) throw refusal ?? notFound("Request");
  return found;
}
