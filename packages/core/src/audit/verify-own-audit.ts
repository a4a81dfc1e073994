import type { Context } from "../context.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { seedOf } from "./entry-hash.ts";
import { readEntries } from "./read-chain.ts";
import { examine, type Fault } from "./verify-audit.ts";

/** The part of an organization's audit trail that was found right. */
export interface OwnAuditPart {
  /** The position up to which the chain is right; go on after it. */
  verifiedTo: number;
  /** The number of entries. */
  size: number;
  /** The first faulty entry. Null: there is none in this part. */
  fault: Fault | null;
}

const PART = 5000;

/**
 * Verifies the next 5,000 entries of the context's own chain. Calls that go on after `verifiedTo`, until it is `size`,
 * cover the whole chain; one call is cheap. Events inserted around the chain, and checkpoints that were kept elsewhere,
 * are for `verifyAudit`.
 *
 * @param after `verifiedTo` of an earlier call; 0: the beginning
 * @throws DomainError `forbidden` (not an admin), `unavailable`
 */
export async function verifyOwnAudit(
  context: Context<SystemPool>,
  after: number,
): Promise<OwnAuditPart> {
  const { services, organizationId, actor } = context;
  requireAdmin(actor, "verify the audit trail");
  const { rows } = await withRetries(() =>
    services.system.query<{ size: number | null; head: Buffer | null; hash: Buffer | null }>(
      `select h.position as size, h.hash as head,
              (select hash from feed where organization_id = $1 and position = $2) as hash
       from (select $1::uuid as id) o left join feed_heads h on h.organization_id = o.id
       where h.organization_id is not null or exists (select from feed where organization_id = $1)`,
      [organizationId, after],
    ),
  );
  const [start] = rows;
  if (!start) return { verifiedTo: 0, size: 0, fault: null };
  const size = start.size ?? 0;
  const faultAt = (kind: Fault["kind"], position: number, message: string): OwnAuditPart => ({
    verifiedTo: Math.min(after, size),
    size,
    fault: { kind, position, eventId: null, message },
  });
  if (!start.head) return faultAt("truncated", 1, "The chain's head is gone");
  if (after > size) return { verifiedTo: size, size, fault: null };
  let previous = after === 0 ? seedOf(organizationId) : start.hash;
  if (!previous) return faultAt("deleted", after, `Entry ${after} is gone`);
  let verifiedTo = after;
  for (const entry of await readEntries(services, organizationId, after, PART)) {
    const fault = examine(entry, verifiedTo, previous, organizationId);
    if (fault) return { verifiedTo, size: Math.max(size, verifiedTo), fault };
    verifiedTo = entry.position;
    previous = entry.hash;
    if (verifiedTo === size && !previous.equals(start.head))
      return faultAt("rewritten", size, "The chain's head names another entry here");
  }
  if (verifiedTo === after && after < size)
    return faultAt(
      "truncated",
      after + 1,
      `The chain ends after ${after} entries; its head knows ${size}`,
    );
  return { verifiedTo, size: Math.max(size, verifiedTo), fault: null };
}
