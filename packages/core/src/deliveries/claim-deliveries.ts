import type { Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { openCallback, secretOfPerson } from "./callback-seal.ts";

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

/** To whom something is delivered, on whose behalf, and how much of it there is. */
export interface DeliveryTarget {
  organizationId: string;
  /** Null: no connection asked for it. */
  connectionId: string | null;
  /** scheme://host:port */
  origin: string;
  /** Of its body. */
  bytes: number;
}

/** Opens what it is sent with; throws where that was sealed under another SAYSO_SECRET. */
export type OpenDelivery = () => ClaimedDelivery;

/** A place among what this process sends. One of the three is called, once. */
export interface DeliveryPlace {
  /** Attempts it now; its claim is stored already, for {@link LEASE_SECONDS}. */
  send(open: OpenDelivery): void;
  /** Nothing was stored. */
  giveBack(): void;
  /** Nobody knows whether it was stored; if so, its claim is ended as soon as the database can be asked. */
  recall(deliveryId: string): void;
}

export interface DeliveryPlaces {
  /**
   * Asked before a callback is stored: a place to send it from this process as soon as it is committed, for which it is
   * stored as claimed. Null: none is free for this origin, connection or organization, or no worker runs here; then a
   * worker claims it.
   */
  reserveDelivery: (target: DeliveryTarget) => DeliveryPlace | null;
}

/** Longer than an attempt may take (15 s) with time to record it. */
export const LEASE_SECONDS = 30;

interface ClaimLimits {
  limit: number;
  /** What the bodies may hold together; the first may hold more. */
  bytes: number;
  /** Of one connection, or of an organization where no connection asked. */
  perOwner: number;
  perOrigin: number;
  /** Those that are given nothing. `owners`: ids of connections, or of organizations where no connection asked. */
  busy: {
    organizations: readonly string[];
    owners: readonly string[];
    origins: readonly string[];
  };
}

/**
 * Takes due deliveries, one of each owner in turn, each owner's oldest first. Nobody else is given them until the lease
 * ends; what is not recorded by then is due again. None while deliveries are held.
 */
export async function claimDeliveries(
  services: SystemPool & Secrets,
  { limit, bytes, perOwner, perOrigin, busy }: ClaimLimits,
): Promise<{ target: DeliveryTarget; open: OpenDelivery }[]> {
  const { rows } = await withRetries(() =>
    services.system.query<ClaimedRow>({
      name: "take_deliveries",
      text: `select * from take_deliveries(
               case when deliveries_are_held() then 0 else $1 end, $2, $3, $4, $5, $6, $7, $8)`,
      values: [
        limit,
        bytes,
        perOwner,
        perOrigin,
        LEASE_SECONDS,
        busy.organizations,
        busy.owners,
        busy.origins,
      ],
    }),
  );
  return rows.map((row) => ({
    target: {
      organizationId: row.organization_id,
      connectionId: row.connection_id,
      origin: row.origin,
      bytes: Buffer.byteLength(row.body),
    },
    open: () => openRow(services, row),
  }));
}

/**
 * Ends claims that were stored with their deliveries, where nothing has been attempted since: they are due, for the first
 * time. Others are left alone.
 */
export async function endClaims(
  services: SystemPool,
  deliveries: readonly { organizationId: string; id: string }[],
): Promise<void> {
  await withRetries(() =>
    services.system.query(
      `update deliveries d set attempts = 0, next_attempt_at = now()
       from unnest($1::uuid[], $2::uuid[]) as claimed (organization_id, id)
       where d.organization_id = claimed.organization_id and d.id = claimed.id and d.status = 'pending' and d.attempts = 1
         and d.next_attempt_at = d.created_at + make_interval(secs => $3)`,
      [
        deliveries.map(({ organizationId }) => organizationId),
        deliveries.map(({ id }) => id),
        LEASE_SECONDS,
      ],
    ),
  );
}

const openRow = (services: Secrets, row: ClaimedRow): ClaimedDelivery => ({
  id: row.id,
  organizationId: row.organization_id,
  subscriptionId: row.subscription_id,
  requestId: row.request_id,
  url: row.url,
  origin: row.origin,
  body: row.body,
  attempt: row.attempts,
  ...openSealed(services, {
    headers: row.callback_headers,
    secret: row.secret,
    previousSecret: row.previous_secret,
  }),
});

/** What a delivery is sent with. Each as a secret box sealed it; null: there is none. */
export interface SealedSecrets {
  /** As `sealCallback` made it. */
  headers: Buffer | null;
  secret: Buffer | null;
  /** While a rotation's grace lasts. */
  previousSecret: Buffer | null;
}

export function openSealed(
  { secrets }: Secrets,
  { headers, secret, previousSecret }: SealedSecrets,
): Pick<ClaimedDelivery, "headers" | "secrets"> {
  const { headers: own, personId } = openCallback(secrets, headers);
  const opened = [secret, previousSecret].filter((s) => s !== null).map((s) => secrets.open(s));
  return {
    headers: own,
    secrets: personId === null ? opened : opened.map((s) => secretOfPerson(secrets, s, personId)),
  };
}

interface ClaimedRow {
  id: string;
  organization_id: string;
  connection_id: string | null;
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
