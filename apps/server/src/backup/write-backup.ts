import { createHash, randomBytes, randomUUID } from "node:crypto";
import { link, open, rename, rm, stat, unlink, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { errorCode, withSnapshot, type Snapshot, onlyRow } from "@sayso/database";
import { version } from "../version.ts";
import { checkValueOf, longestLine, writeHead, type BackupHeader } from "./header.ts";
import { Meter } from "./meter.ts";
import { BackupRefused } from "./refused.ts";
import { sealSecret } from "./sealed-secret.ts";

/** The source, target and secrets of a backup. */
export interface BackupOptions {
  databaseUrl: string;
  engine: BackupHeader["engine"];
  /** SAYSO_SECRET. */
  secret: string;
  /** Null: the backup doesn't hold the secret. */
  passphrase: string | null;
  /** Must not exist. */
  file: string;
  /** Aborting leaves no file. */
  signal: AbortSignal;
  onProgress: (text: string) => void;
  /** Rejects if the secret isn't the one that the database was sealed with. */
  proveSecret: () => Promise<void>;
}

/** A backup that was written. */
export interface WrittenBackup {
  header: BackupHeader;
  /** The size of the whole file. */
  bytes: number;
  /** Tables that are not Sayso's. */
  leftOut: string[];
}

/**
 * Writes everything in a database, as it is at this moment, into a file that only its owner can read. The database
 * stays in use meanwhile. The file gets its name when it is whole and on the disk. Until then it is `FILE.partial-…`,
 * which a restore refuses.
 *
 * @throws BackupRefused if the file exists; PostgreSQL's and the file system's errors
 */
export async function writeBackup(options: BackupOptions): Promise<WrittenBackup> {
  const file = resolve(options.file);
  await refuseExisting(file);
  const aside = `${file}.partial-${randomBytes(4).toString("hex")}`;
  const handle = await open(aside, "wx", 0o600);
  try {
    const written = await withSnapshot(options.databaseUrl, async (snapshot) => {
      await options.proveSecret();
      return write(handle, snapshot, options);
    });
    await handle.sync();
    await handle.close();
    await takeName(aside, file);
    return written;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(aside, { force: true });
  }
}

async function write(
  handle: FileHandle,
  snapshot: Snapshot,
  { engine, secret, passphrase, signal, onProgress }: BackupOptions,
): Promise<WrittenBackup> {
  const id = randomUUID();
  const header: BackupHeader = {
    complete: false,
    id,
    sayso: version,
    taken_at: snapshot.takenAt.toISOString(),
    engine,
    postgres: snapshot.postgres,
    organizations: snapshot.organizations,
    migrations: snapshot.migrations,
    tables: snapshot.tables.map((t) => ({ ...t, rows: 0, offset: 0, bytes: 0, sha256: unknown })),
    body: { bytes: 0, sha256: unknown },
    secret_check: checkValueOf(secret, id),
    secret: passphrase === null ? null : await sealSecret(secret, passphrase, id),
  };
  const lineBytes = longestLine(header);
  const head = writeHead(header, secret, lineBytes);
  await handle.write(head, 0, head.length, 0);

  const whole = createHash("sha256");
  let bytes = 0;
  let rows = 0;
  for (const [i, table] of snapshot.tables.entries()) {
    const meter = new Meter();
    const measure = async function* (read: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of read) {
        meter.add(chunk);
        onProgress(
          `Backing up: table ${i + 1} of ${header.tables.length} (${table.name}), ${(rows + meter.rows).toLocaleString("en")} rows`,
        );
        yield chunk;
      }
    };
    const offset = bytes;
    const append = async (compressed: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of compressed) {
        whole.update(chunk);
        await writeAll(handle, chunk, head.length + bytes);
        bytes += chunk.length;
      }
    };
    await pipeline(snapshot.read(table), measure, createGzip(), append, { signal });
    Object.assign(onlyRow(header.tables.slice(i)), {
      rows: meter.rows,
      offset,
      bytes: bytes - offset,
      sha256: meter.sha256(),
    });
    rows += meter.rows;
  }
  header.body = { bytes, sha256: whole.digest("hex") };
  header.complete = true;
  const finished = writeHead(header, secret, lineBytes);
  // The rows come first: a head that says "complete" must not be on the disk without them.
  await handle.sync();
  await writeAll(handle, finished, 0);
  return { header, bytes: head.length + bytes, leftOut: snapshot.leftOut };
}

const unknown = "0".repeat(64);

async function writeAll(handle: FileHandle, chunk: Buffer, at: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, at + done);
    done += bytesWritten;
  }
}

async function refuseExisting(file: string): Promise<void> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new BackupRefused(
      `${file} exists already; a backup never overwrites a file. Choose another file name, or move that file away.`,
    );
}

async function takeName(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
    await unlink(aside);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return refuseExisting(file);
    // The file system has no hard links.
    await refuseExisting(file);
    await rename(aside, file);
  }
  if (process.platform === "win32") return;
  const folder = await open(dirname(file), "r");
  await folder.sync().finally(() => folder.close());
}
