import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createSecretBox } from "@sayso/core";
import * as z from "zod";
import { BackupRefused } from "./refused.ts";

/** The first line of every backup. The number is that of the format. */
const MAGIC = "sayso backup 1";
/** The longest head: the three lines before the rows, together. */
export const HEAD_BYTES_MAX = 8 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const base64 = z.base64();

const sealedSecret = z.object({
  /** RFC 7914, with its parameters and a salt of its own. */
  kdf: z.literal("scrypt"),
  n: z
    .number()
    .int()
    .min(2)
    .max(1 << 20),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(16),
  salt: base64,
  /** AES-256-GCM; the backup's id is the additional authenticated data. */
  nonce: base64,
  tag: base64,
  ciphertext: base64,
});

const table = z.object({
  name: z.string().min(1),
  columns: z.array(z.string().min(1)),
  rows: count,
  /** The start of its rows after the head, and their length, both in bytes as compressed. */
  offset: count,
  bytes: count,
  /** The hash of the uncompressed rows. */
  sha256,
});

const header = z.object({
  /** False until the last row is written. */
  complete: z.boolean(),
  id: z.uuid(),
  /** The version of Sayso that made it. */
  sayso: z.string(),
  /** The moment that it shows, by the database's clock. */
  taken_at: z.iso.datetime(),
  engine: z.enum(["embedded", "own"]),
  /** PostgreSQL's version. */
  postgres: z.string(),
  organizations: count,
  /** In the order in which they were applied. */
  migrations: z.array(z.object({ name: z.string(), sha256 })),
  /** In the order of their offsets, without gaps. */
  tables: z.array(table),
  body: z.object({ bytes: count, sha256 }),
  /** An HMAC of the id; it differs for another SAYSO_SECRET. */
  secret_check: sha256,
  /** SAYSO_SECRET under a passphrase; null: the backup doesn't hold it. */
  secret: sealedSecret.nullable(),
});

/** The second line of a backup: its description of itself. */
export type BackupHeader = z.infer<typeof header>;
/** SAYSO_SECRET as a backup holds it. */
export type SealedSecret = z.infer<typeof sealedSecret>;

const seals = z.object({ sha256, hmac: sha256 });

/**
 * Writes the head of a file: the format's line, the header's, and the line that proves the header.
 *
 * @param bytes the length to which spaces fill up the header's line; default: its own length
 */
export function writeHead(value: BackupHeader, secret: string, bytes = 0): Buffer {
  const line = JSON.stringify(value).padEnd(bytes, " ");
  const proof = { sha256: digest(line), hmac: sign(secret, "backups", line) };
  return Buffer.from(`${MAGIC}\n${line}\n${JSON.stringify(proof)}\n`);
}

/** Returns the length that the header's line can have when all numbers are known. */
export function longestLine(value: BackupHeader): number {
  const longest = Number.MAX_SAFE_INTEGER;
  const filled: BackupHeader = {
    ...value,
    complete: false,
    tables: value.tables.map((t) => ({ ...t, rows: longest, offset: longest, bytes: longest })),
    body: { ...value.body, bytes: longest },
  };
  return JSON.stringify(filled).length;
}

/** A head that was read and is not yet proven. */
export interface ReadHead {
  header: BackupHeader;
  /** The position of the rows in the file. */
  bodyAt: number;
  /** Returns true if this secret made the head. False: somebody without it altered the head. */
  isSignedBy(secret: string): boolean;
}

/**
 * Reads the head of a file.
 *
 * @param start the file's first bytes, the whole head at least
 * @throws BackupRefused if the file is no backup, of another format, unfinished, or damaged
 */
export function readHead(start: Buffer): ReadHead {
  const [magicEnd, lineEnd, proofEnd] = findLineEnds(start);
  const magic = start.toString("latin1", 0, Math.min(magicEnd ?? 0, 100));
  if (!magic.startsWith("sayso backup "))
    throw new BackupRefused("This is not a backup that `sayso backup` made.");
  if (magic !== MAGIC)
    throw new BackupRefused(
      `The backup has the format of a newer release of Sayso ("${magic}"). Restore it with that release.`,
    );
  if (magicEnd === undefined || lineEnd === undefined || proofEnd === undefined)
    throw new BackupRefused("The backup is cut off inside its header. Take another copy of it.");
  const line = start.toString("utf8", magicEnd + 1, lineEnd);
  const proof = seals.safeParse(parse(start.toString("utf8", lineEnd + 1, proofEnd)));
  const parsed = header.safeParse(parse(line));
  if (!proof.success || !parsed.success || proof.data.sha256 !== digest(line))
    throw new BackupRefused(
      "The backup's header is damaged or was altered. Take another copy of it, or another backup.",
    );
  if (!parsed.data.complete)
    throw new BackupRefused(
      "The backup was never finished: `sayso backup` was ended while it wrote it. Take another backup.",
    );
  return {
    header: parsed.data,
    bodyAt: proofEnd + 1,
    isSignedBy: (secret) => isSame(sign(secret, "backups", line), proof.data.hmac),
  };
}

function findLineEnds(start: Buffer): (number | undefined)[] {
  const ends: number[] = [];
  for (let at = -1; ends.length < 3;) {
    at = start.indexOf(0x0a, at + 1);
    if (at < 0) break;
    ends.push(at);
  }
  return ends;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Returns a value that shows later whether a secret is the one that sealed a backup's rows, without revealing it. */
export const checkValueOf = (secret: string, id: string): string =>
  sign(secret, "backup secret check", id);

/** Returns true if this SAYSO_SECRET sealed the backup's rows. */
export const isMadeWith = ({ id, secret_check: check }: BackupHeader, secret: string): boolean =>
  isSame(checkValueOf(secret, id), check);

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const sign = (secret: string, purpose: string, text: string): string =>
  createHmac("sha256", createSecretBox(secret).deriveKey(purpose)).update(text).digest("hex");
const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
