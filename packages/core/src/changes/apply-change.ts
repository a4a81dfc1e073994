import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import { requireEntityType } from "../entities/entity-type.ts";
import type { Standing } from "../entities/entity.ts";
import type { JsonObject } from "../entities/merge-patch.ts";
import { beingApplied } from "../entities/put-entity.ts";
import { DomainError } from "../errors.ts";
import { describeChange } from "./change.ts";
import { targetOf, type Proposal } from "./target.ts";

/** A stored change, with the fields that carrying it out needs. */
export interface StoredChange extends Proposal {
  requestId: string;
  madeForVersion: number;
}

/** The event of carrying out a change: it is applied, or the call of its applier is enqueued. The caller stores it. */
export interface ApplicationEvent {
  id: string;
  type: "change.applied" | "change.applying";
  data: Record<string, unknown>;
}

/**
 * Carries out an approved change in the transaction of its approval. The entity gets its next version. Where the type
 * has an applier, the entity stays as it is and is reserved, and the applier's call is enqueued.
 *
 * @param approval the event of the approval, and the person who decided
 * @throws DomainError `conflict`: the entity is not at the version that the change was made for, or an applier is still
 *   applying another change to it
 */
export async function applyChange(
  db: Transaction,
  context: Context<NewIds>,
  change: StoredChange,
  approval: { eventId: string; decidedBy: string | null },
): Promise<ApplicationEvent> {
  const type = await requireEntityType(db, change.entityType);
  const target = targetOf(type);
  const standing = await target.lock(db, context, change);
  requireCurrent(change, standing);
  requirePossible(change, standing);
  const next = await target.preview(db, context, change, standing);
  const { version, body: after } = next;
  const facts = {
    ...describeChange(change),
    made_for_version: change.madeForVersion,
    entity_version: version,
    before: standing.body,
    after,
  };
  const id = context.services.newId();
  const applier =
    type.kind === "own" && type.applierUrl !== null ? { id: type.id, url: type.applierUrl } : null;
  await db.query(
    `update changes set state = $2, before = $3, after = $4, entity_version = $5,
       applied_at = case when $2 = 'applied' then now() end
     where request_id = $1`,
    [change.requestId, applier ? "applying" : "applied", standing.body, after, version],
  );
  if (applier) {
    await callApplier(db, context, applier, change, { ...facts, approval });
    return { id, type: "change.applying", data: facts };
  }
  await target.write(db, context, change, next, id);
  return { id, type: "change.applied", data: facts };
}

/**
 * Refuses a change that was made for another version of the entity, or while an applier is at the entity.
 *
 * @throws DomainError `conflict`; its details name the version that the change was made for, and the current one
 */
export function requireCurrent(
  {
    entityType,
    entityId,
    madeForVersion,
  }: Pick<StoredChange, "entityType" | "entityId" | "madeForVersion">,
  { version, applyingRequestId }: Standing,
): void {
  if (applyingRequestId !== null) throw beingApplied(applyingRequestId);
  if (version === madeForVersion) return;
  throw new DomainError(
    "conflict",
    `This change was made for version ${madeForVersion} of ${entityType} ${entityId}, which is at version ${version} now. Nothing was applied: propose the change again for the present version`,
    {
      details: {
        reason: "stale_version",
        made_for_version: madeForVersion,
        current_version: version,
      },
    },
  );
}

/**
 * Refuses to create an entity that exists, and to delete or update one that was deleted. It refuses to delete an entity
 * that never existed, but not to update one: the patch is then applied to nothing (RFC 7396).
 *
 * @throws DomainError `conflict`, `not_found`
 */
export function requirePossible(
  { entityType, entityId, action }: Pick<Proposal, "entityType" | "entityId" | "action">,
  { version, body }: Standing,
): void {
  if (action === "create" && body !== null)
    throw new DomainError(
      "conflict",
      `There already is a ${entityType} ${entityId}: update it, or use another entityId`,
      { details: { field: "entityId", current_version: version } },
    );
  const isGone = body === null && (action === "delete" || (action === "update" && version > 0));
  if (isGone)
    throw new DomainError(
      "not_found",
      version > 0
        ? `${entityType} ${entityId} was deleted`
        : `There is no ${entityType} ${entityId}: nothing to delete`,
    );
}

async function callApplier(
  db: Transaction,
  { services, organizationId }: Context<NewIds>,
  { id: typeId, url }: { id: string; url: string },
  { requestId, payload, entityType, entityId }: StoredChange,
  described: {
    after: JsonObject | null;
    approval: { eventId: string; decidedBy: string | null };
  } & Record<string, unknown>,
): Promise<void> {
  const { approval, ...facts } = described;
  const id = services.newId();
  db.noteWork();
  await db.query(
    `update entities set applying_request_id = $4
     where organization_id = $1 and entity_type = $2 and entity_id = $3`,
    [organizationId, entityType, entityId, requestId],
  );
  await db.query(
    `insert into deliveries (id, organization_id, request_id, event_id, event_type, url, origin, body, entity_type_id)
     values ($1, $2, $3, $4, 'change.apply', $5, $6, $7, $8)`,
    [
      id,
      organizationId,
      requestId,
      approval.eventId,
      url,
      new URL(url).origin,
      JSON.stringify({
        event: "change.apply",
        id: requestId,
        ...facts,
        payload,
        approved_by: approval.decidedBy,
      }),
      typeId,
    ],
  );
}
