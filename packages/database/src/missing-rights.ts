import { onlyRow } from "./only-row.ts";
import pg from "pg";
import { connectionTo } from "./connection.ts";
import { createRole, findRoles, roles, weakenRole } from "./roles.ts";

/** A right that Sayso needs and the database user lacks, and its remedy. */
export interface MissingRight {
  what: string;
  /**
   * The statement that gives the right, for an administrator connected to the same database. Null: no statement gives
   * it.
   */
  sql: string | null;
}

/** The database user lacks rights; the message lists all of them with the statements that give them. */
export class MissingRights extends Error {
  override readonly name = "MissingRights";
  readonly code = "missing_rights";
  readonly missing: readonly MissingRight[];

  constructor(missing: readonly MissingRight[]) {
    super(
      `The database user lacks ${missing.length === 1 ? "a right" : `${missing.length} rights`}:\n` +
        missing.map(({ what }) => `  - ${what}\n`).join("") +
        describeFix(missing),
    );
    this.missing = missing;
  }
}

/** Joins all statements into one text, for an administrator to run. */
export function describeFix(missing: readonly MissingRight[]): string {
  const statements = missing.flatMap(({ sql }) => (sql === null ? [] : [`  ${sql};\n`])).join("");
  return statements === ""
    ? ""
    : `Let an administrator (such as postgres) run this once, connected to the same database:\n${statements.trimEnd()}`;
}

interface Facts {
  version: number;
  user: string;
  database: string;
  schema: string | null;
  isSuperuser: boolean;
  inherits: boolean;
  createsRoles: boolean;
  createsInDatabase: boolean;
  /** The user can create in `public` and can grant that right to others, because some functions belong to a role. */
  createsInSchema: boolean;
  encoding: string;
  extension: "there" | "trusted" | "untrusted" | "unavailable";
  readsControl: boolean;
  /** Owners of tables that another user made. */
  otherOwners: string[];
}

/** PostgreSQL 14. */
const VERSION_MIN = 140000;

