import { randomBytes } from "node:crypto";
import type { Queryable } from "../queryable.ts";
import type { Transaction } from "../transactions/transaction.ts";
import type { PersonActor, Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";

/** The lifetime of a session after its last use, in days. */
export const SESSION_DAYS = 14;

/** A signed-in person on one device, in one organization. */
export interface Session {
  id: string;
  organizationId: string;
  organizationName: string;
  actor: PersonActor;
  personName: string;
  personEmail: string | null;
  /** The time at which the person last proved who they are. */
  signedInAt: Date;
  expiresAt: Date;
  /** Whether this reading moved `expiresAt`, so that the cookie has to be renewed as well. */
  isRenewed: boolean;
}

/** The device that a session was made on, so that a person can tell their sessions apart. */
export interface Device {
  userAgent: string | null;
  address: string | null;
}

/** The proof that lets a person in: the password with this hash, or this passkey. */
export type Proof = { passwordHash: string } | { passkeyId: string };

/**
 * Makes a session and returns its token: 256 random bits, of which only the SHA-256 is stored. Null when the person was
 * disabled, left the organization, got another password or removed the passkey meanwhile.
 */
export async function createSession(
  db: Transaction,
  newId: () => string,
  of: { personId: string; organizationId: string } & Proof & Device,
): Promise<string | null> {
  const token = randomBytes(32).toString("base64url");
  // A separate statement locks the person's row. A new password, a disabling or a removal then comes either before and
  // is seen, or after and ends this session.
  await db.query("select from people where id = $1 for share", [of.personId]);
  await db.query("delete from sessions where person_id = $1 and expires_at <= now()", [
    of.personId,
  ]);
  const { rowCount } = await db.query(
    `insert into sessions (id, organization_id, person_id, token_hash, user_agent, address, expires_at)
     select $1, m.organization_id, m.person_id, $5, $6, $7, now() + make_interval(days => ${SESSION_DAYS})
     from people p join memberships m on m.person_id = p.id and m.organization_id = $2
     where p.id = $3 and p.disabled_at is null and (p.password_hash = $4
       or exists (select from passkeys k where k.id = $8 and k.person_id = p.id))`,
    [
      newId(),
      of.organizationId,
      of.personId,
      "passwordHash" in of ? of.passwordHash : null,
      hashSecret(token),
      of.userAgent?.slice(0, 500),
      of.address,
      "passkeyId" in of ? of.passkeyId : null,
    ],
  );
  return rowCount === 1 ? token : null;
}

interface SessionRow {
  id: string;
  organization_id: string;
  organization_name: string;
  person_id: string;
  name: string;
  email: string | null;
  role: Role;
  can_approve: boolean;
  proven_at: Date;
  expires_at: Date;
  renewed_until: Date | null;
}

/**
 * Returns the session of this token. Null when it has ended or expired, or when its person is disabled or no longer a
 * member. Each use keeps the session alive for another 14 days, which is written at most once a minute.
 */
export async function authenticateSession(
  services: SystemPool,
  token: string,
): Promise<Session | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const { rows } = await withRetries(() =>
    services.system.query<SessionRow>({
      name: "authenticate_session",
      text: `with found as (
               select s.id, s.organization_id, o.name as organization_name, s.person_id, p.name, p.email, m.role, m.can_approve,
                      coalesce(s.proven_at, s.created_at) as proven_at, s.expires_at, s.last_seen_at < now() - interval '1 minute' as is_stale
               from (select * from sessions where token_hash = $1 limit 1) s
               join people p on p.id = s.person_id and p.disabled_at is null
               join memberships m on m.organization_id = s.organization_id and m.person_id = s.person_id
               join organizations o on o.id = s.organization_id
               where s.expires_at > now()
             ), renewed as (
               update sessions s set last_seen_at = now(), expires_at = now() + make_interval(days => ${SESSION_DAYS})
               from found where s.id = found.id and found.is_stale returning s.expires_at
             )
             select found.*, (select expires_at from renewed) as renewed_until from found`,
      values: [hashSecret(token)],
    }),
  );
  return rows[0] ? readSession(rows[0]) : null;
}

const readSession = (row: SessionRow): Session => ({
  id: row.id,
  organizationId: row.organization_id,
  organizationName: row.organization_name,
  actor: {
    kind: "person",
    personId: row.person_id,
    role: row.role,
    via: "session",
    sessionId: row.id,
    canApprove: row.can_approve,
  },
  personName: row.name,
  personEmail: row.email,
  signedInAt: row.proven_at,
  expiresAt: row.renewed_until ?? row.expires_at,
  isRenewed: row.renewed_until !== null,
});

/** Ends one session. Ending it twice is fine. */
export async function endSession(services: SystemPool, sessionId: string): Promise<void> {
  await withRetries(() => services.system.query("delete from sessions where id = $1", [sessionId]));
}

/** Ends all sessions of a person, in every organization. */
export async function endAllSessions(db: Queryable, personId: string): Promise<void> {
  await db.query("delete from sessions where person_id = $1", [personId]);
}
