import { addVerb, print, type OutputOptions } from "@sayso/cli";
import type { MigrationReport } from "@sayso/database";
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { openDatabase } from "../open-database.ts";
import { createCommandLog } from "./command-log.ts";
import { requireSetUp } from "./require-set-up.ts";

/** Adds `sayso migrate`. */
export function addMigrateVerb(program: Command): void {
  addVerb(
    program,
    "migrate",
    "bring the database to this release, as a start of the server does; servers of the release before keep running",
    "sayso migrate",
  ).action(bringToThisRelease);
}

async function bringToThisRelease(options: OutputOptions): Promise<void> {
  const config = readConfig({ ...process.env, SAYSO_ROLE: undefined });
  requireSetUp(config);
  const log = createCommandLog();
  const database = await openDatabase(config, { purpose: "command", log, schema: "migrate" });
  try {
    const report = database.migrated ?? { applied: [], redefined: false, unknown: [] };
    const { applied, redefined, unknown } = report;
    print(options, { applied, redefined, newer: unknown }, describe(report));
  } finally {
    await database.close();
  }
}

function describe({ applied, redefined, unknown }: MigrationReport): string {
  if (unknown.length > 0)
    return `A newer release of Sayso has migrated this database (${unknown.join(", ")}). Nothing was changed.`;
  if (applied.length > 0) return `Applied ${applied.join(", ")}.`;
  return redefined ? "Replaced functions, triggers and access." : "The database is up to date.";
}
