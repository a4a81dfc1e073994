import { existsSync } from "node:fs";
import { join } from "node:path";
import { addVerb, print, type OutputOptions } from "@sayso/cli";
import { createServices, verifyAudit, type AuditReport } from "@sayso/core";
import {
  createDataDirectory,
  refuseUnknownMigrations,
  restoreDatabase,
  type RestoreReport,
  onlyRow,
} from "@sayso/database";
import type { Command } from "commander";
import { isMadeWith, type BackupHeader } from "../backup/header.ts";
import { findPassphrase } from "../backup/passphrase.ts";
import { createProgress, formatBytes, type Progress } from "../backup/progress.ts";
import { openBackup, proveBackup, readTable, type BackupFile } from "../backup/read-backup.ts";
import { BackupRefused } from "../backup/refused.ts";
import { openSecret } from "../backup/sealed-secret.ts";
import { readConfig, type Config } from "../config.ts";
import { openEngine, openPools, proveSecret } from "../open-database.ts";
import { findStoredSecret, secretFileIn, storeSecret } from "../secret-file.ts";
import { createCommandLog } from "./command-log.ts";

interface RestoreVerbOptions extends OutputOptions {
  check?: boolean;
  eraseExisting?: boolean;
}

/** Adds `sayso restore`. */
export function addRestoreVerb(program: Command): void {
  addVerb(
    program,
    "restore <file>",
    "restore a backup into an empty database; deliveries are held until `sayso deliveries release`",
    "SAYSO_DATA_DIR=/var/lib/sayso sayso restore /backups/sayso-2026-01-31.backup",
  )
    .option("--check", "only check the whole file, without restoring it")
    .option("--erase-existing", "first delete all data of the database, for good")
    .action(restore);
}

async function restore(path: string, options: RestoreVerbOptions): Promise<void> {
  const config = readConfig({ ...process.env, SAYSO_ROLE: undefined });
  const progress = createProgress();
  try {
    const file = await openBackup(path);
    const { secret, isStored } = await findSecretFor(file, config);
    await refuseUnknownMigrations(file.header.migrations);
    await prove(file, progress);
    if (options.check) {
      progress.end();
      print(options, toJson(file.header), `✓ ${describeWhole(file)}`);
      return;
    }
    const { report, audit } = await bringIn(file, {
      config,
      secret,
      progress,
      stores: !isStored,
      erases: options.eraseExisting === true,
    });
    progress.end();
    const isSound = audit.faults.length === 0;
    print(
      options,
      { ...toJson(file.header), ...reportToJson(report), ok: isSound, audit: auditToJson(audit) },
      describe(file, report, audit),
    );
    if (!isSound) process.exitCode = 1;
  } finally {
    progress.end();
  }
}

/**
 * Finds the secret that the backup's rows were sealed with: the configured one, or the one in the backup.
 *
 * @throws BackupRefused if it is another one, or there is none
 */
async function findSecretFor(
  file: BackupFile,
  config: Config,
): Promise<{ secret: string; isStored: boolean }> {
  const { header } = file;
  const stored = config.secret ?? (await findStoredSecret(config.dataDirectory));
  const secret = stored ?? (await openStoredSecret(file, config));
  if (!isMadeWith(header, secret))
    throw new BackupRefused(
      `${config.secret === null ? `The secret in ${secretFileIn(config.dataDirectory)}` : "SAYSO_SECRET"} is not the secret of this backup, so its encrypted rows couldn't be read. ` +
        "Set SAYSO_SECRET to the secret of the server that was backed up" +
        (header.secret
          ? ", or restore into a new data directory with SAYSO_SECRET unset: the backup holds its secret."
          : "."),
    );
  if (!file.isSignedBy(secret))
    throw new BackupRefused(
      "The backup's header was altered by somebody who doesn't have the secret. Restore another backup.",
    );
  return { secret, isStored: stored !== null };
}

/** @throws BackupRefused: the backup doesn't hold its secret, or the passphrase is another one */
async function openStoredSecret({ header }: BackupFile, config: Config): Promise<string> {
  if (header.secret === null)
    throw new BackupRefused(
      `The backup doesn't contain its secret, and this machine has none. Set SAYSO_SECRET to the secret of the server that was backed up.`,
    );
  const passphrase = await findPassphrase(config.backupPassphrase, { twice: false });
  return openSecret(header.secret, passphrase, header.id);
}

async function prove(file: BackupFile, progress: Progress): Promise<void> {
  const all = file.header.body.bytes;
  let done = 0;
  await proveBackup(file, (bytes) => {
    done += bytes;
    progress.say(`Reading the backup: ${formatBytes(done)} of ${formatBytes(all)}`);
  });
}

