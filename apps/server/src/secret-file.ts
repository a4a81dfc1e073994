import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@sayso/database";

const SECRET_LENGTH_MIN = 32;

export const secretFileIn = (dataDirectory: string): string => join(dataDirectory, "secret");

/**
 * Returns the secret of a data directory. The first call generates it: 64 hex digits in a file that only its owner can
 * read. All processes that call it at once get the same secret, and a crash never leaves half of one.
 */
export async function readOrCreateSecret(dataDirectory: string): Promise<string> {
  const file = secretFileIn(dataDirectory);
  return (await readSecret(file)) ?? (await createSecret(file, randomBytes(32).toString("hex")));
}

/** Returns the secret of a data directory; null: it has none yet. */
export const findStoredSecret = (dataDirectory: string): Promise<string | null> =>
  readSecret(secretFileIn(dataDirectory));

/**
 * Gives this secret to a data directory without one.
 *
 * @returns the secret that the directory has now
 */
export const storeSecret = (dataDirectory: string, secret: string): Promise<string> =>
  createSecret(secretFileIn(dataDirectory), secret);

/** Returns the permissions of the secret's file, such as `0600`; null: there is no file. */
export async function secretFileMode(dataDirectory: string): Promise<string | null> {
  const found = await stat(secretFileIn(dataDirectory)).catch(() => null);
  return found && `0${(found.mode & 0o777).toString(8)}`;
}

async function readSecret(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const secret = text.trim();
  if (secret.length >= SECRET_LENGTH_MIN) return secret;
  throw new Error(
    `${file} is damaged: it holds fewer than ${SECRET_LENGTH_MIN} characters. Restore it from a backup; the stored secrets were encrypted with it.`,
  );
}

/** Writes the whole secret to a temporary file, then links it to its name, which only one process can take. */
async function createSecret(file: string, made: string): Promise<string> {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(aside, "wx", 0o600);
  try {
    await handle.writeFile(`${made}\n`);
    await handle.sync();
    await handle.close();
    await takeName(aside, file);
  } finally {
    await handle.close().catch(() => undefined);
    await unlink(aside).catch(() => undefined);
  }
  const secret = await readSecret(file);
  if (secret === null) throw new Error(`${file} has vanished while it was being created`);
  return secret;
}

async function takeName(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return;
    // The file system has no hard links. A copy is not atomic, but still only one process makes it.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS")
      throw error;
    await copyFile(aside, file, constants.COPYFILE_EXCL).catch((copying: NodeJS.ErrnoException) => {
      if (copying.code !== "EEXIST") throw copying;
    });
  }
}
