import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseDuplicate } from "../../transactions/refuse-duplicate.ts";
import { requireAdmin } from "../../actors/require-admin.ts";
import { changesOf, readValues, writePatch } from "../fields.ts";
import { updateRow } from "../stored-fields.ts";
import {
  reviewCycleColumns,
  reviewCycleFields,
  type ReviewCycle,
  type ReviewCycleValues,
} from "./review-cycle.ts";

/**
 * Changes the given fields of a review cycle. While a cycle is not active, no review in it can be created or shared.
 *
 * @throws DomainError `forbidden` (not an admin), `not_found`, `validation_failed`, `conflict` (the name is taken)
 */
export async function updateReviewCycle(
  context: Context<InOrganization & NewIds>,
  reviewCycleId: string,
  input: Partial<ReviewCycleValues>,
): Promise<ReviewCycle> {
  requireAdmin(context.actor, "change review cycles");
  if (!isUuid(reviewCycleId)) throw notFound("Review cycle");
  const given = readValues(reviewCycleFields, input);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<ReviewCycle>(
      `select ${reviewCycleColumns} from review_cycles c where c.id = $1 for no key update`,
      [reviewCycleId],
    );
    const [present] = rows;
    if (!present) throw notFound("Review cycle");
    const changes = changesOf<ReviewCycleValues>(present, given);
    const cycle = { ...present, ...changes };
    if (Object.keys(changes).length === 0) return cycle;
    await updateRow(db, "review_cycles", present.id, reviewCycleFields, changes).catch(
      refuseDuplicate("review_cycles_name"),
    );
    await recordEvent(db, context, "review_cycle.updated", {
      review_cycle_id: present.id,
      name: cycle.name,
      changes: writePatch(reviewCycleFields, changes),
    });
    return cycle;
  });
}
