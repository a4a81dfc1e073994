import { addVerb, print, type OutputOptions } from "@sayso/cli";
import type { Command } from "commander";
import { findPassphrase } from "../backup/passphrase.ts";
import { createProgress, formatBytes } from "../backup/progress.ts";
import { BackupRefused } from "../backup/refused.ts";
import { writeBackup, type WrittenBackup } from "../backup/write-backup.ts";
import { readConfig, type Config } from "../config.ts";
import { openEngine, openPools, proveSecret } from "../open-database.ts";
import { findStoredSecret } from "../secret-file.ts";
import { createCommandLog } from "./command-log.ts";
import { requireSetUp } from "./require-set-up.ts";

interface BackupVerbOptions extends OutputOptions {
  withSecret?: boolean;
}

/** Adds `sayso backup`. */
export function addBackupVerb(program: Command): void {
  addVerb(
    program,
    "backup <file>",
    "write a backup of the whole database to a file; the server can keep running",
    "sayso backup --with-secret /backups/sayso-$(date +%F).backup",
  )
    .option(
      "--with-secret",
      "include SAYSO_SECRET, encrypted with a passphrase (from SAYSO_BACKUP_PASSPHRASE, or a prompt)",
    )
    .action(backUp);
}

async function backUp(file: string, options: BackupVerbOptions): Promise<void> {
  const config = readConfig({ ...process.env, SAYSO_ROLE: undefined });
  const log = createCommandLog();
  const secret = await findSecretOf(config);
  const passphrase = options.withSecret
    ? await findPassphrase(config.backupPassphrase, { twice: true })
    : null;
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => interrupted.abort(new Error("Interrupted. No backup was written.")));
  const progress = createProgress();
  const engine = await openEngine(config, { secret, purpose: "command", log });
  const pools = openPools(engine.url, { purpose: "command", log });
  try {
    const written = await writeBackup({
      databaseUrl: engine.url,
      engine: engine.kind,
      secret,
      passphrase,
      file,
      signal: interrupted.signal,
      onProgress: progress.say,
      proveSecret: () => proveSecret(pools.system, secret),
    });
    progress.end();
    for (const table of written.leftOut)
      process.stderr.write(
        `The backup leaves out the table ${table}, which isn't part of Sayso.\n`,
      );
    print(options, toJson(file, written), describe(file, written));
  } catch (error) {
    progress.end();
    throw interrupted.signal.aborted ? interrupted.signal.reason : error;
  } finally {
    await pools.close();
    await engine.stop();
  }
}

async function findSecretOf(config: Config): Promise<string> {
  requireSetUp(config);
  const { dataDirectory } = config;
  const secret = config.secret ?? (await findStoredSecret(dataDirectory));
  if (secret !== null) return secret;
  throw new BackupRefused(
    `SAYSO_SECRET is not set, and ${dataDirectory} holds no secret. Set SAYSO_SECRET to the server's secret, or SAYSO_DATA_DIR to its data directory.`,
  );
}

const countRows = ({ header }: WrittenBackup): number =>
  header.tables.reduce((sum, { rows }) => sum + rows, 0);

const toJson = (file: string, written: WrittenBackup) => ({
  file,
  bytes: written.bytes,
  id: written.header.id,
  taken_at: written.header.taken_at,
  organizations: written.header.organizations,
  tables: written.header.tables.length,
  rows: countRows(written),
  has_secret: written.header.secret !== null,
});

function describe(file: string, written: WrittenBackup): string[] {
  const { header, bytes } = written;
  return [
    `${file} is a backup of ${header.taken_at}: ${countRows(written).toLocaleString("en")} rows of ${header.tables.length} tables, ${formatBytes(bytes)}.`,
    header.secret
      ? "It contains the secret, encrypted with your passphrase. Restoring it needs the passphrase or the secret."
      : "It doesn't contain the secret. Keep SAYSO_SECRET (or the file `secret` of the data directory) elsewhere: restoring needs it.",
  ];
}
