import type { goalsOperations } from "@sayso/catalogue";
import {
  archiveKeyResult,
  archiveObjective,
  createKeyResult,
  createObjective,
  getKeyResult,
  getObjective,
  listCheckIns,
  listKeyResults,
  listObjectives,
  recordCheckIn,
  updateKeyResult,
  updateObjective,
} from "@sayso/core";
import type { Call, Handlers } from "../../http/bind.ts";
import { holdChange } from "./held-change.ts";
import { toCheckIn, toKeyResult, toObjective } from "./wire.ts";

type Operations = Pick<
  typeof goalsOperations,
  | "listObjectives"
  | "createObjective"
  | "getObjective"
  | "updateObjective"
  | "archiveObjective"
  | "listKeyResults"
  | "createKeyResult"
  | "getKeyResult"
  | "updateKeyResult"
  | "archiveKeyResult"
  | "recordCheckIn"
  | "recordCheckInOfOkr"
  | "listCheckIns"
>;

async function record({
  context,
  params,
  body,
}: Pick<Call<Operations["recordCheckIn"]>, "context" | "params" | "body">) {
  return {
    status: 200 as const,
    body: toCheckIn(await recordCheckIn(context, params.id, body)),
  };
}

/** Renames a body's fields to the domain's spelling. Absent fields stay absent. */
const settings = <Body extends { owner_id?: string | null; needs_approval?: boolean }>({
  owner_id,
  needs_approval,
  ...body
}: Body) => ({ ...body, ownerId: owner_id, needsApproval: needs_approval });

export const objectiveHandlers: Handlers<Operations> = {
  async listObjectives({ context, query }) {
    const { limit, cycle_id: cycleId, type, search } = query;
    const objectives = await listObjectives(context, { cycleId, type, search }, limit);
    return { status: 200, body: objectives.map(toObjective) };
  },

  async createObjective({ context, body }) {
    const { key_results: keyResults, cycle_id: cycleId, ...rest } = settings(body);
    const objective = await createObjective(context, {
      ...rest,
      cycleId,
      keyResults: keyResults?.map(settings),
    });
    return { status: 201, body: toObjective(objective) };
  },

  async getObjective({ context, params }) {
    return { status: 200, body: toObjective(await getObjective(context, params.id)) };
  },

  async updateObjective({ context, params, body }) {
    const { cycle_id: cycleId, ...rest } = settings(body);
    const updated = await updateObjective(context, params.id, { ...rest, cycleId });
    return updated.isHeld
      ? holdChange(context, updated)
      : { status: 200, body: toObjective(updated.goal) };
  },

  async archiveObjective({ context, params }) {
    await archiveObjective(context, params.id);
    return { status: 200, body: { id: params.id, archived: true } };
  },

  async listKeyResults({ context, query }) {
    const { objective_id: objectiveId, search } = query;
    const keyResults = await listKeyResults(context, { objectiveId, search });
    return { status: 200, body: keyResults.map(toKeyResult) };
  },

  async createKeyResult({ context, params, body }) {
    const keyResult = await createKeyResult(context, params.id, settings(body));
    return { status: 201, body: toKeyResult(keyResult) };
  },

  async getKeyResult({ context, params }) {
    return { status: 200, body: toKeyResult(await getKeyResult(context, params.id)) };
  },

  async updateKeyResult({ context, params, body }) {
    const updated = await updateKeyResult(context, params.id, settings(body));
    return updated.isHeld
      ? holdChange(context, updated)
      : { status: 200, body: toKeyResult(updated.goal) };
  },

  async archiveKeyResult({ context, params }) {
    await archiveKeyResult(context, params.id);
    return { status: 200, body: { id: params.id, archived: true } };
  },

  recordCheckIn: record,
  recordCheckInOfOkr: record,

  async listCheckIns({ context, params }) {
    const checkIns = await listCheckIns(context, params.id);
    return { status: 200, body: checkIns.map((one) => ({ ...toCheckIn(one), by: one.by })) };
  },
};
