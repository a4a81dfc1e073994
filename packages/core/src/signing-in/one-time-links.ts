import { onlyRow } from "@sayso/database";
import { randomBytes } from "node:crypto";
import type { Transaction } from "../transactions/transaction.ts";
import { hashSecret } from "../credentials/api-key.ts";
import type { Queryable } from "../queryable.ts";

export type LinkPurpose = "first_admin" | "password_reset" | "invitation";

/** The hours for which a link of each purpose can be used. */
const LIFETIME_HOURS: Record<LinkPurpose, number> = {
  first_admin: 24,
  password_reset: 1,
  invitation: 72,
};

/** A link just made. The token is shown only now, because only its SHA-256 is stored. */
export interface NewLink {
  token: string;
  expiresAt: Date;
}

/** A link that can still be used, and the person whom it is for. */
export interface OpenLink {
  purpose: LinkPurpose;
  personId: string;
  organizationId: string;
  organizationName: string;
  personName: string;
  personEmail: string | null;
  /** The member whose right it rests on. Null: its person asked for it, or the operator made it. */
  madeBy: string | null;
}

/**
 * Makes a link (256 random bits) for a person and deletes their older unused links of the same purpose.
 *
 * @param link.madeBy the member whose right it rests on (`makerOf`); null: its person asked for it, or the operator made
 *   it
 * @param link.keepsOlder keeps the older links, for a purpose for which anybody can ask for a new one
 */
export async function createOneTimeLink(
  db: Transaction,
  newId: () => string,
  link: {
    purpose: LinkPurpose;
    personId: string;
    organizationId: string;
    madeBy: string | null;
    keepsOlder?: boolean;
  },
): Promise<NewLink> {
  const token = randomBytes(32).toString("base64url");
  await db.query(
    `delete from one_time_links where person_id = $1 and purpose = $2 and used_at is null
       and (expires_at <= now() or not $3)`,
    [link.personId, link.purpose, link.keepsOlder ?? false],
  );
  const { rows } = await db.query<{ expires_at: Date }>(
    `insert into one_time_links (id, organization_id, person_id, purpose, token_hash, made_by, expires_at)
     values ($1, $2, $3, $4, $5, $7, now() + make_interval(hours => $6)) returning expires_at`,
    [
      newId(),
      link.organizationId,
      link.personId,
      link.purpose,
      hashSecret(token),
      LIFETIME_HOURS[link.purpose],
      link.madeBy,
    ],
  );
  return { token, expiresAt: onlyRow(rows).expires_at };
}

/**
 * Returns the link of this token while it is open. Null for a used, expired, replaced or invented token, and for a
 * person who is disabled or has left the link's organization. Whether its maker may still let that person in is for
 * `openLink` to say.
 */
export async function findOneTimeLink(
  db: Queryable,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<OpenLink | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  const { rows } = await db.query<OpenLink>(
    `select l.purpose, l.person_id as "personId", l.organization_id as "organizationId",
            o.name as "organizationName", p.name as "personName", p.email as "personEmail", l.made_by as "madeBy"
     from one_time_links l
     join people p on p.id = l.person_id and p.disabled_at is null
     join memberships m on m.organization_id = l.organization_id and m.person_id = l.person_id
     join organizations o on o.id = l.organization_id
     where l.token_hash = $1 and l.purpose = any ($2) and l.used_at is null and l.expires_at > now()`,
    [hashSecret(token), purposes],
  );
  return rows[0] ?? null;
}

/**
 * Uses a link up and deletes the person's other open links. Returns true for exactly one of several simultaneous calls.
 */
export async function consumeOneTimeLink(db: Transaction, token: string): Promise<boolean> {
  const { rows } = await db.query<{ person_id: string }>(
    `update one_time_links set used_at = now()
     where token_hash = $1 and used_at is null and expires_at > now() returning person_id`,
    [hashSecret(token)],
  );
  if (!rows[0]) return false;
  await db.query("delete from one_time_links where person_id = $1 and used_at is null", [
    rows[0].person_id,
  ]);
  return true;
}
