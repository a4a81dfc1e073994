import type { Command } from "commander";
import { findPassphrase } from "../backup/passphrase.ts";
import { createProgress, tellBytes } from "../backup/progress.ts";
import { BackupRefused } from "../backup/refused.ts";
import { writeBackup, type WrittenBackup } from "../backup/write-backup.ts";
import { readConfig, type Config } from "../config.ts";
import { openEngine, openPools, proveSecret } from "../open-database.ts";
import { findStoredSecret } from "../secret-file.ts";
import { createCommandLog } from "./command-log.ts";
import { requireSetUp } from "./require-set-up.ts";
import { addVerb, print, type OutputOptions } from "./verb.ts";

interface BackupVerbOptions extends OutputOptions {
  withSecret?: boolean;
}

/** Adds `sayso backup`. */
export function addBackupVerb(program: Command): void {
  addVerb(
    program,
    "backup <file>",
    "write everything that the database holds into a file, also while the server runs",
    "sayso backup --with-secret /backups/sayso-$(date +%F).backup",
  )
    .option(
      "--with-secret",
      "include SAYSO_SECRET, encrypted with a passphrase (SAYSO_BACKUP_PASSPHRASE, or asked for)",
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
    process.once(signal, () => interrupted.abort(new Error("Interrupted; nothing was written.")));
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
      process.stderr.write(`The table ${table} is not Sayso's and isn't in the backup.\n`);
    print(options, toJson(file, written), tell(file, written));
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
    `SAYSO_SECRET is not set, and ${dataDirectory} holds no secret. Set it to the server's, or SAYSO_DATA_DIR to its data directory.`,
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

function tell(file: string, written: WrittenBackup): string[] {
  const { header, bytes } = written;
  return [
    `${file} holds all of ${header.taken_at}: ${countRows(written).toLocaleString("en")} rows of ${header.tables.length} tables, ${tellBytes(bytes)}.`,
    header.secret
      ? "The secret is in it, encrypted with your passphrase: without the passphrase or the secret it can't be restored."
      : "The secret is not in it: keep SAYSO_SECRET (or the file `secret` of the data directory) elsewhere. Without it, this can't be restored.",
  ];
}
