import { connectionOf } from "../actor.ts";
import type { Context } from "../context.ts";
import { secretOfPerson } from "../deliveries/callback-seal.ts";
import { DomainError, notFound } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";

/**
 * The secrets that sign the callbacks of what this credential asks for: the present one first, then the one before
 * while both sign. So a platform can check callbacks with nothing pasted, also after a rotation. An app in a person's name
 * reads that person's own, which signs what it asks for them and nobody else's: see `secretOfPerson`.
 *
 * @returns `whsec_…`, one or two
 * @throws DomainError `forbidden`: a person's own token, whose requests are signed with the organization's secret
 */
export async function readWebhookSecrets(context: Context): Promise<string[]> {
  const connection = connectionOf(context.actor);
  if (!connection) {
    throw new DomainError(
      "forbidden",
      "Only the API key of a connection, or an app that was connected, can read its webhook secret; a person's token has none of its own",
    );
  }
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ secret: Buffer; previous: Buffer | null }>(
      `select webhook_secret as secret,
         case when previous_webhook_secret_until > now() then previous_webhook_secret end as previous
       from connections where id = $1 and deleted_at is null`,
      [connection.connectionId],
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
