import type { Transaction } from "../transactions/transaction.ts";
import { isAdmin, type Actor } from "../actors/actor.ts";
import type { RequestStatus } from "../requests/values.ts";
import type { Priority } from "../priority.ts";
import { DomainError, notFound } from "../errors.ts";

/** The requests whose events are sent. Each list holds the accepted values; an absent list accepts all. */
export interface SubscriptionFilter {
  priority?: Priority[];
  action_type?: string[];
  source?: string[];
  /** The request's status after the event. */
  status?: RequestStatus[];
}

/** An address that is notified of events by webhook. It never holds a secret. */
export interface Subscription {
  id: string;
  /** The connection that it belongs to, or that the app acts through. */
  connectionId: string | null;
  /** The grant that it belongs to, if an app made it in a person's name. */
  grantId: string | null;
  /** The person whose it is, or in whose name the app made it. Null: it is the connection's. */
  personId: string | null;
  targetUrl: string;
  /** The event types, sorted; `approval.*` stands for a family. */
  eventTypes: string[];
  filter: SubscriptionFilter;
  description: string | null;
  /** The time since when every attempt has failed. */
  failingSince: Date | null;
  disabledAt: Date | null;
  /** `gone`: the address answered 410. `failing`: only failures for five days. `owner_gone`: its owner is gone. */
  disabledReason: "gone" | "failing" | "owner_gone" | null;
  createdAt: Date;
}

/** The select list of a {@link Subscription}. */
export const subscriptionColumns = `
  id, connection_id as "connectionId", grant_id as "grantId", person_id as "personId", target_url as "targetUrl",
  event_types as "eventTypes", filter, description, failing_since as "failingSince", disabled_at as "disabledAt",
  disabled_reason as "disabledReason", created_at as "createdAt"`;

/** The owner of a subscription: a connection, an app in a person's name (all three fields), or a person. */
export interface SubscriptionOwner {
  connectionId: string | null;
  grantId: string | null;
  personId: string | null;
}

/**
 * Returns the owner of a subscription that the actor makes.
 *
 * @throws DomainError `forbidden`: Sayso itself subscribes to nothing
 */
export function ownerOf(actor: Actor): SubscriptionOwner {
  switch (actor.kind) {
    case "connection":
      return { connectionId: actor.connectionId, grantId: null, personId: null };
    case "person":
      return {
        connectionId: actor.through?.connectionId ?? null,
        grantId: actor.grantId ?? null,
        personId: actor.personId,
      };
    case "system":
      throw new DomainError("forbidden", "Only a person or a connection can subscribe to events");
  }
}

/** Whether the actor is the connection, the app in a person's name, or the person who made this subscription. */
export function isOwnedBy(actor: Actor, subscription: SubscriptionOwner): boolean {
  const owner = ownerOf(actor);
  return (
    owner.connectionId === subscription.connectionId &&
    owner.grantId === subscription.grantId &&
    owner.personId === subscription.personId
  );
}

/**
 * Returns the condition, with its values, for the subscriptions that the actor sees and can end: their own, and for an
 * admin all.
 *
 * @param from the number of the first free parameter
 */
export function visibleTo(actor: Actor, from: number): { sql: string; values: (string | null)[] } {
  if (isAdmin(actor)) return { sql: "true", values: [] };
  const { connectionId, grantId, personId } = ownerOf(actor);
  return {
    sql: `(connection_id, grant_id, person_id) is not distinct from ($${from}::uuid, $${from + 1}::uuid, $${from + 2}::uuid)`,
    values: [connectionId, grantId, personId],
  };
}

/**
 * Locks a subscription of the actor's, within the organization's transaction.
 *
 * @throws DomainError `not_found`
 */
export async function lockSubscription(
  db: Transaction,
  actor: Actor,
  subscriptionId: string,
): Promise<Subscription> {
  const visible = visibleTo(actor, 2);
  const { rows } = await db.query<Subscription>(
    `select ${subscriptionColumns} from subscriptions
     where id = $1 and deleted_at is null and ${visible.sql} for no key update`,
    [subscriptionId, ...visible.values],
  );
  if (!rows[0]) throw notFound("Subscription");
  return rows[0];
}

/**
 * Requires a subscription that still sends webhooks.
 *
 * @throws DomainError `invalid_state`: it was switched off
 */
export function requireActive({ disabledAt, disabledReason }: Subscription): void {
  if (disabledAt === null) return;
  throw new DomainError("invalid_state", "This subscription is disabled; create a new one", {
    details: { reason: disabledReason },
  });
}
