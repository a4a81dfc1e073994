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

/**
 * Makes sure that the roles exist, are as weak as they should be, and can be assumed by the current
 * user. Roles are not part of a dump, so this runs at every start. Throws an Error that says which
 * statements an administrator must run when the current user may not do it.
 */
export async function ensureRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: Role; weak: boolean; assumable: boolean }>(
    `select rolname as name,
            not (rolcanlogin or rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb) as weak,
            pg_has_role(current_user, oid,
              case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as assumable
       from pg_roles where rolname = any($1)`,
    [roles],
  );
  for (const role of roles) {
    const found = rows.find((row) => row.name === role);
    if (found === undefined) await run(client, `create role ${role} ${ATTRIBUTES}`);
    else if (!found.weak) await run(client, `alter role ${role} ${ATTRIBUTES}`);
    if (found?.assumable !== true) await run(client, `grant ${role} to current_user`);
  }
}

async function run(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const { code } = error as { code?: string };
    const doneByAnother = code === "42710" || code === "23505";
    if (doneByAnother) return;
    if (code !== "42501") throw error;
    throw new Error(
      `The database user may not run "${statement}". Let an administrator run it ` +
        "(with the user's name instead of current_user), or give the user CREATEROLE.",
      { cause: error },
    );
  }
}
