import { onlyRow } from "./only-row.ts";
import type pg from "pg";
import { errorCode } from "./error-code.ts";

/**
 * The unprivileged roles that do all work: `sayso_app` sees one organization at a time, `sayso_system` is for the
 * worker. Neither can log in or bypass row-level security.
 */
export const roles = ["sayso_app", "sayso_system"] as const;

/** One of `roles`. */
export type Role = (typeof roles)[number];

const ATTRIBUTES =
  "nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication";

/** An existing role. */
export interface FoundRole {
  name: Role;
  /** The role has no more power than it should. */
  weak: boolean;
  /** The current user may SET ROLE to it and sees the rows that it sees. Migrations rely on that. */
  assumable: boolean;
}

/** Finds those of `roles` that exist. */
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

/** Returns true if `ensureRoles` would find nothing to do. */
export async function areRolesReady(client: pg.Client): Promise<boolean> {
  const found = await findRoles(client);
  return found.length === roles.length && found.every(({ weak, assumable }) => weak && assumable);
}

/** The statement that makes a role with no more power than it should have. */
export const createRole = (role: Role): string => `create role ${role} ${ATTRIBUTES}`;
/** The same as `createRole`, for a role that exists. */
export const weakenRole = (role: Role): string => `alter role ${role} ${ATTRIBUTES}`;

/**
 * Makes sure that the roles exist, have no more power than they should, and can be assumed by the current user. Runs at
 * every start, because roles are not part of a dump. `findMissingRights` finds the rights that an administrator must
 * give first.
 */
export async function ensureRoles(client: pg.Client): Promise<void> {
  const found = await findRoles(client);
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  // A user who inherits nothing by default would see no row while migrating.
  const options = onlyRow(rows).version >= 160000 ? " with inherit true, set true" : "";
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
    const code = errorCode(error);
    const doneByAnother = code === "42710" || code === "23505";
    if (!doneByAnother) throw error;
  }
}
