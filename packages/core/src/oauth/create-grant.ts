import type { Transaction } from "../transactions/transaction.ts";
import type { Context } from "../context.ts";
import type { AcrossOrganizations, Mailing, NewIds, Secrets } from "../capabilities.ts";
import { insertConnection } from "../connections/create-connection.ts";
import { DomainError, notFound } from "../errors.ts";
import { recordEvent } from "../events/record-event.ts";
import { derivedId } from "../ids.ts";
import { mailDecidingApp } from "./mail-deciding-app.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { requireRecentProof } from "../actors/recent-proof.ts";
import { DECIDE } from "../credentials/scopes.ts";

/** The permission that a person gave on the consent page. */
export interface AllowedApp {
  clientId: string;
  scopes: readonly string[];
  /** The resource indicator (RFC 8707) that the app asked for; null: none. */
  resource: string | null;
  /**
   * The id of the question on the consent page. The same question leads to one grant, however often the button was
   * pressed. Absent: a question of its own.
   */
  questionId?: string;
}

/**
 * Lets an app act in the calling person's name, in the context's organization, within these scopes. Each yes is a grant
 * of its own: connecting the same app twice gives two, and revoking one leaves the other. Saying yes to the same
 * question again returns the same grant. A session that has just ended, by a new password for instance, allows nothing.
 * An app that is to decide needs a recent proof, and its person is notified by mail.
 *
 * An app of the organization acts through its own connection. One that registered itself gets a connection when the
 * first person of the organization allows it; that person answers for it.
 *
 * @returns the grant's id
 * @throws DomainError `forbidden` (not a signed-in person, or no longer; with `details.reason` `confirm_identity` where
 *   the app is to decide and the proof is too old), `not_found` (the app was deleted, or belongs to another
 *   organization), `conflict` (somebody else has answered this question, or the grant was revoked)
 */
export async function createGrant(
  context: Context<AcrossOrganizations & Mailing>,
  allowed: AllowedApp,
): Promise<string> {
  const { actor, services, organizationId } = context;
  if (actor.kind !== "person" || actor.via !== "session")
    throw new DomainError("forbidden", "Only a signed-in person can connect an app");
  const grantId = derivedId(`grant for ${allowed.questionId ?? services.newId()}`);
  const decides = allowed.scopes.includes(DECIDE);
  await inSystemTransaction(services, async (db) => {
    // Locks the person's row, so that a disabling or a new password either comes before this grant or ends it.
    const { rows: members } = await db.query(
      `select from people p join memberships m on m.person_id = p.id
       where p.id = $1 and m.organization_id = $2 and p.disabled_at is null for share of p, m`,
      [actor.personId, organizationId],
    );
    if (actor.sessionId !== undefined) await requireSession(db, actor.sessionId);
    if (decides) await requireRecentProof(db, context, "let an app vote in your name");
    const { rows } = await db.query<{ id: string; name: string; connection_id: string | null }>(
      `select c.id, c.name, c.connection_id from oauth_clients c
       where c.id::text = $1 and c.deleted_at is null and (c.organization_id is null or c.organization_id = $2)
       for no key update`,
      [allowed.clientId, organizationId],
    );
    const [client] = rows;
    if (!client || members.length === 0) throw notFound("App");
    const connectionId =
      client.connection_id ?? (await connectionOfStranger(db, context, actor.personId, client));
    const values = [
      grantId,
      organizationId,
      allowed.clientId,
      connectionId,
      actor.personId,
      allowed.scopes,
      allowed.resource,
    ];
    const { rowCount: inserted } = await db.query(
      `insert into oauth_grants (id, organization_id, client_id, connection_id, person_id, scopes, resource)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
      values,
    );
    if (inserted === 0) return requireOwn(db, values);
    await recordEvent(db, context, "grant.created", {
      grant_id: grantId,
      client_id: allowed.clientId,
      connection_id: connectionId,
      scopes: allowed.scopes,
    });
    if (decides)
      await mailDecidingApp(db, context, { personId: actor.personId, name: client.name });
  });
  return grantId;
}

/**
 * Checks that the session still exists. Call it after locking the person's row: every verb that ends sessions locks
 * that row as well.
 */
async function requireSession(db: Transaction, sessionId: string): Promise<void> {
  const { rowCount } = await db.query("select from sessions where id = $1 and expires_at > now()", [
    sessionId,
  ]);
  if (rowCount === 0)
    throw new DomainError(
      "forbidden",
      "You have been signed out; sign in and connect the app again",
    );
}

/** Checks that the earlier answer to the same question was the same. */
async function requireOwn(db: Transaction, values: unknown[]): Promise<void> {
  const { rowCount } = await db.query(
    `select from oauth_grants where id = $1 and organization_id = $2 and client_id = $3 and connection_id = $4
       and person_id = $5 and scopes = $6 and resource is not distinct from $7 and revoked_at is null`,
    values,
  );
  if (rowCount === 0)
    throw new DomainError("conflict", "You already answered this; connect the app again");
}

/** Returns the connection of an app that registered itself: the organization's earlier one, or a new one. */
async function connectionOfStranger(
  db: Transaction,
  context: Context<Secrets & NewIds>,
  personId: string,
  client: { id: string; name: string },
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `select c.id from oauth_grants g join connections c on c.organization_id = g.organization_id and c.id = g.connection_id and c.deleted_at is null
     where g.client_id = $1 and g.organization_id = $2 limit 1`,
    [client.id, context.organizationId],
  );
  return rows[0]?.id ?? (await insertConnection(db, context, personId, { name: client.name })).id;
}
