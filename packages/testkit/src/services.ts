import { createServices, type Services } from "@sayso/core";
import { openPool } from "@sayso/database";
import pg from "pg";
import { testSecret } from "./server.ts";

/** The core on a test's database, beside the servers that run on it. */
export interface TestServices extends Services {
  /**
   * Runs a statement as the superuser, who bypasses row-level security, to check the stored data. A statement that
   * loses a deadlock against the servers under test is run again.
   */
  sql: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
}

/** Opens the core. @param at a test server, or any object with a database URL and the URL for links */
export function openServices(at: { databaseUrl: string; url: string }): TestServices {
  const pool = (role: "sayso_app" | "sayso_system") =>
    openPool({
      url: at.databaseUrl,
      role,
      max: 4,
      applicationName: "sayso-testkit",
      // The bench writes a million rows through it.
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
    async sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      for (;;) {
        try {
          return (await admin.query<Row>(text, values)).rows;
        } catch (error) {
          if ((error as { code?: string }).code !== "40P01") throw error;
        }
      }
    },
    close: async () => {
      await Promise.all([app.end(), system.end(), admin.end()]);
    },
  };
}
