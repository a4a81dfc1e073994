import { minutesOfGrace } from "@sayso/fields";
import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { readField } from "../read-field.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { recordEvent } from "../events/record-event.ts";
import { readConnection, type Connection } from "./connection.ts";
import { lockForNewKey, reportNewKey } from "./lock-for-new-key.ts";
import { storeNewKey } from "./store-key.ts";

/** The time that an old key stays valid unless the caller gives another. */
export const KEY_GRACE_MINUTES_DEFAULT = 24 * 60;

export interface RotatedKey {
  connection: Connection;
  /** `gk_…`, shown this once. */
  key: string;
  keyId: string;
  /** The time at which the previously valid keys end; null: there were none. */
  previousKeysExpireAt: Date | null;
}

/**
 * Gives the connection a new key. The old ones stay valid for the grace period, so that machines can be moved over one
 * by one. With a grace of 0 they end at once. A key that was to end sooner still does.
 *
 * @param graceMinutes 0 to 10,080 (7 days), default 24 hours
 * @throws DomainError `forbidden`: only the connection's owner may, and for a connection that votes only signed in and
 *   recently proven; `not_found`, `validation_failed`
 */
export async function rotateKey(
  context: Context<InOrganization & Mailing>,
  connectionId: string,
  graceMinutes: number = KEY_GRACE_MINUTES_DEFAULT,
): Promise<RotatedKey> {
  readField("grace_minutes", minutesOfGrace, graceMinutes);
  return inOrganization(context, async (db) => {
    const via = await lockForNewKey(db, context, connectionId, "rotate its key");
    const { rows } = await db.query<{ expiresAt: Date }>(
      `update connection_keys set
         expires_at = least(expires_at, now() + make_interval(mins => $2)),
         revoked_at = case when $2 = 0 then now() end
       where connection_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
       returning expires_at as "expiresAt"`,
      [connectionId, graceMinutes],
    );
    const { key, id: keyId, prefix } = await storeNewKey(db, context, connectionId);
    await recordEvent(db, context, "connection.key_rotated", {
      connection_id: connectionId,
      key_prefix: prefix,
      grace_minutes: graceMinutes,
    });
    await reportNewKey(db, context, connectionId, { prefix, via });
    const last = Math.max(...rows.map((row) => row.expiresAt.getTime()));
    return {
      connection: await readConnection(db, connectionId),
      key,
      keyId,
      previousKeysExpireAt: rows.length > 0 ? new Date(last) : null,
    };
  });
}
