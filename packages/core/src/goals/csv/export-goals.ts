import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { listKpis } from "../kpis/list-kpis.ts";
import { listObjectives } from "../objectives/list-objectives.ts";
import { goalTables, type GoalTable } from "./goal-tables.ts";
import { writeCsv } from "./write-csv.ts";

/**
 * Exports the organization's newest 500 objectives, or KPIs, as a table that `importGoals` reads. No cell is a formula.
 */
export async function exportGoals(
  context: Context<InOrganization>,
  table: GoalTable,
): Promise<string> {
  const rows =
    table === "kpis"
      ? (await listKpis(context)).map((kpi) => [
          kpi.name,
          kpi.description,
          kpi.current,
          kpi.target,
          kpi.unit,
          kpi.direction,
          kpi.ownerName,
        ])
      : (await listObjectives(context)).flatMap((objective) => {
          const own = [
            objective.title,
            objective.description,
            objective.type,
            objective.ownerName,
            objective.cycleName,
          ];
          if (objective.keyResults.length === 0) return [[...own, ...Array<null>(7).fill(null)]];
          return objective.keyResults.map((keyResult) => [
            ...own,
            keyResult.title,
            keyResult.start,
            keyResult.target,
            keyResult.current,
            keyResult.unit,
            keyResult.weight,
            keyResult.ownerName,
          ]);
        });
  return writeCsv([goalTables[table], ...rows]);
}
