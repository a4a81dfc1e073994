import type { Transaction } from "../transactions/transaction.ts";
import { createWebhookSecret } from "@sayso/signature";
import { personBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, Mailing, NewIds, Secrets } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { keysOf } from "../keys-of.ts";
import { pick } from "../pick.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import {
  readConnectionSettings,
  type ConnectionSettings,
  type DecidingSettings,
} from "./connection-settings.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { agreeToDecide } from "./agree-to-decide.ts";
import { requireOwnHand } from "./own-hand.ts";
import { readConnection, type Connection, type ConnectionPreset } from "./connection.ts";
import { storeNewKey } from "./store-key.ts";

interface NewConnection extends Partial<
  Omit<ConnectionSettings, "name" | "isActive" | "canReadAll">
> {
  name: string;
  /**
   * The platform that will use it. Published clients of these platforms leave out `title`, `priority` and `description`,
   * and call often, so a preset fills these in and sets a higher limit, unless the input gives a value (null included).
   */
  preset?: ConnectionPreset | null;
}

/** The settings of a new connection. Those about deciding need its maker in person, because they own it. */
export interface CreateConnectionInput extends NewConnection, Partial<DecidingSettings> {
  /** Whether its votes end once Sayso has no localhost address (leave-localhost.ts). */
  decidesWhileLocal?: boolean;
}

export interface CreatedConnection {
  connection: Connection;
  /** `gk_…`, shown this once. */
  key: string;
  keyId: string;
  /** `whsec_…`, shown this once. It verifies the callbacks. */
  webhookSecret: string;
}

const presetDefaults = {
  rateLimitPerHour: 1000,
  defaultTitle: "Approval request",
  defaultPriority: "medium",
  defaultDescription: "No description given",
} as const;

/**
 * Connects a machine: from now on it can ask with the returned key. The person who makes it answers for it. With
 * `canDecide` they agree that its votes count as theirs, for which they must be signed in and recently proven.
 *
 * @throws DomainError `forbidden`: only an admin may connect a machine, and only in person let it decide;
 *   `validation_failed`
 */
export async function createConnection(
  context: Context<InOrganization & Mailing>,
  input: CreateConnectionInput,
): Promise<CreatedConnection> {
  const { actor } = context;
  requireAdmin(actor, "connect a machine");
  const ownerId = personBehind(actor);
  if (ownerId === null)
    throw new DomainError("forbidden", "A connection needs a person who answers for it");
  const { canDecide = false, canDecideOwn = false, decidesWhileLocal, ...given } = input;
  const settings = readConnectionSettings(given);
  if (canDecideOwn && !canDecide) throw ownNeedsDeciding();
  return inOrganization(context, async (db) => {
    const via = canDecide
      ? await requireOwnHand(db, context, ownerId, "let a connection vote in your name")
      : null;
    const { id, webhookSecret } = await insertConnection(db, context, ownerId, settings);
    if (via !== null)
      await agreeToDecide(db, context, id, { own: canDecideOwn, via, decidesWhileLocal });
    const { key, id: keyId } = await storeNewKey(db, context, id);
    return { connection: await readConnection(db, id), key, keyId, webhookSecret };
  });
}

/** Makes the error for `canDecideOwn` without `canDecide`. */
export const ownNeedsDeciding = (): DomainError =>
  invalidInput({
    field: "can_decide_own",
    message: "can_decide_own needs can_decide: first let the connection decide",
  });

/**
 * Inserts a connection that only asks, without any key, in the caller's transaction. The caller has checked the
 * settings and the actor.
 *
 * @returns its id, and its webhook secret (`whsec_…`) in the clear
 */
export async function insertConnection(
  db: Transaction,
  context: Context<Secrets & NewIds>,
  ownerId: string,
  input: NewConnection,
): Promise<{ id: string; webhookSecret: string }> {
  const { services, organizationId } = context;
  const { preset = null, ...given } = input;
  const set = {
    rateLimitPerHour: 100,
    ...(preset && presetDefaults),
    ...pick(given, keysOf(given)),
  };
  const id = services.newId();
  const webhookSecret = createWebhookSecret();
  await db.query(
    `insert into connections (id, organization_id, owner_id, name, preset, rate_limit_per_hour,
       allowed_action_types, max_priority, default_priority, default_description, webhook_secret, default_title,
       approvers_needed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      id,
      organizationId,
      ownerId,
      set.name,
      preset,
      set.rateLimitPerHour,
      set.allowedActionTypes,
      set.maxPriority,
      set.defaultPriority,
      set.defaultDescription,
      services.secrets.seal(webhookSecret),
      set.defaultTitle,
      set.approversNeeded ?? "one",
    ],
  );
  await recordEvent(db, context, "connection.created", {
    connection_id: id,
    name: set.name,
  });
  return { id, webhookSecret };
}
