import type { Context } from "../../context.ts";
import type { InOrganization } from "../../capabilities.ts";
import { notFound } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { toBy, type CheckIn, type StoredBy } from "./check-in.ts";

const CHECK_INS_MAX = 500;

/**
 * Lists the newest check-ins of a key result, at most 500, newest first.
 *
 * @throws DomainError `not_found`, also for an archived key result
 */
export async function listCheckIns(
  context: Context<InOrganization>,
  keyResultId: string,
  limit: number = CHECK_INS_MAX,
): Promise<CheckIn[]> {
  if (!isUuid(keyResultId)) throw notFound("Key result");
  return inOrganization(context, async (db) => {
    const found = await db.query("select from key_results where id = $1 and archived_at is null", [
      keyResultId,
    ]);
    if (found.rowCount === 0) throw notFound("Key result");
    const { rows } = await db.query<Omit<CheckIn, "by"> & { by: StoredBy }>(
      `select c.id, c.key_result_id as "keyResultId", c.sequence, c.previous_value as "previousValue", c.value, c.status,
         c.comment, c.created_at as "createdAt", ${madeBy("c")} as by
       from checkins c where c.key_result_id = $1 order by c.sequence desc limit $2`,
      [keyResultId, Math.min(limit, CHECK_INS_MAX)],
    );
    return rows.map((checkIn) => ({ ...checkIn, by: toBy(checkIn.by) }));
  });
}

/**
 * Returns SQL for the {@link StoredBy} of a row with actor_kind and actor_id, as JSON.
 *
 * @param via the expression for the means that the actor acted through
 */
export const madeBy = (alias: string, via = `${alias}.via`): string => `json_build_object(
  'via', ${via}, 'kind', ${alias}.actor_kind, 'id', ${alias}.actor_id, 'name', case ${alias}.actor_kind
    when 'person' then (select name from people where people.id = ${alias}.actor_id)
    when 'connection' then (select name from connections where connections.id = ${alias}.actor_id) end)`;
