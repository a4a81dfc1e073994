import type { Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { openCallback, secretOfPerson } from "./callback-seal.ts";

/** A delivery that this process may attempt until its lease ends. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  /** The subscription. Null: it is a request's callback. */
  subscriptionId: string | null;
  /** The request. Null: it is about no request. */
  requestId: string | null;
  url: string;
  origin: string;
  body: string;
  /** The number of this attempt, from 1. */
  attempt: number;
  /** The caller's own headers; a subscription has none. */
  headers: Record<string, string>;
  /** The secrets to sign with, newest first. Two while a rotation's grace lasts. */
  secrets: string[];
}

/** The receiver of a delivery, the connection that it is for, and its size. */
export interface DeliveryTarget {
  organizationId: string;
  /** The connection that asked. Null: none did. */
  connectionId: string | null;
  /** The receiver's scheme://host:port. */
  origin: string;
  /** The size of its body. */
  bytes: number;
}

/**
 * Decrypts the headers and secrets that a delivery is sent with.
 *
 * @throws an error if they were sealed under another SAYSO_SECRET
 */
export type OpenDelivery = () => ClaimedDelivery;

/** A place among the deliveries that this process sends. Its holder calls one of the three methods, once. */
export interface DeliveryPlace {
  /** Attempts the delivery now. Its claim is stored already, for {@link LEASE_SECONDS}. */
  send(open: OpenDelivery): void;
  /** Frees the place: nothing was stored. */
  giveBack(): void;
  /**
   * Frees the place where it is unknown whether the delivery was stored. If it was, its claim ends as soon as the
   * database answers.
   */
  recall(deliveryId: string): void;
}

export interface DeliveryPlaces {
  /**
   * Reserves a place for a callback before it is stored. The callback is then stored as claimed, and this process sends
   * it as soon as it is committed. Null: no place is free for this origin, connection or organization, or no worker
   * runs here. Then a worker claims it.
   */
  reserveDelivery: (target: DeliveryTarget) => DeliveryPlace | null;
}

/** The length of a lease: longer than an attempt can take (15 s), with time to record it. */
export const LEASE_SECONDS = 30;

interface ClaimLimits {
  limit: number;
  /** The bytes that all bodies together can hold; the first body can hold more. */
  bytes: number;
  /** The limit for one connection, or for an organization where no connection asked. */
  perOwner: number;
  perOrigin: number;
  /** Those that get no delivery. `owners`: ids of connections, or of organizations where no connection asked. */
  busy: {
    organizations: readonly string[];
    owners: readonly string[];
    origins: readonly string[];
  };
}

/**
 * Claims due deliveries, one of each owner in turn, each owner's oldest first. No other process gets them until the
 * lease ends. A delivery whose attempt is not recorded by then is due again. Claims none while deliveries are held.
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
 * Ends claims that were stored with their deliveries, if nothing has been attempted since: those are due, for the first
 * time. Other claims stay as they are.
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

/** The headers and secrets that a delivery is sent with, each as a secret box sealed it. Null: there is none. */
export interface SealedSecrets {
  /** The headers, as `sealCallback` made them. */
  headers: Buffer | null;
  secret: Buffer | null;
  /** The previous secret, while a rotation's grace lasts. */
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
