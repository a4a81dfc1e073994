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
  ).action(async (options: OutputOptions) => {
    const report = await bringToThisRelease();
    print(
      options,
      { applied: report.applied, redefined: report.redefined, newer: report.unknown },
      describe(report),
    );
  });
}

async function bringToThisRelease(): Promise<MigrationReport> {
  const config = readConfig({ ...process.env, SAYSO_ROLE: undefined });
  requireSetUp(config);
  const log = createCommandLog();
  const database = await openDatabase(config, { purpose: "command", log, schema: "migrate" });
  await database.close();
  return database.migrated ?? { applied: [], redefined: false, unknown: [] };
}

function describe({ applied, redefined, unknown }: MigrationReport): string {
  if (unknown.length > 0)
    return `A newer release of Sayso has migrated this database (${unknown.join(", ")}). Nothing was changed.`;
  if (applied.length > 0) return `Applied ${applied.join(", ")}.`;
  return redefined ? "Replaced functions, triggers and access." : "The database is up to date.";
}
