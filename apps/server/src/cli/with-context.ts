import { createFirstOrganization, createServices, listMembers, type Context } from "@sayso/core";
import { readConfig } from "../config.ts";
import { openDatabase } from "../open-database.ts";
import { createCommandLog } from "./command-log.ts";
import { requireSetUp } from "./require-set-up.ts";

/**
 * Runs a verb on the database of the data directory or DATABASE_URL, also while the server runs. The verb acts as the
 * organization's first owner who isn't disabled, because everybody who can read the data directory can do anything.
 *
 * @throws NotSetUp if there is no database yet; SchemaMismatch: it is of an older or newer release
 */
export async function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const config = readConfig({ ...process.env, SAYSO_ROLE: undefined });
  requireSetUp(config);
  const log = createCommandLog();
  const database = await openDatabase(config, { purpose: "command", log });
  try {
    const services = createServices({
      ...database,
      publicUrl: config.url ?? `http://localhost:${config.port}`,
      mail: { isEnabled: config.mail !== null },
    });
    const { organizationId, personId } = await createFirstOrganization(services);
    const as = (id: string): Context => ({
      services,
      organizationId,
      actor: { kind: "person", personId: id, role: "owner", via: "command_line" },
    });
    const members = await listMembers(as(personId));
    const owners = members
      .filter(({ role }) => role === "owner")
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    return await work(as(owners[0]?.id ?? personId));
  } finally {
    await database.close();
  }
}
