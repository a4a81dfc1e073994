import type { PoolClient } from "pg";
import type { Context } from "./context.ts";
import { withRetries } from "./database-errors.ts";
import { forgetEvents, tellEvents } from "./events/written.ts";
import { isUuid } from "./ids.ts";

/**
 * Runs queries in one transaction that sees only the context's organization (row-level security), and commits.
 * Anything thrown rolls it back. With `oneSnapshot` it only reads, and all of it sees the same moment. Everything off
 * the hot path goes through here.
 */
export function inOrganization<T>(
  { services, organizationId }: Pick<Context, "services" | "organizationId">,
  work: (db: PoolClient) => Promise<T>,
  options: { oneSnapshot?: boolean } = {},
): Promise<T> {
  if (!isUuid(organizationId)) throw new TypeError("organizationId must be a UUID");
  return withRetries(async () => {
    const db = await services.app.connect();
    let isBroken = false;
    try {
      // One round trip; the id was checked to be a UUID, so it can stand in the text.
      const begin = options.oneSnapshot
        ? "begin isolation level repeatable read read only"
        : "begin";
      await db.query(`${begin}; set local sayso.organization_id = '${organizationId}'`);
      const result = await work(db);
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
