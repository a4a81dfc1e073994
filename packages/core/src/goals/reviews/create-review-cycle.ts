import { onlyRow } from "@sayso/database";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseDuplicate } from "../../transactions/refuse-duplicate.ts";
import { requireAdmin } from "../../actors/require-admin.ts";
import { refuseMoreThan } from "../cycles/cycle.ts";
import { readValues, requireFields } from "../fields.ts";
import { insertRow } from "../stored-fields.ts";
import {
  reviewCycleColumns,
  reviewCycleFields,
  type ReviewCycle,
  type ReviewCycleValues,
} from "./review-cycle.ts";

/**
 * Creates a review cycle: a round of reviews. An organization has at most 500. Default status: `active`.
 *
 * @throws DomainError `forbidden` (not an admin), `validation_failed`, `conflict` (the name is taken, or there are 500
 *   already)
 */
export async function createReviewCycle(
  context: Context<InOrganization & NewIds>,
  input: Pick<ReviewCycleValues, "name"> & Partial<ReviewCycleValues>,
): Promise<ReviewCycle> {
  requireAdmin(context.actor, "make review cycles");
  const given = readValues(reviewCycleFields, input);
  const values = requireFields(reviewCycleFields, given, ["name"]);
  return inOrganization(context, async (db) => {
    const { rows: counted } = await db.query<{ count: number }>(
      "select count(*)::int as count from review_cycles",
    );
    refuseMoreThan(counted[0]?.count ?? 0, "review cycles");
    const set = { status: "active" as const, ...values };
    const id = await insertRow(db, context, "review_cycles", reviewCycleFields, set).catch(
      refuseDuplicate("review_cycles_name"),
    );
    await recordEvent(db, context, "review_cycle.created", {
      review_cycle_id: id,
      name: set.name,
      status: set.status,
    });
    const { rows } = await db.query<ReviewCycle>(
      `select ${reviewCycleColumns} from review_cycles c where c.id = $1`,
      [id],
    );
    return onlyRow(rows);
  });
}
