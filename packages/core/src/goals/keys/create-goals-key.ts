import { personBehind } from "../../actors/actor.ts";
import { insertConnection } from "../../connections/create-connection.ts";
import { readConnectionSettings } from "../../connections/connection-settings.ts";
import { storeNewKey } from "../../connections/store-key.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds, Secrets } from "../../capabilities.ts";
import { DomainError, invalidInput } from "../../errors.ts";
import { recordEvent } from "../../events/record-event.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { requireAdmin } from "../../actors/require-admin.ts";
import { goalsScopes, isGoalsScope } from "./goals-scopes.ts";

/** A new goals key. `key` is shown only once, because only its hash is stored. */
export interface NewGoalsKey {
  id: string;
  /** The connection that acts when the key is used. */
  connectionId: string;
  /** The secret, `okrt_…`. */
  key: string;
  prefix: string;
  lastFour: string;
}

/** The connection's limit. Calls never reach it, because a goals key is limited by the minute. */
const RATE_LIMIT_PER_HOUR = 3600;

/**
 * Creates a key with which another program reads goals or reports on them: `okrt_` and 64 hex digits, 60 requests a
 * minute. The key belongs to a connection of its own, which is created with it and owned by the calling person.
 *
 * @param input.scopes at least one of the goals scopes
 * @throws DomainError `forbidden` (not an admin), `validation_failed`
 */
export async function createGoalsKey(
  context: Context<InOrganization & Secrets & NewIds>,
  input: { name: string; scopes: readonly string[] },
): Promise<NewGoalsKey> {
  requireAdmin(context.actor, "make keys");
  const ownerId = personBehind(context.actor);
  if (ownerId === null)
    throw new DomainError("forbidden", "A key needs a person who answers for it");
  const { name } = readConnectionSettings({ name: input.name });
  const unknown = input.scopes.find((scope) => !isGoalsScope(scope));
  if (unknown !== undefined || input.scopes.length === 0)
    throw invalidInput({
      field: "scopes",
      message: `scopes must be one or more of ${goalsScopes.join(", ")}`,
    });
  const scopes = goalsScopes.filter((scope) => input.scopes.includes(scope));
  return inOrganization(context, async (db) => {
    const { id: connectionId } = await insertConnection(db, context, ownerId, {
      name,
      rateLimitPerHour: RATE_LIMIT_PER_HOUR,
    });
    const made = await storeNewKey(db, context, connectionId, scopes);
    await recordEvent(db, context, "connection.key_created", {
      connection_id: connectionId,
      key_prefix: made.prefix,
      scopes,
    });
    return { ...made, connectionId };
  });
}
