import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { keysOf } from "../keys-of.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import {
  readConnectionSettings,
  type ConnectionSettings,
  type DecidingSettings,
} from "./connection-settings.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { agreeToDecide } from "./agree-to-decide.ts";
import { lockConnection, readConnection, type Connection } from "./connection.ts";
import { ownNeedsDeciding } from "./create-connection.ts";
import { requireOwnHand } from "./own-hand.ts";
import { stopDeciding } from "./stop-deciding.ts";

const columnOf: Record<keyof ConnectionSettings, string> = {
  name: "name",
  isActive: "is_active",
  canReadAll: "can_read_all",
  rateLimitPerHour: "rate_limit_per_hour",
  allowedActionTypes: "allowed_action_types",
  maxPriority: "max_priority",
  defaultTitle: "default_title",
  defaultPriority: "default_priority",
  defaultDescription: "default_description",
  approversNeeded: "approvers_needed",
};

/**
 * Changes the given settings and leaves the absent ones. Every replica acts on them within a second.
 *
 * Only the owner can let it decide, signed in and recently proven; agree-to-decide.ts says which keys then end. The
 * owner and admins can take that back. Repeating a setting changes nothing.
 *
 * @throws DomainError `forbidden`: only an admin may change settings, and only the owner may let it decide;
 *   `not_found`, `validation_failed`
 */
export async function updateConnection(
  context: Context<InOrganization & Mailing>,
  connectionId: string,
  input: Partial<ConnectionSettings & DecidingSettings>,
): Promise<Connection> {
  const changes = readConnectionSettings(input);
  const changed = keysOf(columnOf).filter((key) => changes[key] !== undefined);
  const isAboutDeciding = changes.canDecide !== undefined || changes.canDecideOwn !== undefined;
  if (changed.length > 0 || !isAboutDeciding) requireAdmin(context.actor, "change a connection");
  return inOrganization(context, async (db) => {
    if (isAboutDeciding) await changeDeciding(db, context, connectionId, changes);
    if (changed.length > 0) {
      const { rowCount } = await db.query(
        `update connections set ${changed.map((key, i) => `${columnOf[key]} = $${i + 2}`).join(", ")}
         where id = $1 and deleted_at is null`,
        [connectionId, ...changed.map((key) => changes[key])],
      );
      if (rowCount === 0) throw notFound("Connection");
      const data = Object.fromEntries(changed.map((key) => [columnOf[key], changes[key]]));
      await recordEvent(db, context, "connection.updated", {
        connection_id: connectionId,
        ...data,
      });
    }
    return readConnection(db, connectionId);
  });
}

async function changeDeciding(
  db: Transaction,
  context: Context<Mailing>,
  connectionId: string,
  wanted: Partial<DecidingSettings>,
): Promise<void> {
  const verb = "say whether it decides";
  const now = await lockConnection(db, context.actor, connectionId, verb);
  const canDecide = wanted.canDecide ?? now.canDecide;
  const canDecideOwn = wanted.canDecideOwn ?? (canDecide && now.canDecideOwn);
  if (canDecideOwn && !canDecide) throw ownNeedsDeciding();
  if (!canDecide) return stopDeciding(db, context, connectionId, "switched_off");
  if (!now.canDecide || (canDecideOwn && !now.canDecideOwn)) {
    const deed = canDecideOwn
      ? "let it vote in your name, also on its own requests"
      : "let it vote in your name";
    const via = await requireOwnHand(db, context, now.ownerId, deed);
    return agreeToDecide(db, context, connectionId, { own: canDecideOwn, via });
  }
  if (canDecideOwn === now.canDecideOwn) return;
  await db.query("update connections set can_decide_own = false where id = $1", [connectionId]);
  await recordEvent(db, context, "connection.updated", {
    connection_id: connectionId,
    can_decide_own: false,
  });
}
