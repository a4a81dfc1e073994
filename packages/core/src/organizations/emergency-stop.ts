import { personBehind } from "../actors/actor.ts";
import { sweepStopped } from "../approvals/due.ts";
import type { Context } from "../context.ts";
import type { InOrganization, SystemPool } from "../capabilities.ts";
import type { Performing } from "../approvals/perform.ts";
import { DomainError } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";

export interface EmergencyStop {
  isActive: boolean;
  activatedAt: Date | null;
  activatedBy: string | null;
  reason: string | null;
}

/** Returns whether the organization's emergency stop is active, since when, and why. */
export async function getEmergencyStop(context: Context<InOrganization>): Promise<EmergencyStop> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Omit<EmergencyStop, "isActive">>(
      `select emergency_stop_at as "activatedAt", emergency_stop_by as "activatedBy", emergency_stop_reason as reason
       from organizations where id = $1`,
      [context.organizationId],
    ),
  );
  const stop = rows[0] ?? { activatedAt: null, activatedBy: null, reason: null };
  return { isActive: stop.activatedAt !== null, ...stop };
}

/**
 * Activates or lifts the emergency stop. As soon as an activation has committed, nothing is created or approved. All
 * pending requests are then cancelled, each with its callback, even if this process dies meanwhile.
 *
 * @throws DomainError `forbidden`: only an admin may
 */
export async function setEmergencyStop(
  context: Context<Performing & SystemPool>,
  isActive: boolean,
  reason: string | null,
): Promise<EmergencyStop> {
  const { actor, services, organizationId } = context;
  requireAdmin(actor, "pull or lift the emergency stop");
  await inOrganization(context, async (db) => {
    // Waits for creations and votes under way. Those that come later see the row that is written here.
    await db.query("select pg_advisory_xact_lock(emergency_stop_lock($1))", [organizationId]);
    const { rowCount } = await db.query(
      `update organizations set
         emergency_stop_at = case when $2 then now() end,
         emergency_stop_by = case when $2 then $3::uuid end,
         emergency_stop_reason = case when $2 then $4 end
       where id = $1 and (emergency_stop_at is not null) <> $2`,
      [organizationId, isActive, personBehind(actor), reason],
    );
    if (rowCount === 0) return;
    await recordEvent(
      db,
      context,
      isActive ? "emergency_stop.activated" : "emergency_stop.lifted",
      { reason },
    );
  });
  try {
    while (isActive && (await sweepStopped(services)) > 0);
  } catch (error) {
    // The stop is active all the same. The worker goes on until nothing is pending, and logs where it can't.
    if (!(error instanceof DomainError && error.code === "unavailable")) throw error;
    services.wakeWorker();
  }
  return getEmergencyStop(context);
}
