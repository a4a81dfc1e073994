import { onlyRow } from "@sayso/database";
import { requireDecidingAdmin } from "../actors/require-deciding-admin.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import { DomainError, invalidInput, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import {
  ENTITY_BODY_MAX,
  entityColumns,
  lockStanding,
  writeEntity,
  type Entity,
} from "./entity.ts";
import { findEntityType } from "./entity-type.ts";
import type { JsonObject } from "./merge-patch.ts";

/**
 * Registers an entity, or replaces a registered one, without asking anybody. An entity that lives in another system is
 * first registered in this way. Changes that were made for an earlier version can't be approved any more.
 *
 * @param asked.expectedVersion writes only if the entity has this version; 0: only if it never existed; absent: always
 * @throws DomainError `forbidden`: only an admin may, signed in or by a token that may decide; `not_found`: there is no
 *   such type; `validation_failed`; `conflict`: the entity has another version, or an applier is at it
 */
export function putEntity(
  context: Context<InOrganization & NewIds>,
  asked: {
    entityType: string;
    entityId: string;
    name: string;
    body: JsonObject;
    expectedVersion?: number;
  },
): Promise<Entity> {
  const { entityType, entityId, name, body, expectedVersion } = asked;
  requireDecidingAdmin(context.actor, "Only an admin may write an entity without an approval");
  refuseTooLarge(body, "body");
  return inOrganization(context, async (db) => {
    const type = await findEntityType(db, entityType);
    if (!type) throw notFound("Type of entities");
    if (type.kind === "goal")
      throw invalidInput({
        field: "entityType",
        message: `Goals can't be registered here: change a ${entityType} with the goals API`,
      });
    const {
      version,
      body: before,
      applyingRequestId,
    } = await lockStanding(db, context, entityType, entityId);
    if (applyingRequestId !== null) throw beingApplied(applyingRequestId);
    if (expectedVersion !== undefined && expectedVersion !== version)
      throw new DomainError(
        "conflict",
        `You sent version ${expectedVersion}, but ${entityType} ${entityId} is at version ${version}: read it again`,
        { details: { expected_version: expectedVersion, current_version: version } },
      );
    const eventId = await recordEvent(db, context, "entity.written", {
      entity_type: entityType,
      entity_id: entityId,
      entity_name: name,
      action: before === null ? "create" : "update",
      entity_version: version + 1,
      before,
      after: body,
    });
    const next = { entityType, entityId, name, version: version + 1, body };
    await writeEntity(db, context, next, eventId);
    const { rows } = await db.query<Entity>(
      `select ${entityColumns} from entities
       where organization_id = $1 and entity_type = $2 and entity_id = $3`,
      [context.organizationId, entityType, entityId],
    );
    return onlyRow(rows);
  });
}

/** @throws DomainError `validation_failed`: the body has more than `ENTITY_BODY_MAX` characters of JSON */
export function refuseTooLarge(body: JsonObject, field: string): void {
  const { length } = JSON.stringify(body);
  if (length > ENTITY_BODY_MAX)
    throw invalidInput({
      field,
      message: `${field} would make the entity ${length} characters of JSON; ${ENTITY_BODY_MAX} at most`,
    });
}

/** Creates the error that refuses a write while an applier is carrying out an approved change. */
export function beingApplied(requestId: string): DomainError {
  return new DomainError(
    "conflict",
    "An approved change of this entity is still being applied: wait until its applier has answered, or let an admin abandon it",
    { details: { reason: "being_applied", change_id: requestId } },
  );
}
