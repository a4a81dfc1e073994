import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { errorCode } from "@sayso/database";
import { HEAD_BYTES_MAX, readHead, type BackupHeader, type ReadHead } from "./header.ts";
import { Meter } from "./meter.ts";
import { BackupRefused } from "./refused.ts";

/** A backup's file with a readable head and the right length. */
export interface BackupFile extends ReadHead {
  path: string;
}

type BackedUpTable = BackupHeader["tables"][number];

/**
 * Opens a backup: reads its head and checks its length.
 *
 * @throws BackupRefused, with the fault of the file; the file system's errors
 */
export async function openBackup(path: string): Promise<BackupFile> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const start = Buffer.alloc(Math.min(size, HEAD_BYTES_MAX));
    for (let at = 0; at < start.length;) {
      const { bytesRead } = await handle.read(start, at, start.length - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    const head = readHead(start);
    refuseGaps(head.header);
    const right = head.bodyAt + head.header.body.bytes;
    if (size < right)
      throw new BackupRefused(
        `The backup is cut off: it has ${size} bytes of ${right}. Take another copy of it.`,
      );
    if (size > right)
      throw new BackupRefused(
        `The backup was altered: it has ${size} bytes instead of ${right}. Take another copy of it.`,
      );
    return { ...head, path };
  } finally {
    await handle.close();
  }
}

function refuseGaps({ tables, body }: BackupHeader): void {
  let at = 0;
  for (const { offset, bytes } of tables) {
    if (offset !== at) throw new BackupRefused("The backup's header contradicts itself.");
    at += bytes;
  }
  if (at !== body.bytes) throw new BackupRefused("The backup's header contradicts itself.");
}

/**
 * Reads the whole file and compares every checksum and count.
 *
 * @param onBytes called with the number of compressed bytes of each chunk
 * @throws BackupRefused, with the name of the table
 */
export async function proveBackup(
  file: BackupFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const whole = createHash("sha256");
  for (const table of file.header.tables) {
    const rows = readTable(file, table, (chunk) => {
      whole.update(chunk);
      onBytes(chunk.length);
    });
    for await (const _chunk of rows);
  }
  if (whole.digest("hex") !== file.header.body.sha256)
    throw new BackupRefused("The backup was altered. Take another copy of it.");
}

/**
 * Yields a table's rows, and checks them as they pass. Throws at their end if they are not the rows that were written.
 */
export async function* readTable(
  { path, bodyAt }: BackupFile,
  table: BackedUpTable,
  onCompressed: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const start = bodyAt + table.offset;
  const compressed = createReadStream(path, { start, end: start + table.bytes - 1 });
  compressed.on("data", (chunk) => {
    if (Buffer.isBuffer(chunk)) onCompressed(chunk);
  });
  const rows = createGunzip();
  const chunks: AsyncIterable<Buffer> = rows;
  const meter = new Meter();
  try {
    compressed.once("error", (error) => rows.destroy(error)).pipe(rows);
    for await (const chunk of chunks) {
      meter.add(chunk);
      yield chunk;
    }
  } catch (error) {
    throw errorCode(error)?.startsWith("Z_") ? altered(table.name, error) : error;
  } finally {
    compressed.destroy();
    rows.destroy();
  }
  if (meter.rows !== table.rows || meter.sha256() !== table.sha256) throw altered(table.name);
}

const altered = (table: string, cause?: unknown): BackupRefused =>
  new BackupRefused(
    `The backup is damaged or was altered in the table ${table}. Take another copy of it.`,
    { cause },
  );
