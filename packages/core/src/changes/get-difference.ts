import type { Transaction } from "../transactions/transaction.ts";
import { sanitizeContextHtml } from "../asking/context-html.ts";
import { readRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { readStanding } from "../entities/entity.ts";
import { findEntityType } from "../entities/entity-type.ts";
import { isJsonObject, mergePatch, type JsonObject } from "../entities/merge-patch.ts";
import { notFound } from "../errors.ts";
import type { GoalEntityType } from "../entities/goal-entity.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { diffObjects, type Difference } from "../runs/diff-objects.ts";
import { showDifferences } from "../runs/show-difference.ts";
import { readChanges, type Change } from "./change.ts";

const DIFFERENCES_MAX = 500;

/** The difference that a request makes. */
export interface RequestDifference {
  differences: Difference[];
  /** True: there are more differences than these 500. */
  hasMore: boolean;
  /** The change, if the request is one. null: the asker supplied both sides, and nothing checks them. */
  change: DifferingChange | null;
  /** True: the request's rich context is this difference in HTML, and nothing else. */
  isContext: boolean;
}

/** The change behind a difference. */
export interface DifferingChange extends Pick<
  Change,
  | "entityType"
  | "entityId"
  | "entityName"
  | "action"
  | "madeForVersion"
  | "entityVersion"
  | "state"
  | "appliedAt"
  | "applier"
> {
  /**
   * The entity's version now. If it differs from `madeForVersion`, the change can't be approved.
   * null: the change is not pending, or its goal is gone.
   */
  currentVersion: number | null;
}

/**
 * Returns the differences between the two sides of a request, 500 at most. For a change, the sides are the entity
 * before and after it. For any other request they are `before` and `after` in its metadata, or a run's
 * `previousObject` and `object`. null: there is nothing to compare.
 *
 * @throws DomainError `not_found`
 */
export function getDifference(
  context: Context<InOrganization>,
  requestId: string,
): Promise<RequestDifference | null> {
  return inOrganization(
    context,
    async (db) => {
      const [record] = await readRecords(db, [requestId]);
      if (!record) throw notFound("Request");
      const [change] = await readChanges(db, [requestId]);
      if (!change) return compareMetadata(record);
      const { before, after } = sidesOf(change, record.metadata);
      const found = compare(before, after);
      const isPending = change.status === "pending";
      const currentVersion = isPending ? await readVersion(db, context, change) : null;
      return { ...found, change: { ...change, currentVersion }, isContext: false };
    },
    { oneSnapshot: true },
  );
}

function compare(before: unknown, after: unknown) {
  const differences = diffObjects(before, after, DIFFERENCES_MAX + 1);
  return {
    differences: differences.slice(0, DIFFERENCES_MAX),
    hasMore: differences.length > DIFFERENCES_MAX,
  };
}

/**
 * Returns the sides that were applied. Before the approval, it returns the entity as the request's metadata show it
 * (propose-change.ts), and the same with the change applied.
 */
function sidesOf(
  { action, before, after, payload, status }: Change,
  metadata: ApprovalRecord["metadata"],
): { before: JsonObject; after: JsonObject } {
  if (status === "approved") return { before: before ?? {}, after: after ?? {} };
  const shown = isJsonObject(metadata?.before) ? metadata.before : {};
  if (action === "create") return { before: {}, after: payload ?? {} };
  return { before: shown, after: action === "delete" ? {} : mergePatch(shown, payload ?? {}) };
}

function compareMetadata(record: ApprovalRecord): RequestDifference | null {
  const { before, after, previousObject, object } = record.metadata ?? {};
  if (isJsonObject(previousObject) && isJsonObject(object)) {
    const made = showDifferences(diffObjects(previousObject, object));
    const isContext = record.contextHtml === sanitizeContextHtml(made);
    return { ...compare(previousObject, object), change: null, isContext };
  }
  if (!isJsonObject(before) || !isJsonObject(after)) return null;
  return { ...compare(before, after), change: null, isContext: false };
}

const goalTables: Record<GoalEntityType, string> = {
  objective: "objectives",
  keyResult: "key_results",
  kpi: "kpis",
};

async function readVersion(
  db: Transaction,
  context: Context,
  { entityType, entityId }: Change,
): Promise<number | null> {
  const type = await findEntityType(db, entityType);
  if (type?.kind !== "goal") return (await readStanding(db, context, entityType, entityId)).version;
  const { rows } = await db.query<{ version: number }>(
    `select version from ${goalTables[type.name]} where id = $1`,
    [entityId],
  );
  return rows[0]?.version ?? null;
}
