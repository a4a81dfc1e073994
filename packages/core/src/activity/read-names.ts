import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { isUuid } from "../ids.ts";
import { inOrganization } from "../transactions/in-organization.ts";

const NAMES_MAX = 1000;

/**
 * Returns the names, by id, of the people, teams, connections, templates, apps, flows, objectives, key results and KPIs
 * whose
 * ids are in the data. It looks up the first 1,000 ids. An id that is unknown, or another organization's, is absent.
 */
export async function readNames(
  context: Context<InOrganization>,
  data: readonly Record<string, unknown>[],
): Promise<Map<string, string>> {
  const ids = [...new Set(data.flatMap((fields) => Object.values(fields).flatMap(idsIn)))];
  if (ids.length === 0) return new Map();
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ id: string; name: string }>({
      name: "read_names",
      text: `select id, name from people where id = any ($1)
             union all select id, name from teams where id = any ($1)
             union all select id, name from connections where id = any ($1)
             union all select id, name from templates where id = any ($1)
             union all select id, name from oauth_clients where id = any ($1)
             union all select id, title from objectives where id = any ($1)
             union all select id, title from key_results where id = any ($1)
             union all select id, name from kpis where id = any ($1)
             union all select id, name from flows where id = any ($1)`,
      values: [ids.slice(0, NAMES_MAX)],
    }),
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Returns a value that is an id, or the ids in a list. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  return typeof value === "string" && isUuid(value) ? [value] : [];
}
