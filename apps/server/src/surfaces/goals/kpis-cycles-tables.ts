import type { goalsOperations } from "@sayso/catalogue";
import {
  archiveKpi,
  createCycle,
  createKpi,
  exportGoals,
  getKpi,
  importGoals,
  listCycles,
  listKpis,
  listKpiUpdates,
  recordKpiUpdate,
  updateCycle,
  updateKpi,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { holdChange } from "./held-change.ts";
import { toCycle, toKpi, toKpiUpdate } from "./wire.ts";

type Operations = Pick<
  typeof goalsOperations,
  | "listKpis"
  | "createKpi"
  | "getKpi"
  | "updateKpi"
  | "archiveKpi"
  | "recordKpiUpdate"
  | "listKpiUpdates"
  | "listCycles"
  | "createCycle"
  | "updateCycle"
  | "exportObjectives"
  | "exportKpis"
  | "importGoals"
>;

export const kpiCycleAndTableHandlers: Handlers<Operations> = {
  async listKpis({ context, query }) {
    const kpis = await listKpis(context, { search: query.search }, query.limit);
    return { status: 200, body: kpis.map(toKpi) };
  },

  async createKpi({ context, body }) {
    const { owner_id: ownerId, needs_approval: needsApproval, ...rest } = body;
    const kpi = await createKpi(context, { ...rest, ownerId, needsApproval });
    return { status: 201, body: toKpi(kpi) };
  },

  async getKpi({ context, params }) {
    return { status: 200, body: toKpi(await getKpi(context, params.id)) };
  },

  async updateKpi({ context, params, body }) {
    const { owner_id: ownerId, needs_approval: needsApproval, ...rest } = body;
    const updated = await updateKpi(context, params.id, { ...rest, ownerId, needsApproval });
    return updated.isHeld
      ? holdChange(context, updated)
      : { status: 200, body: toKpi(updated.goal) };
  },

  async archiveKpi({ context, params }) {
    await archiveKpi(context, params.id);
    return { status: 200, body: { id: params.id, archived: true } };
  },

  async recordKpiUpdate({ context, params, body }) {
    const update = await recordKpiUpdate(context, params.id, body);
    return { status: 200, body: toKpiUpdate(update) };
  },

  async listKpiUpdates({ context, params }) {
    const updates = await listKpiUpdates(context, params.id);
    return { status: 200, body: updates.map((one) => ({ ...toKpiUpdate(one), by: one.by })) };
  },

  async listCycles({ context }) {
    return { status: 200, body: (await listCycles(context)).map(toCycle) };
  },

  async createCycle({ context, body }) {
    const { name, starts_on: startsOn, ends_on: endsOn } = body;
    return { status: 201, body: toCycle(await createCycle(context, { name, startsOn, endsOn })) };
  },

  async updateCycle({ context, params, body }) {
    const { name, starts_on: startsOn, ends_on: endsOn } = body;
    const cycle = await updateCycle(context, params.id, { name, startsOn, endsOn });
    return { status: 200, body: toCycle(cycle) };
  },

  async exportObjectives({ context }) {
    return { status: 200, body: { csv: await exportGoals(context, "objectives") } };
  },

  async exportKpis({ context }) {
    return { status: 200, body: { csv: await exportGoals(context, "kpis") } };
  },

  async importGoals({ context, body }) {
    const { objectives, keyResults, kpis } = await importGoals(context, body.table, body.csv);
    return { status: 201, body: { objectives, key_results: keyResults, kpis } };
  },
};
