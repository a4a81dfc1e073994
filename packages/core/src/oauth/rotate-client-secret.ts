import { onlyRow } from "@sayso/database";
import { createOAuthSecret, hashSecret, keyLastFour } from "../credentials/api-key.ts";
import { personBehind, type Actor } from "../actors/actor.ts";
import { lockConnection } from "../connections/connection.ts";
import { lockForNewKey, reportNewKey } from "../connections/lock-for-new-key.ts";
import type { Context } from "../context.ts";
import type { InOrganization, Mailing } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { requireSecretHolder } from "../actors/require-secret-holder.ts";
import { readClient } from "./client.ts";

/** The time in which the previous secret is valid beside the new one. */
const CLIENT_SECRET_GRACE_HOURS = 24;

/**
 * Gives an app a new secret, shown this once. The previous one stays valid for another 24 h, so that the app can be
 * changed without a gap. The one before that ends now.
 *
 * @throws DomainError `forbidden`: only an admin may, and for an app whose connection is somebody else's, see
 *   `requireSecretHolder`. Where the app acts by itself, only the owner of its connection may, and must be signed in
 *   and recently proven where that connection votes; `not_found`, `conflict`: a native app
 *   has none
 */
export async function rotateClientSecret(
  context: Context<InOrganization & Mailing>,
  clientId: string,
): Promise<{ secret: string; previousValidUntil: Date }> {
  requireAdmin(context.actor, "rotate an app's secret");
  const secret = createOAuthSecret("clientSecret");
  return inOrganization(context, async (db) => {
    const { name, kind, connectionId, allowsClientCredentials } = await readClient(db, clientId);
    if (kind === "native") throw new DomainError("conflict", "A native app has no secret");
    const verb = "rotate its app's secret";
    const via = allowsClientCredentials
      ? await lockForNewKey(db, context, connectionId, verb)
      : null;
    if (!allowsClientCredentials) {
      const { ownerId } = await lockConnection(db, context.actor, connectionId, verb);
      const isOwn = personBehind(context.actor) === ownerId;
      await requireSecretHolder(db, context, { isOwn, deed: "rotate the secret of another's app" });
    }
    const { rows } = await db.query<{ until: Date }>(
      `update oauth_clients set previous_secret_hash = secret_hash, previous_secret_made_by = secret_made_by, secret_hash = $2, secret_last_four = $3,
         secret_made_by = $4, secret_made_via = $5,
         previous_secret_until = now() + make_interval(hours => ${CLIENT_SECRET_GRACE_HOURS})
       where id::text = $1 returning previous_secret_until as until`,
      [clientId, hashSecret(secret), keyLastFour(secret), ...madeBy(context.actor)],
    );
    await recordEvent(db, context, "client.secret_rotated", { client_id: clientId, name });
    await reportNewKey(db, context, connectionId, { prefix: secret.slice(0, 3), via });
    return { secret, previousValidUntil: onlyRow(rows).until };
  });
}

const madeBy = (actor: Actor): [string | null, string | null] =>
  actor.kind === "person" ? [actor.personId, actor.via] : [null, null];
