import type { AcrossOrganizations } from "../capabilities.ts";
import { withRetries } from "./database-errors.ts";
import { runTransaction, type Transaction } from "./transaction.ts";

/**
 * Runs queries in one transaction that sees all organizations. It commits when `work` returns and rolls back when it
 * throws. Use it before an organization is known (sign-in, one-time links) and for changes across organizations (a
 * person). Every query must name the organization that it means.
 */
export const inSystemTransaction = <T>(
  services: AcrossOrganizations,
  work: (db: Transaction) => Promise<T>,
): Promise<T> => withRetries(() => runTransaction(services.system, services, "begin", work));
