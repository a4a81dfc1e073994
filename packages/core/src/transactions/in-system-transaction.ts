import type { PoolClient } from "pg";
import type { AcrossOrganizations } from "../capabilities.ts";
import { withRetries } from "./database-errors.ts";
import { forgetEvents, tellEvents } from "./written.ts";

/**
 * Runs queries in one transaction that sees all organizations. It commits when `work` returns and rolls back when it
 * throws. Use it before an organization is known (sign-in, one-time links) and for changes across organizations (a
 * person). Every query must name the organization that it means.
 */
export function inSystemTransaction<T>(
  services: AcrossOrganizations,
  work: (db: PoolClient) => Promise<T>,
): Promise<T> {
  return withRetries(async () => {
    const db = await services.system.connect();
    let isBroken = false;
    try {
      await db.query("begin");
      const result = await work(db);
      await db.query("commit");
      tellEvents(db, services);
      return result;
    } catch (error) {
      forgetEvents(db);
      await db.query("rollback").catch(() => (isBroken = true));
      throw error;
    } finally {
      db.release(isBroken);
    }
  });
}
