import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import type { Objective } from "./objective.ts";
import { readObjectives, type ObjectiveFilter } from "./read-objectives.ts";

export const OBJECTIVES_MAX = 500;

/** Lists the organization's objectives with their key results, newest first, at most 500, without archived ones. */
export const listObjectives = (
  context: Context<InOrganization>,
  filter: Omit<ObjectiveFilter, "id" | "keyResultId"> = {},
  limit: number = OBJECTIVES_MAX,
): Promise<Objective[]> =>
  inOrganization(context, (db) => readObjectives(db, filter, Math.min(limit, OBJECTIVES_MAX)));
