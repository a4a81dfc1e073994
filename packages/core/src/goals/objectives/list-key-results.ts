import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { readObjectives } from "./read-objectives.ts";
import { OBJECTIVES_MAX } from "./list-objectives.ts";
import type { KeyResult } from "./key-result.ts";

const KEY_RESULTS_LISTED_MAX = 500;

/**
 * Lists the key results of the newest 500 objectives, newest objective first, at most 500.
 *
 * @param filter.search a part of the title; case doesn't matter
 */
export async function listKeyResults(
  context: Context<InOrganization>,
  filter: { objectiveId?: string; search?: string } = {},
): Promise<KeyResult[]> {
  const objectives = await inOrganization(context, (db) =>
    readObjectives(db, { id: filter.objectiveId }, OBJECTIVES_MAX),
  );
  const wanted = filter.search?.toLowerCase() ?? "";
  return objectives
    .flatMap(({ keyResults }) => keyResults)
    .filter(({ title }) => title.toLowerCase().includes(wanted))
    .slice(0, KEY_RESULTS_LISTED_MAX);
}
