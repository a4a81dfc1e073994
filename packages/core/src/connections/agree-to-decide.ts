import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { Mailing } from "../capabilities.ts";
import { recordEvent } from "../events/record-event.ts";
import { mailDecidingAllowed } from "./mail-deciding.ts";
import type { AgreedVia } from "../actors/recent-proof.ts";
import { isOfOthers } from "./list-keys.ts";
import { readOwner } from "./read-owner.ts";

/** The terms of an owner's agreement. */
interface Agreement {
  /** Whether the connection also decides what was asked through it. */
  own: boolean;
  via: AgreedVia;
  /** Whether the agreement ends once Sayso has no localhost address (leave-localhost.ts). Left out: it doesn't. */
  decidesWhileLocal?: boolean;
}

/**
 * Records that the owner agreed: from now on the connection's votes count as theirs. The same transaction ends every
 * key and every app's secret that the owner did not make themselves, signed in, and all tokens got with them. It
 * records the event and mails the owner. The caller has locked the connection's row and called `requireOwnHand`.
 */
export async function agreeToDecide(
  db: Transaction,
  context: Context<Mailing>,
  connectionId: string,
  { own, via, decidesWhileLocal = false }: Agreement,
): Promise<void> {
  await db.query(
    `update connections set can_decide = true, can_decide_own = $2, decides_for = owner_id,
       decides_since = case when can_decide then decides_since else now() end, decides_by = $3,
       decides_while_local = $4
     where id = $1`,
    [connectionId, own, via, decidesWhileLocal],
  );
  const keys = await db.query<{ prefix: string }>(
    `update connection_keys k set revoked_at = now(), revoked_reason = 'not_made_by_owner'
     from connections c
     where c.id = $1 and k.connection_id = c.id and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > now()) and ${isOfOthers}
     returning k.prefix`,
    [connectionId],
  );
  const apps = await endSecretsOfOthers(db, connectionId);
  await recordEvent(db, context, "connection.deciding_allowed", {
    connection_id: connectionId,
    can_decide_own: own,
    via,
    ended_keys: keys.rows.map(({ prefix }) => prefix),
    ended_secrets_of: apps,
  });
  const owner = await readOwner(db, connectionId);
  await mailDecidingAllowed(db, context, {
    ...owner,
    own,
    via,
    endedKeys: keys.rows.length + apps.length,
  });
}

/**
 * Ends the secrets of the connection's apps that the owner did not make, and every token that an app got without a
 * person. An app's secret counts as a key, because it lets the app act without a person, as the connection. An ended
 * secret is replaced by a random one that nobody knows, until the owner makes another. Returns the ids of the apps that
 * lost theirs.
 */
async function endSecretsOfOthers(db: Transaction, connectionId: string): Promise<string[]> {
  // Presenting a secret locks the client's row (isClientSecret), so no token is issued for the old secret after this.
  const { rows } = await db.query<{ id: string; isEnded: boolean }>(
    `update oauth_clients a set credentials_since = clock_timestamp(),
       previous_secret_hash = null, previous_secret_until = null,
       secret_hash = case when x.is_others then sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
                     else a.secret_hash end,
       secret_last_four = case when x.is_others then null else a.secret_last_four end
     from (select o.id, o.secret_hash is not null and (o.secret_made_by is distinct from c.owner_id
                    or o.secret_made_via is distinct from 'session') as is_others
           from oauth_clients o join connections c on c.id = o.connection_id
           where c.id = $1 and o.deleted_at is null) x
     where a.id = x.id returning a.id, x.is_others as "isEnded"`,
    [connectionId],
  );
  await db.query(
    "delete from oauth_tokens where kind = 'ClientCredentials' and client_id = any ($1)",
    [rows.map(({ id }) => id)],
  );
  return rows.filter(({ isEnded }) => isEnded).map(({ id }) => id);
}
