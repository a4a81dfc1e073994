import type { Context } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../in-organization.ts";
import { changesOf, readValues, refuseSameName, writePatch } from "../fields.ts";
import { updateRow } from "../stored-fields.ts";
import { cycleColumns, cycleFields, requireOrder, type Cycle, type CycleValues } from "./cycle.ts";

/**
 * Changes what is given; the health of the cycle's objectives follows at once.
 *
 * @throws DomainError `not_found`, `validation_failed`, `conflict` (the name is taken)
 */
export async function updateCycle(
  context: Context,
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
    await updateRow(db, "goal_cycles", present.id, cycleFields, changes).catch(
      refuseSameName("cycle"),
    );
    await recordEvent(db, context, "cycle.updated", {
      cycle_id: present.id,
      name: cycle.name,
      changes: writePatch(cycleFields, changes),
    });
    return cycle;
  });
}
