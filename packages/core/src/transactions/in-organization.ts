import type { PoolClient, QueryResult } from "pg";
import type { Actor } from "../actors/actor.ts";
import type { InOrganization } from "../capabilities.ts";
import { withRetries } from "./database-errors.ts";
import { forgetEvents, tellEvents } from "./written.ts";
import { isUuid } from "../ids.ts";
import { viewerOf } from "../actors/viewer.ts";

/**
 * Runs queries in one transaction that sees only the context's organization (row-level security), and of its requests only
 * those that the actor sees; without an actor all. It commits; anything thrown rolls it back. Everything off the hot path
 * goes through here.
 *
 * @param work `seesEvery`: whether that is every request, so that it can be listed and counted without looking at each
 * @param options.oneSnapshot it only reads, and all of it sees the same moment
 * @param options.seesEvery every request, whoever the actor is: for what was authorised before
 */
export function inOrganization<T>(
  {
    services,
    organizationId,
    actor,
  }: { services: InOrganization; organizationId: string; actor?: Actor },
  work: (db: PoolClient, seesEvery: boolean) => Promise<T>,
  options: { oneSnapshot?: boolean; seesEvery?: boolean } = {},
): Promise<T> {
  const viewer = options.seesEvery || !actor ? null : viewerOf(actor);
  if (!isUuid(organizationId)) throw new TypeError("organizationId must be a UUID");
  if (viewer && !isUuid(viewer.id)) throw new TypeError("an actor's id must be a UUID");
  // One round trip; the ids were checked to be UUIDs, so they can stand in the text.
  const begin = options.oneSnapshot ? "begin isolation level repeatable read read only" : "begin";
  const enter = viewer
    ? `select sees_every from enter_organization('${organizationId}', '${viewer.kind}', '${viewer.id}')`
    : `set local sayso.organization_id = '${organizationId}'`;
  return withRetries(async () => {
    const db = await services.app.connect();
    let isBroken = false;
    try {
      const [, entered] = (await db.query(`${begin}; ${enter}`)) as unknown as [
        unknown,
        QueryResult<{ sees_every?: boolean }>,
      ];
      const result = await work(db, viewer === null || entered.rows[0]?.sees_every === true);
      await db.query("commit");
      tellEvents(db, services);
      return result;
    } catch (error) {
      forgetEvents(db);
      // A link whose state is unknown is not given back to the pool; on a lost one this fails at once.
      await db.query("rollback").catch(() => (isBroken = true));
      throw error;
    } finally {
      db.release(isBroken);
    }
  });
}
