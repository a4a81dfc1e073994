import { createWebhookSecret } from "@sayso/signature";
import type { Transaction } from "../transactions/transaction.ts";
import type { AcrossOrganizations, NewIds, PublicAddress, Secrets } from "../capabilities.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { createOneTimeLink, type NewLink } from "../signing-in/one-time-links.ts";

/** An arbitrary number for the lock of the setup, so that two processes that start at once make one organization. */
const SETUP_LOCK = 0x5a150_001;

/**
 * The largest number of unused links: the oldest ones and the newest ones, half of each. A server that restarts without
 * end ends neither the link that its first start printed nor the one that its last start printed.
 */
const LINKS_MAX = 20;

/** The organization that the first start made, and its owner. */
export interface FirstOrganization {
  organizationId: string;
  personId: string;
  /** True for the one call that made it. */
  isNew: boolean;
}

/**
 * Makes the organization "Sayso" with its owner "First admin", who has neither e-mail nor password yet. Where there is
 * an organization already, returns the oldest one and its oldest owner instead. Safe to call from any number of
 * processes at once.
 */
export function createFirstOrganization(
  services: AcrossOrganizations & Secrets & NewIds,
): Promise<FirstOrganization> {
  return inSystemTransaction(services, async (db) => {
    await db.query("select pg_advisory_xact_lock($1)", [SETUP_LOCK]);
    const { rows } = await db.query<FirstOrganization>(
      `select m.organization_id as "organizationId", m.person_id as "personId", false as "isNew"
       from memberships m join organizations o on o.id = m.organization_id
       where m.role = 'owner' order by o.created_at, o.id, m.created_at, m.person_id limit 1`,
    );
    if (rows[0]) return rows[0];
    const organizationId = services.newId();
    const personId = services.newId();
    const webhookSecret = services.secrets.seal(createWebhookSecret());
    await db.query(
      "insert into organizations (id, name, webhook_secret) values ($1, 'Sayso', $2)",
      [organizationId, webhookSecret],
    );
    await db.query("insert into people (id, name) values ($1, 'First admin')", [personId]);
    await db.query(
      "insert into memberships (organization_id, person_id, role) values ($1, $2, 'owner')",
      [organizationId, personId],
    );
    await db.query(
      `insert into events (id, organization_id, sequence, type, actor_kind, data)
       values ($1, $2, 0, 'organization.created', 'system', $3)`,
      [services.newId(), organizationId, { name: "Sayso", owner_id: personId }],
    );
    return { organizationId, personId, isNew: true };
  });
}

/**
 * Makes a fresh link with which the first admin gives a name, e-mail and password (`{publicUrl}/welcome/{token}`, 24
 * h). The links of other starts keep working, because each process that starts prints one of its own, and only its
 * hash is stored; the first one that is used ends the others. Null as soon as an owner of the first organization has a
 * password.
 */
export function firstAdminLink(
  services: AcrossOrganizations & PublicAddress & NewIds,
): Promise<(NewLink & { url: string }) | null> {
  return inSystemTransaction(services, async (db) => {
    await db.query("select pg_advisory_xact_lock($1)", [SETUP_LOCK]);
    const owner = await findFirstAdmin(db);
    if (!owner) return null;
    const { personId, organizationId } = owner;
    const link = await createOneTimeLink(db, services.newId, {
      purpose: "first_admin",
      personId,
      organizationId,
      keepsOlder: true,
      madeBy: null,
    });
    await db.query(
      `delete from one_time_links where id in (
         select id from (
           select id, row_number() over (order by id) as oldest, row_number() over (order by id desc) as newest
           from one_time_links where person_id = $1 and purpose = 'first_admin' and used_at is null) links
         where least(oldest, newest) > $2)`,
      [personId, LINKS_MAX / 2],
    );
    return { ...link, url: `${services.publicUrl}/welcome/${link.token}` };
  });
}

/**
 * Whether this person still is the first admin, for whom a link may be used: the first organization has no owner yet
 * who can sign in.
 */
export async function awaitsFirstAdmin(
  db: Transaction,
  { organizationId, personId }: { organizationId: string; personId: string },
): Promise<boolean> {
  const owner = await findFirstAdmin(db);
  return owner?.organizationId === organizationId && owner.personId === personId;
}

/** Returns the oldest owner of the first organization, while none of its owners has a password. */
async function findFirstAdmin(
  db: Transaction,
): Promise<{ organizationId: string; personId: string } | null> {
  const { rows } = await db.query<{
    organizationId: string;
    personId: string;
    hasPassword: boolean;
  }>(
    `select m.organization_id as "organizationId", m.person_id as "personId", p.password_hash is not null as "hasPassword"
     from memberships m join people p on p.id = m.person_id
     where m.role = 'owner' and p.disabled_at is null
       and m.organization_id = (select id from organizations order by created_at, id limit 1)
     order by m.created_at, m.person_id`,
  );
  const [owner] = rows;
  return owner && !rows.some(({ hasPassword }) => hasPassword) ? owner : null;
}
