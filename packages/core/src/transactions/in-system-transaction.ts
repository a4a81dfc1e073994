import type { PoolClient } from "pg";
import type { AcrossOrganizations } from "../capabilities.ts";
import { withRetries } from "./database-errors.ts";
import { forgetEvents, tellEvents } from "./written.ts";

/**
 * Runs queries in one transaction that sees all organizations, and commits; anything thrown rolls it back. For what
 * happens before an organization is known (sign-in, one-time links) and for what reaches across organizations
 * (a person). Every query names the organization that it means.
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
