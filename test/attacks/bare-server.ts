import { randomBytes } from "node:crypto";
import { must } from "@sayso/must";
import { openOtherServer } from "@sayso/testkit";
import pg from "pg";

/** A PostgreSQL server that knows nothing of Sayso: neither its database nor its roles. */
export interface BareServer {
  /**
   * Runs statements as the superuser, in the database `postgres` or another. @returns the rows of the last statement
   */
  asAdmin: <Row extends pg.QueryResultRow>(text: string, database?: string) => Promise<Row[]>;
  /** Creates a user who may only log in, and an empty database that belongs to that user or to somebody else. */
  addDatabase: (
    user: string,
    options?: { isOwner?: boolean },
  ) => Promise<{ url: string; name: string; adminUrl: string }>;
  /** Reports whether a session of this application runs a statement like this pattern, or ran it last. */
  isAt: (application: string, statement: string) => Promise<boolean>;
  close: () => Promise<void>;
}

export async function openBareServer(): Promise<BareServer> {
  const server = await openOtherServer();
  const urlOf = (database: string, user?: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    if (user !== undefined) [url.username, url.password] = [user, "an ordinary password"];
    return url.href;
  };
  const asAdmin = async <Row extends pg.QueryResultRow>(text: string, database = "postgres") => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      const result = (await client.query<Row>(text)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
      return must([result].flat().at(-1)).rows;
    } finally {
      await client.end();
    }
  };
  const watcher = new pg.Client({ connectionString: urlOf("postgres") });
  await watcher.connect();
  await asAdmin("drop database sayso with (force)");
  await asAdmin("drop role sayso_app, sayso_system");
  return {
    asAdmin,
    async addDatabase(user, { isOwner = false } = {}) {
      const name = `d_${randomBytes(6).toString("hex")}`;
      const known = await asAdmin(`select from pg_roles where rolname = '${user}'`);
      if (known.length === 0)
        await asAdmin(`create role "${user}" login password 'an ordinary password'`);
      await asAdmin(
        `create database ${name} template template0 ${isOwner ? `owner "${user}"` : ""}`,
      );
      return { name, url: urlOf(name, user), adminUrl: urlOf(name) };
    },
    isAt: async (application, statement) =>
      (
        await watcher.query(
          "select from pg_stat_activity where application_name = $1 and query ilike $2",
          [application, statement],
        )
      ).rowCount !== 0,
    async close() {
      await watcher.end();
      await server.drop();
    },
  };
}
