import type { Committing } from "./perform.ts";
import type { SystemPool } from "../capabilities.ts";
import type { RequestLoader } from "./load.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { meetDeadlines, settleAll, stopRequests } from "./perform.ts";

/** The number of requests in one sweep. The next sweep follows at once while there are more. */
const SWEEP_SIZE = 500;

/** The next deadline of a request, as the index `requests_due` holds it. */
const dueAt = "least(expires_at, auto_action_at)";

/**
 * Ends requests whose deadline has passed, oldest deadline first.
 *
 * @throws DomainError `unavailable`: one of them is changing too fast; call again
 * @returns the number of requests that were due, and the time until the next deadline (ms from now by the database's
 *   clock; null: none)
 */
export async function sweepDeadlines(
  services: Committing & SystemPool & RequestLoader,
): Promise<{ swept: number; nextInMs: number | null }> {
  const due = await findRequests(
    services,
    "sweep_deadlines",
    `select organization_id, id from requests
     where status = 'pending' and ${dueAt} <= now() order by ${dueAt} limit ${SWEEP_SIZE}`,
  );
  await settleAll(
    [...due].map(([organizationId, ids]) => meetDeadlines({ services, organizationId }, ids)),
  );
  const { rows } = await withRetries(() =>
    services.system.query<{ ms: number | null }>({
      name: "next_deadline",
      text: `select extract(epoch from min(${dueAt}) - now()) * 1000 as ms from requests
             where status = 'pending' and ${dueAt} is not null`,
    }),
  );
  return { swept: count(due), nextInMs: rows[0]?.ms ?? null };
}

/**
 * Cancels pending requests in organizations whose emergency stop is on, so that an interrupted stop is completed.
 *
 * @throws DomainError `unavailable`: one of them is changing too fast; call again
 * @returns the number of requests that were pending
 */
export async function sweepStopped(
  services: Committing & SystemPool & RequestLoader,
): Promise<number> {
  const pending = await findRequests(
    services,
    "sweep_stopped",
    `select r.organization_id, r.id from organizations o
     join requests r on r.organization_id = o.id and r.status = 'pending'
     where o.emergency_stop_at is not null limit ${SWEEP_SIZE}`,
  );
  await settleAll(
    [...pending].map(async ([organizationId, ids]) => {
      const { rows } = await withRetries(() =>
        services.system.query<{ by: string | null; reason: string | null }>(
          "select emergency_stop_by as by, emergency_stop_reason as reason from organizations where id = $1",
          [organizationId],
        ),
      );
      await stopRequests({ services, organizationId }, ids, rows[0] ?? { by: null, reason: null });
    }),
  );
  return count(pending);
}

async function findRequests(
  services: SystemPool,
  name: string,
  text: string,
): Promise<Map<string, string[]>> {
  const { rows } = await withRetries(() =>
    services.system.query<{ organization_id: string; id: string }>({ name, text }),
  );
  const byOrganization = new Map<string, string[]>();
  for (const row of rows) {
    byOrganization.set(row.organization_id, [
      ...(byOrganization.get(row.organization_id) ?? []),
      row.id,
    ]);
  }
  return byOrganization;
}

const count = (groups: Map<string, string[]>): number =>
  [...groups.values()].reduce((sum, ids) => sum + ids.length, 0);
