import { onlyRow } from "@sayso/database";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { refuseDuplicate } from "../../transactions/refuse-duplicate.ts";
import { readValues, requireFields } from "../fields.ts";
import { insertRow } from "../stored-fields.ts";
import {
  cycleColumns,
  cycleFields,
  refuseMoreThan,
  requireOrder,
  type Cycle,
  type CycleValues,
} from "./cycle.ts";

/**
 * Creates a cycle: a period for objectives. An organization has at most 500.
 *
 * @throws DomainError `validation_failed`, `conflict` (the name is taken, or there are 500 already)
 */
export async function createCycle(
  context: Context<InOrganization & NewIds>,
  input: CycleValues,
): Promise<Cycle> {
  const given = readValues(cycleFields, input);
  const values = requireFields(cycleFields, given, ["name", "startsOn", "endsOn"]);
  requireOrder(values);
  return inOrganization(context, async (db) => {
    const { rows: counted } = await db.query<{ count: number }>(
      "select count(*)::int as count from goal_cycles",
    );
    refuseMoreThan(counted[0]?.count ?? 0, "cycles");
    const id = await insertRow(db, context, "goal_cycles", cycleFields, values).catch(
      refuseDuplicate("goal_cycles_name"),
    );
    await recordEvent(db, context, "cycle.created", {
      cycle_id: id,
      name: values.name,
      starts_on: values.startsOn,
      ends_on: values.endsOn,
    });
    const { rows } = await db.query<Cycle>(
      `select ${cycleColumns} from goal_cycles where id = $1`,
      [id],
    );
    return onlyRow(rows);
  });
}