interface Target {
  config: Config;
  secret: string;
  /** True: the secret came from the backup, and the data directory keeps it. */
  stores: boolean;
  erases: boolean;
  progress: Progress;
}

async function bringIn(
  file: BackupFile,
  { config, secret, stores, erases, progress }: Target,
): Promise<{ report: RestoreReport; audit: AuditReport }> {
  const log = createCommandLog();
  const keepSecret = async (): Promise<void> => {
    if (!stores) return;
    await createDataDirectory(config.dataDirectory);
    await storeSecret(config.dataDirectory, secret);
  };
  if (config.databaseUrl === null && stores) {
    if (existsSync(join(config.dataDirectory, "postgres")))
      throw new BackupRefused(
        `${config.dataDirectory} holds a database whose secret is missing. Restore into a new data directory.`,
      );
    // The embedded PostgreSQL's password is derived from the secret.
    await keepSecret();
  }
  // As a server, so that none runs beside it.
  const engine = await openEngine(config, { secret, purpose: "server", log });
  const pools = openPools(engine.url, { purpose: "command", log });
  try {
    const tables = file.header.tables;
    const report = await restoreDatabase(engine.url, {
      migrations: file.header.migrations,
      tables,
      erases,
      open: ({ name }) => {
        const at = tables.findIndex((table) => table.name === name);
        progress.say(`Restoring: table ${at + 1} of ${tables.length} (${name})`);
        return readTable(file, onlyRow(tables.slice(at)));
      },
      beforeLoading: keepSecret,
    });
    progress.say("Checking the audit trail");
    await proveSecret(pools.system, secret);
    const services = createServices({ ...pools, secret, publicUrl: config.url ?? "" });
    return { report, audit: await verifyAudit(services) };
  } finally {
    await pools.close();
    await engine.stop();
  }
}

const toJson = (header: BackupHeader) => ({
  id: header.id,
  taken_at: header.taken_at,
  sayso: header.sayso,
  engine: header.engine,
  postgres: header.postgres,
  organizations: header.organizations,
  tables: header.tables.length,
  rows: header.tables.reduce((sum, { rows }) => sum + rows, 0),
  has_secret: header.secret !== null,
});

const reportToJson = (report: RestoreReport) => ({
  migrated_on: report.migratedOn,
  events_placed: report.eventsPlaced,
  sessions_ended: report.sessionsEnded,
  links_ended: report.linksEnded,
  held: report.held,
  disagreeing: report.disagreeing,
});

const auditToJson = ({ verified, faults }: AuditReport) => ({
  organizations: verified.map(({ organizationId, size }) => ({
    organization_id: organizationId,
    verified: size,
  })),
  faults: faults.map(({ organizationId, kind, message }) => ({
    organization_id: organizationId,
    kind,
    message,
  })),
});

const describeWhole = ({ header }: BackupFile): string =>
  `The backup of ${header.taken_at} is complete: ${toJson(header).rows.toLocaleString("en")} rows of ${header.tables.length} tables, written by Sayso ${header.sayso}, and its secret is available`;

function describe(file: BackupFile, report: RestoreReport, audit: AuditReport): string[] {
  const events = audit.verified.reduce((sum, { size }) => sum + size, 0);
  return [
    `✓ ${describeWhole(file)}`,
    `✓ ${report.rows.toLocaleString("en")} rows are in the database, as many as in the file`,
    ...(report.migratedOn.length > 0
      ? [`✓ ran ${report.migratedOn.length} migrations that are newer than the backup`]
      : []),
    ...(report.disagreeing.length > 0
      ? [
          `✗ these disagree with the requests, already in the original: ${report.disagreeing.join(", ")}`,
        ]
      : ["✓ totals and search agree with the requests"]),
    ...(audit.faults.length === 0
      ? [`✓ audit: ${events} events of ${audit.verified.length} organizations are unchanged`]
      : audit.faults.map(
          ({ organizationId, kind, message }) =>
            `✗ audit: ${kind} in ${organizationId}: ${message}`,
        )),
    "",
    `Everybody has to sign in again (${report.sessionsEnded} sessions ended). API keys, tokens, passkeys and apps have the state of the backup:`,
    `revoke again what was revoked after ${file.header.taken_at}.`,
    `Deliveries are held (${report.held} callbacks and emails wait) until you run: sayso deliveries release`,
    "Don't run it on a copy for tests: receivers can't tell the copy from the original.",
  ];
}
