import type pg from "pg";

/**
 * The unprivileged roles as which all work is done: `sayso_app` sees one organization at a time,
 * `sayso_system` is for the worker. Neither logs in nor bypasses row-level security.
 */
export const roles = ["sayso_app", "sayso_system"] as const;

/** One of `roles`. */
export type Role = (typeof roles)[number];

const ATTRIBUTES =
  "nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication";

/** What is known of a role; a role that is not found does not exist. */
export interface FoundRole {
  name: Role;
  /** It has no more power than it should. */
  weak: boolean;
  /** The current user may SET ROLE to it, and sees what it sees: migrations rely on that. */
  assumable: boolean;
}

/** Those of `roles` that exist. */
export async function findRoles(client: pg.Client): Promise<FoundRole[]> {
  const { rows } = await client.query<FoundRole>(
    `select rolname as name,
            not (rolcanlogin or rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb) as weak,
            pg_has_role(current_user, oid, 'USAGE') and pg_has_role(current_user, oid,
              case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as assumable
       from pg_roles where rolname = any($1)`,
    [roles],
  );
  return rows;
}

/** Whether `ensureRoles` would find nothing to do. */
export async function areRolesReady(client: pg.Client): Promise<boolean> {
  const found = await findRoles(client);
  return found.length === roles.length && found.every(({ weak, assumable }) => weak && assumable);
}

/** The statement that makes a role as weak as it should be. */
export const createRole = (role: Role): string => `create role ${role} ${ATTRIBUTES}`;
/** As `createRole`, where it exists. */
export const weakenRole = (role: Role): string => `alter role ${role} ${ATTRIBUTES}`;

/**
 * Makes sure that the roles exist, are as weak as they should be, and can be assumed by the current
 * user. Roles are not part of a dump, so this runs at every start. What an administrator must do first is found by
 * `findMissingRights`.
 */
export async function ensureRoles(client: pg.Client): Promise<void> {
  const found = await findRoles(client);
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  // A user who inherits nothing by default would migrate without seeing a row.
  const options = rows[0]!.version >= 160000 ? " with inherit true, set true" : "";
  for (const role of roles) {
    const known = found.find(({ name }) => name === role);
    if (known === undefined) await run(client, createRole(role));
    else if (!known.weak) await run(client, weakenRole(role));
    if (known?.assumable !== true) await run(client, `grant ${role} to current_user${options}`);
  }
}

async function run(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const { code } = error as { code?: string };
    const doneByAnother = code === "42710" || code === "23505";
    if (!doneByAnother) throw error;
  }
}
