import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openCluster } from "./cluster.ts";
import { describeSchema } from "./describe-schema.ts";
import { migrate } from "./migrate.ts";

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Describes the schema of a freshly migrated database (`describeSchema`). Starts a PostgreSQL for it in the temporary
 * folder and deletes it afterwards. Takes about 3 s.
 */
export async function renderSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sayso-schema-"));
  try {
    // If this process is root, PostgreSQL runs as another user, who must pass through the folder.
    await chmod(folder, 0o711);
    const cluster = await openCluster({
      dataDirectory: join(folder, "data"),
      password: "generate",
      holder: "npm run generate",
      purpose: "command",
      log: quiet,
    });
    const client = new pg.Client({ connectionString: cluster.ownerUrl });
    try {
      await migrate(cluster.ownerUrl);
      await client.connect();
      return await describeSchema(client);
    } finally {
      await client.end();
      await cluster.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
