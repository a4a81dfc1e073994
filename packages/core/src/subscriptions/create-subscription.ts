import { createHash } from "node:crypto";
import type { Transaction } from "../transactions/transaction.ts";
import { createWebhookSecret } from "@sayso/signature";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, Secrets } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { requireVisible } from "../events/event-types.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import {
  ownerOf,
  subscriptionColumns,
  type Subscription,
  type SubscriptionFilter,
  type SubscriptionOwner,
} from "./subscription.ts";

export interface CreateSubscriptionInput {
  targetUrl: string;
  /** Event types, or families such as `approval.*`. */
  eventTypes: readonly string[];
  filter?: SubscriptionFilter;
  description?: string | null;
}

export interface CreatedSubscription {
  subscription: Subscription;
  /** The secret, `whsec_…`, that verifies the webhooks. */
  secret: string;
  /** False: the actor had made the very same subscription before. */
  isNew: boolean;
}

const ACTIVE_MAX = { own: 100, ofOrganization: 500 };

/**
 * Subscribes an address to all future events of these types; each is sent as a signed webhook. The same call again
 * (same owner, address, types and filter) returns the same subscription with the same secret, so a caller that lost the
 * answer calls again.
 *
 * @throws DomainError `forbidden` (types that only admins see), `conflict` (100 active of one owner, or 500 of the
 *   organization)
 */
export async function createSubscription(
  context: Context<InOrganization & Secrets & NewIds>,
  input: CreateSubscriptionInput,
): Promise<CreatedSubscription> {
  const { actor } = context;
  const owner = ownerOf(actor);
  const eventTypes = normalize(input.eventTypes);
  requireVisible(actor, eventTypes);
  const filter = normalizeFilter(input.filter ?? {});
  const wanted = { ...input, eventTypes, filter, owner };
  return inOrganization(context, async (db) => {
    // A deletion between the two can leave neither.
    for (;;) {
      const made = await insert(db, context, wanted);
      const found = made ?? (await find(db, context, fingerprintOf(wanted)));
      if (found) return found;
    }
  });
}

type Wanted = Required<Pick<CreateSubscriptionInput, "targetUrl" | "filter">> &
  Pick<CreateSubscriptionInput, "description"> & {
    eventTypes: string[];
    owner: SubscriptionOwner;
  };

async function insert(
  db: Transaction,
  context: Context<Secrets & NewIds>,
  wanted: Wanted,
): Promise<CreatedSubscription | null> {
  const { services, organizationId } = context;
  const { owner, targetUrl, eventTypes, filter, description = null } = wanted;
  const secret = createWebhookSecret();
  const { rows } = await db.query<Subscription>(
    `insert into subscriptions (id, organization_id, connection_id, grant_id, person_id, target_url, origin,
       event_types, filter, description, fingerprint, secret)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (organization_id, fingerprint) where disabled_at is null and deleted_at is null do nothing
     returning ${subscriptionColumns}`,
    [
      services.newId(),
      organizationId,
      owner.connectionId,
      owner.grantId,
      owner.personId,
      targetUrl,
      new URL(targetUrl).origin,
      eventTypes,
      filter,
      description,
      fingerprintOf(wanted),
      services.secrets.seal(secret),
    ],
  );
  const [subscription] = rows;
  if (!subscription) return null;
  await refuseTooMany(db, organizationId, owner);
  await recordEvent(db, context, "subscription.created", {
    subscription_id: subscription.id,
    event_types: eventTypes,
  });
  return { subscription, secret, isNew: true };
}

async function find(
  db: Transaction,
  { services, organizationId }: Context<Secrets>,
  fingerprint: Buffer,
): Promise<CreatedSubscription | null> {
  const { rows } = await db.query<Subscription & { secret: Buffer }>(
    `select ${subscriptionColumns}, secret from subscriptions
     where organization_id = $1 and fingerprint = $2 and disabled_at is null and deleted_at is null`,
    [organizationId, fingerprint],
  );
  if (!rows[0]) return null;
  const { secret, ...subscription } = rows[0];
  return { subscription, secret: services.secrets.open(secret), isNew: false };
}

/**
 * Refuses a subscription beyond a limit. It counts after the insert, so subscriptions that are added at the same time
 * can exceed the limit by their number.
 */
async function refuseTooMany(
  db: Transaction,
  organizationId: string,
  owner: SubscriptionOwner,
): Promise<void> {
  const { rows } = await db.query<{ own: number; all: number }>(
    `select count(*) as all, count(*) filter (where
       (connection_id, grant_id, person_id) is not distinct from ($2::uuid, $3::uuid, $4::uuid)) as own
     from subscriptions where organization_id = $1 and disabled_at is null and deleted_at is null`,
    [organizationId, owner.connectionId, owner.grantId, owner.personId],
  );
  const { own = 0, all = 0 } = rows[0] ?? {};
  if (own <= ACTIVE_MAX.own && all <= ACTIVE_MAX.ofOrganization) return;
  const [limit, whose] =
    own > ACTIVE_MAX.own
      ? [ACTIVE_MAX.own, "You have"]
      : [ACTIVE_MAX.ofOrganization, "The organization has"];
  throw new DomainError(
    "conflict",
    `${whose} ${limit} active subscriptions already; delete one first`,
    { details: { limit } },
  );
}

const normalize = <Item extends string>(items: readonly Item[]): Item[] =>
  [...new Set(items)].sort();

/** Normalizes a filter: an empty list restricts nothing, like an absent one. */
function normalizeFilter({
  priority,
  action_type,
  source,
  status,
}: SubscriptionFilter): SubscriptionFilter {
  return {
    ...(priority?.length && { priority: normalize(priority) }),
    ...(action_type?.length && { action_type: normalize(action_type) }),
    ...(source?.length && { source: normalize(source) }),
    ...(status?.length && { status: normalize(status) }),
  };
}

const fingerprintOf = ({ owner, targetUrl, eventTypes, filter }: Wanted): Buffer =>
  createHash("sha256")
    .update(
      JSON.stringify([
        owner.connectionId,
        owner.grantId,
        owner.personId,
        targetUrl,
        eventTypes,
        filter,
      ]),
    )
    .digest();
