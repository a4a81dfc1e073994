import type { Context } from "../context.ts";
import { withRetries } from "../database-errors.ts";

/** A delivery that this process may attempt until its lease ends. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  /** null: a request's callback */
  subscriptionId: string | null;
  /** null: about no request */
  requestId: string | null;
  url: string;
  origin: string;
  body: string;
  /** This attempt's number, from 1. */
  attempt: number;
  /** The caller's own headers; a subscription has none. */
  headers: Record<string, string>;
  /** The secrets to sign with, newest first: two while a rotation's grace lasts. */
  secrets: string[];
}

/** Longer than an attempt may take (15 s) with time to record it. */
export const LEASE_SECONDS = 30;

/**
 * Takes due deliveries, at most `limit` and at most `perOrigin` for one origin, none for `busyOrigins`. Nobody else
 * is given them until the lease ends; what is not recorded by then is due again.
 */
export async function claimDeliveries(
  services: Context["services"],
  { limit, perOrigin, busyOrigins }: { limit: number; perOrigin: number; busyOrigins: string[] },
): Promise<ClaimedDelivery[]> {
  const { rows } = await withRetries(() =>
    services.system.query<ClaimedRow>({
      name: "take_deliveries",
      text: "select * from take_deliveries($1, $2, $3, $4)",
      values: [limit, perOrigin, LEASE_SECONDS, busyOrigins],
    }),
  );
  const { secrets } = services;
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    subscriptionId: row.subscription_id,
    requestId: row.request_id,
    url: row.url,
    origin: row.origin,
    body: row.body,
    attempt: row.attempts,
    headers: row.callback_headers
      ? (JSON.parse(secrets.open(row.callback_headers)) as Record<string, string>)
      : {},
    secrets: [row.secret, row.previous_secret]
      .filter((s) => s !== null)
      .map((s) => secrets.open(s)),
  }));
}

interface ClaimedRow {
  id: string;
  organization_id: string;
  subscription_id: string | null;
  request_id: string | null;
  url: string;
  origin: string;
  body: string;
  attempts: number;
  callback_headers: Buffer | null;
  secret: Buffer | null;
  previous_secret: Buffer | null;
}
