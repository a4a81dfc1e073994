import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import type { Objective } from "./objective.ts";
import { readObjectives } from "./read-objectives.ts";

/**
 * Returns one objective with its key results.
 *
 * @throws DomainError `not_found`, also for an archived one
 */
export async function getObjective(
  context: Context<InOrganization>,
  objectiveId: string,
): Promise<Objective> {
  if (!isUuid(objectiveId)) throw notFound("Objective");
  const [objective] = await inOrganization(context, (db) =>
    readObjectives(db, { id: objectiveId }, 1),
  );
  if (!objective) throw notFound("Objective");
  return objective;
}
