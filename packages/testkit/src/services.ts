import { createServices, type Services } from "@sayso/core";
import { openPool } from "@sayso/database";
import pg from "pg";
import { testSecret } from "./server.ts";

/** The core on a test's database, beside the servers that run on it. */
export interface TestServices extends Services {
  /** As the superuser, past row-level security: for looking at what is really stored. */
  sql: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
}

/** @param at a test server, or anything else with a database URL and the URL that links are made with */
export function openServices(at: { databaseUrl: string; url: string }): TestServices {
  const pool = (role: "sayso_app" | "sayso_system") =>
    openPool({
      url: at.databaseUrl,
      role,
      max: 4,
      applicationName: "sayso-testkit",
      // The bench fills a million rows through it.
      statementMillisMax: 60_000,
    });
  const [app, system] = [pool("sayso_app"), pool("sayso_system")];
  const admin = new pg.Pool({
    connectionString: at.databaseUrl,
    max: 4,
    application_name: "sayso-testkit",
  });
  admin.on("error", () => undefined);
  return {
    ...createServices({ app, system, secret: testSecret, publicUrl: at.url }),
    sql: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await admin.query<Row>(text, values)).rows,
    close: async () => {
      await Promise.all([app.end(), system.end(), admin.end()]);
    },
  };
}
