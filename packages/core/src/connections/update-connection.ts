import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { checkConnectionSettings, type ConnectionSettings } from "./connection-settings.ts";
import { requireAdmin } from "../people/require-admin.ts";
import { readConnection, type Connection } from "./connection.ts";

const columnOf: Record<keyof ConnectionSettings, string> = {
  name: "name",
  isActive: "is_active",
  canDecide: "can_decide",
  rateLimitPerHour: "rate_limit_per_hour",
  allowedActionTypes: "allowed_action_types",
  maxPriority: "max_priority",
  defaultPriority: "default_priority",
  defaultDescription: "default_description",
};

/**
 * Changes what is given, leaves what is absent. Every replica acts on it within a second.
 *
 * @throws DomainError `forbidden`: only an admin may; `not_found`, `validation_failed`
 */
export async function updateConnection(
  context: Context,
  connectionId: string,
  changes: Partial<ConnectionSettings>,
): Promise<Connection> {
  requireAdmin(context.actor, "change a connection");
  checkConnectionSettings(changes);
  const changed = (Object.keys(columnOf) as (keyof ConnectionSettings)[]).filter(
    (key) => changes[key] !== undefined,
  );
  return inOrganization(context, async (db) => {
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