/** Does the same as `findMissingRightsOf`, over a connection of its own. */
export async function findMissingRights(ownerUrl: string): Promise<MissingRight[]> {
  const client = new pg.Client({ ...connectionTo(ownerUrl), application_name: "sayso rights" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await findMissingRightsOf(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Returns all rights without which a first start, or an upgrade, would be refused. Empty: none is missing. Changes
 * nothing.
 */
export async function findMissingRightsOf(client: pg.Client): Promise<MissingRight[]> {
  const facts = await readFacts(client);
  if (facts.isSuperuser) return missingOfServer(facts);
  const user = client.escapeIdentifier(facts.user);
  const database = client.escapeIdentifier(facts.database);
  const missing = [...missingOfServer(facts), ...(await missingRoles(client, facts, user))];
  if (!facts.inherits && facts.version < 160000)
    missing.push({
      what: "it doesn't inherit what its roles may see, so a migration would see no rows",
      sql: `alter role ${user} inherit`,
    });
  if (facts.schema !== null && facts.schema !== "public")
    missing.push({
      what: `its tables would come into the schema ${facts.schema} instead of public`,
      sql: `alter role ${user} in database ${database} set search_path = public`,
    });
  if (!facts.createsInSchema)
    missing.push({
      what: "it may not make tables in the schema public and let its roles do so",
      sql: `create schema if not exists public; grant usage, create on schema public to ${user} with grant option`,
    });
  if (facts.extension === "trusted" && !facts.createsInDatabase)
    missing.push({
      what: `it may not make the extension btree_gin in the database ${facts.database}`,
      sql: `grant create on database ${database} to ${user}`,
    });
  if (facts.extension === "untrusted")
    missing.push({
      what: "the extension btree_gin can be made by an administrator only",
      sql: "create extension btree_gin",
    });
  if (!facts.readsControl)
    missing.push({
      what: "it may not call pg_control_system(), by which a restore into another server is noticed",
      sql: `grant execute on function pg_control_system() to ${user}`,
    });
  for (const owner of facts.otherOwners)
    missing.push({
      what: `Sayso's tables belong to ${owner}, so it may not change them`,
      sql: `grant ${client.escapeIdentifier(owner)} to ${user}`,
    });
  return missing;
}

function missingOfServer({ version, encoding, extension }: Facts): MissingRight[] {
  return [
    ...(version >= VERSION_MIN
      ? []
      : [{ what: "PostgreSQL is older than 14: use a newer one", sql: null }]),
    ...(encoding === "UTF8"
      ? []
      : [
          {
            what: `the database is encoded in ${encoding}: make one with "create database … encoding 'UTF8' template template0"`,
            sql: null,
          },
        ]),
    ...(extension === "unavailable"
      ? [
          {
            what: "the extension btree_gin is not installed on the server: install PostgreSQL's contrib package (such as postgresql-contrib)",
            sql: null,
          },
        ]
      : []),
  ];
}

async function missingRoles(
  client: pg.Client,
  { version, createsRoles }: Facts,
  user: string,
): Promise<MissingRight[]> {
  const found = await findRoles(client);
  const administered =
    version < 160000
      ? createsRoles
        ? [...roles]
        : []
      : (
          await client.query<{ name: string }>(
            `select rolname as name from pg_roles
             where rolname = any ($1) and pg_has_role(current_user, oid, 'USAGE WITH ADMIN OPTION')`,
            [roles],
          )
        ).rows.map(({ name }) => name);
  const missing: MissingRight[] = [];
  for (const role of roles) {
    const known = found.find(({ name }) => name === role);
    if (known === undefined && !createsRoles)
      missing.push({
        what: `the role ${role} is missing, and it may not make roles`,
        sql: `${createRole(role)}; grant ${role} to ${user}`,
      });
    if (known === undefined || administered.includes(role)) continue;
    if (!known.weak)
      missing.push({
        what: `the role ${role} may do more than it should, and it may not change that role`,
        sql: weakenRole(role),
      });
    if (!known.assumable)
      missing.push({
        what: `it may not act as the role ${role}`,
        sql:
          version < 160000
            ? `grant ${role} to ${user}`
            : `grant ${role} to ${user} with inherit true, set true`,
      });
  }
  return missing;
}

async function readFacts(client: pg.Client): Promise<Facts> {
  const { rows } = await client.query<Facts>(
    `select current_setting('server_version_num')::int as version, current_user as "user",
       current_database() as database, current_schema() as schema, r.rolsuper as "isSuperuser",
       r.rolinherit as inherits,
       r.rolcreaterole as "createsRoles",
       has_database_privilege(current_database(), 'CREATE') as "createsInDatabase",
       coalesce((select has_schema_privilege(oid, 'CREATE WITH GRANT OPTION') and has_schema_privilege(oid, 'USAGE')
                 from pg_namespace where nspname = 'public'), false) as "createsInSchema",
       pg_encoding_to_char(d.encoding) as encoding,
       case when exists (select from pg_extension where extname = 'btree_gin') then 'there'
            else coalesce((
              select case when bool_or(v.trusted) then 'trusted' else 'untrusted' end
              from pg_available_extension_versions v where v.name = 'btree_gin' having count(*) > 0
            ), 'unavailable') end as extension,
       has_function_privilege('pg_control_system()', 'execute') as "readsControl",
       array(select distinct pg_get_userbyid(c.relowner)::text from pg_class c
             where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind in ('r', 'p')
               and (c.relname = 'sayso_migrations' or exists (
                 select from pg_policy p where p.polrelid = c.oid
                   and exists (select from pg_roles s where s.oid = any (p.polroles) and s.rolname = 'sayso_system')))
               and not pg_has_role(current_user, c.relowner, 'USAGE')) as "otherOwners"
     from pg_roles r, pg_database d
     where r.rolname = current_user and d.datname = current_database()`,
  );
  return onlyRow(rows);
}
