import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";
import {
  lockStanding,
  readStanding,
  recordVersion,
  writeEntity,
  type Standing,
} from "../entities/entity.ts";
import type { EntityType } from "../entities/entity-type.ts";
import { mergePatch, type JsonObject } from "../entities/merge-patch.ts";
import { refuseTooLarge } from "../entities/put-entity.ts";
import { invalidInput } from "../errors.ts";
import type { GoalEntityType } from "../entities/goal-entity.ts";
import { applyGoalPatch, lockGoalEntity } from "../goals/held/goal-entities.ts";
import type { ChangeAction } from "./change.ts";

/** A proposed action on an entity. */
export interface Proposal {
  entityType: string;
  entityId: string;
  entityName: string;
  action: ChangeAction;
  payload: JsonObject | null;
}

/** The next state of an entity. */
export interface Next {
  version: number;
  /** The entity's body. null: it is deleted. */
  body: JsonObject | null;
}

/** The operations that read and write entities of one type, each within the organization's transaction. */
export interface ChangeTarget {
  /**
   * Returns the entity as it stands. Nobody else changes it until the transaction's end.
   *
   * @throws DomainError `not_found`
   */
  lock: (db: Transaction, context: Context<NewIds>, proposal: Proposal) => Promise<Standing>;
  /** Returns the same as `lock`, without the promise of a lock: the entity can have changed a moment later. */
  read: ChangeTarget["lock"];
  /**
   * Returns the state that the entity would have. Nothing is written.
   *
   * @throws DomainError `validation_failed`
   */
  preview: (
    db: Transaction,
    context: Context<NewIds>,
    proposal: Proposal,
    standing: Standing,
  ) => Promise<Next>;
  /**
   * Writes the state that `preview` returned.
   *
   * @param eventId the event that records the change
   */
  write: (
    db: Transaction,
    context: Context<NewIds>,
    proposal: Proposal,
    next: Next,
    eventId: string,
  ) => Promise<void>;
}

const registry: ChangeTarget = {
  lock: (db, context, { entityType, entityId }) => lockStanding(db, context, entityType, entityId),
  read: (db, context, { entityType, entityId }) => readStanding(db, context, entityType, entityId),
  preview(_db, _context, { action, payload }, { version, body }) {
    const next = (after: JsonObject | null) =>
      Promise.resolve({ version: version + 1, body: after });
    if (action === "delete") return next(null);
    // The payload of a create is a body, not a patch: its nulls stay.
    const after = action === "create" ? (payload ?? {}) : mergePatch(body, payload ?? {});
    refuseTooLarge(after, "payload");
    return next(after);
  },
  write: (db, context, { entityType, entityId, entityName }, next, eventId) =>
    writeEntity(db, context, { entityType, entityId, name: entityName, ...next }, eventId),
};

const goals = (type: GoalEntityType): ChangeTarget => {
  const lock: ChangeTarget["lock"] = async (db, context, { entityId, action }) => {
    if (action !== "update")
      throw invalidInput({
        field: "action",
        message: `action must be update: create and archive a ${type} with the goals API`,
      });
    const { name, version, body } = await lockGoalEntity(db, context, type, entityId);
    return { name, version, body, applyingRequestId: null };
  };
  return {
    lock,
    read: lock,
    async preview(db, context, { entityId, payload }) {
      // Applies the patch and undoes it, so that the preview can't differ from the write.
      await db.query("savepoint preview");
      const { version, body } = await applyGoalPatch(db, context, type, entityId, payload ?? {});
      await db.query("rollback to savepoint preview");
      return { version, body };
    },
    async write(db, context, { entityId, payload }, _next, eventId) {
      const present = await lockGoalEntity(db, context, type, entityId);
      const { version } = await applyGoalPatch(db, context, type, entityId, payload ?? {});
      // A patch that changes nothing makes no version.
      if (version === present.version) return;
      await recordVersion(db, context, { entityType: type, entityId, version }, eventId);
    },
  };
};

/** Returns the operations for entities of this type. */
export const targetOf = (type: EntityType): ChangeTarget =>
  type.kind === "goal" ? goals(type.name) : registry;
