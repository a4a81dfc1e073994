import type { Transaction } from "../../transactions/transaction.ts";
import { requireDecidingAdmin } from "../../actors/require-deciding-admin.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseDuplicate } from "../../transactions/refuse-duplicate.ts";
import { isHeld } from "../change-control.ts";
import { changesOf, readValues, writePatch } from "../fields.ts";
import { updateRow } from "../stored-fields.ts";
import { cycleColumns, cycleFields, requireOrder, type Cycle, type CycleValues } from "./cycle.ts";

/**
 * Changes the given fields of a cycle. The health of the cycle's objectives follows at once.
 *
 * @throws DomainError `not_found`, `validation_failed`, `conflict` (the name is taken); `forbidden`: only an admin may
 *   move the days of a cycle with guarded goals
 */
export async function updateCycle(
  context: Context<InOrganization & NewIds>,
  cycleId: string,
  input: Partial<CycleValues>,
): Promise<Cycle> {
  if (!isUuid(cycleId)) throw notFound("Cycle");
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<Cycle>(
      `select ${cycleColumns} from goal_cycles where id = $1 for no key update`,
      [cycleId],
    );
    const [present] = rows;
    if (!present) throw notFound("Cycle");
    const changes = changesOf<CycleValues>(present, readValues(cycleFields, input));
    const cycle = { ...present, ...changes };
    requireOrder(cycle);
    if (Object.keys(changes).length === 0) return cycle;
    if (changes.startsOn !== undefined || changes.endsOn !== undefined)
      await refuseHeldDays(db, context, present.id);
    await updateRow(db, "goal_cycles", present.id, cycleFields, changes).catch(
      refuseDuplicate("goal_cycles_name"),
    );
    await recordEvent(db, context, "cycle.updated", {
      cycle_id: present.id,
      name: cycle.name,
      changes: writePatch(cycleFields, changes),
    });
    return cycle;
  });
}

/**
 * Refuses to move the days of a cycle with guarded goals, because they set the date by which a goal is to be reached.
 *
 * @throws DomainError `forbidden`
 */
async function refuseHeldDays(db: Transaction, { actor }: Context, cycleId: string): Promise<void> {
  if (!isHeld(actor, { needsApproval: true })) return;
  const held = await db.query(
    `select from objectives o
     where o.cycle_id = $1 and o.archived_at is null and (o.needs_approval or exists (
       select from key_results k where k.objective_id = o.id and k.archived_at is null and k.needs_approval))
     limit 1`,
    [cycleId],
  );
  if (held.rows.length > 0)
    requireDecidingAdmin(
      actor,
      "Goals of this cycle are under change control; only an admin may change its days",
    );
}
