import { onlyRow } from "@sayso/database";
import type { Transaction } from "../transactions/transaction.ts";
import { seenBy, type FiguresScope } from "./scope.ts";
import type { FiguresRange } from "./get-figures.ts";
import { SAMPLE_MAX } from "./read-steps.ts";

/** A person or a team, with the number of requests that ask them by name. */
export interface AskedFigures {
  personId: string | null;
  teamId: string | null;
  requests: number;
  /** The number of these requests that are still pending. */
  pending: number;
}

const ASKED_MAX = 10;

/**
 * Returns the people and teams that the newest 20,000 requests ask most, at most 10, and the number of those requests
 * that ask everybody who may approve.
 */
export async function readMostAsked(
  db: Transaction,
  scope: FiguresScope,
  { from, to }: FiguresRange,
): Promise<{ most: AskedFigures[]; everybody: number; sampled: number }> {
  const [isSeen, keys] = seenBy(scope, "requests.id", 4);
  const { rows } = await db.query<{
    most: AskedFigures[] | null;
    everybody: number;
    sampled: number;
  }>(
    `with newest as materialized (
       select id, status, assigned_approvers, assigned_team_id, required_steps from requests
       where organization_id = $1 and created_at >= $2 and created_at < $3 and not is_log ${isSeen}
       order by created_at desc, id desc limit ${SAMPLE_MAX}
     ), own_steps as materialized (
       select n.id, n.status, s.assigned_user_ids, s.assigned_team_id from newest n
       cross join lateral (select * from steps where request_id = n.id) s where n.required_steps is not null
     ), asked as (
       select n.id, n.status, person_id, null::uuid as team_id from newest n cross join unnest(n.assigned_approvers) person_id
       union select id, status, null, assigned_team_id from newest where assigned_team_id is not null
       union select s.id, s.status, person_id, null from own_steps s cross join unnest(s.assigned_user_ids) person_id
       union select id, status, null, assigned_team_id from own_steps where assigned_team_id is not null
     ), most as (
       select person_id as "personId", team_id as "teamId", count(*) as requests,
         count(*) filter (where status = 'pending') as pending
       from asked group by person_id, team_id order by requests desc, person_id, team_id limit ${ASKED_MAX}
     )
     select (select json_agg(most) from most) as most, (select count(*) from newest) as sampled,
       (select count(*) from newest where assigned_approvers is null and assigned_team_id is null and required_steps is null) as everybody`,
    [scope.organizationId, from, to, ...keys],
  );
  const { most, everybody, sampled } = onlyRow(rows);
  return { most: most ?? [], everybody, sampled };
}
