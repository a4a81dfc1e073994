import { connectionOf } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, Secrets } from "../capabilities.ts";
import { secretOfPerson } from "../deliveries/callback-seal.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Returns the secrets that sign the callbacks of this credential's requests: the present one first, then the previous
 * one while both sign. A platform can thus check callbacks without a pasted secret, also after a rotation. A person, or
 * an app in their name, gets that person's own secret, which signs their requests and nobody else's: see
 * `secretOfPerson`.
 *
 * @returns `whsec_…`, one or two
 */
export async function readWebhookSecrets(
  context: Context<InOrganization & Secrets>,
): Promise<string[]> {
  const connection = connectionOf(context.actor);
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ secret: Buffer; previous: Buffer | null }>(
      `select webhook_secret as secret,
         case when previous_webhook_secret_until > now() then previous_webhook_secret end as previous
       from ${connection ? "connections where id = $1 and deleted_at is null" : "organizations where id = $1"}`,
      [connection?.connectionId ?? context.organizationId],
    );
    const [row] = rows;
    if (!row) throw notFound("Connection");
    const { secrets } = context.services;
    const sealed = row.previous ? [row.secret, row.previous] : [row.secret];
    const opened = sealed.map((secret) => secrets.open(secret));
    const { actor } = context;
    return actor.kind === "person"
      ? opened.map((secret) => secretOfPerson(secrets, secret, actor.personId))
      : opened;
  });
}
