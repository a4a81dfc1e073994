import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { must } from "@sayso/must";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkValueOf, isMadeWith, writeHead, type BackupHeader } from "./header.ts";
import { openBackup, proveBackup, readTable } from "./read-backup.ts";
import { openSecret, sealSecret } from "./sealed-secret.ts";

const secret = "a secret of the tests that is long enough";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sayso-backup-"));
});
afterAll(() => rm(folder, { recursive: true }));

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

/** Makes a backup of two tables, with these values in place of the right ones. */
function make(more: Partial<BackupHeader> = {}): { head: Buffer; body: Buffer } {
  const contents = ["1\tone\n2\ta\\nb\n", ""];
  const zipped = contents.map((rows) => gzipSync(rows));
  const body = Buffer.concat(zipped);
  const id = randomUUID();
  const header: BackupHeader = {
    complete: true,
    id,
    sayso: "0.1.0",
    taken_at: "2026-01-31T12:00:00.000Z",
    engine: "own",
    postgres: "18.4",
    organizations: 1,
    migrations: [],
    tables: contents.map((rows, i) => ({
      name: `table_${i}`,
      columns: ["id", "text"],
      rows: i === 0 ? 2 : 0,
      offset: i === 0 ? 0 : must(zipped[0]).length,
      bytes: must(zipped[i]).length,
      sha256: sha256(rows),
    })),
    body: { bytes: body.length, sha256: sha256(body) },
    secret_check: checkValueOf(secret, id),
    secret: null,
    ...more,
  };
  return { head: writeHead(header, secret, 4000), body };
}

async function write(...parts: Buffer[]): Promise<string> {
  const path = join(folder, randomUUID());
  await writeFile(path, Buffer.concat(parts));
  return path;
}

const prove = async (path: string): Promise<void> =>
  proveBackup(await openBackup(path), () => undefined);

test("a whole file is read as it was written, and says whose secret made it", async () => {
  const { head, body } = make();
  const file = await openBackup(await write(head, body));
  await proveBackup(file, () => undefined);
  let rows = "";
  for await (const chunk of readTable(file, must(file.header.tables[0]))) rows += chunk.toString();
  expect(rows).toBe("1\tone\n2\ta\\nb\n");
  expect([isMadeWith(file.header, secret), file.isSignedBy(secret)]).toEqual([true, true]);
  const other = `${secret}!`;
  expect([isMadeWith(file.header, other), file.isSignedBy(other)]).toEqual([false, false]);
});

test("a file that is cut off anywhere is refused", async () => {
  const { head, body } = make();
  const whole = Buffer.concat([head, body]);
  for (let length = 0; length < whole.length; length += length < 50 ? 1 : 37)
    await expect(prove(await write(whole.subarray(0, length)))).rejects.toThrow(
      /cut off|not a backup/,
    );
});

test("a file of which any byte is another is refused", async () => {
  const { head, body } = make();
  const whole = Buffer.concat([head, body]);
  for (let at = 0; at < whole.length; at += at > 14 && at < head.length - 150 ? 61 : 1) {
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    // The HMAC in the last line is checked only with a secret.
    const path = await write(altered);
    const isRefused = await openBackup(path).then(
      async (file) =>
        !file.isSignedBy(secret) ||
        (await prove(path).then(
          () => false,
          () => true,
        )),
      () => true,
    );
    expect({ at, isRefused }).toEqual({ at, isRefused: true });
  }
  await expect(prove(await write(whole, Buffer.from("x")))).rejects.toThrow("altered");
});

test("one that was never finished, of a later format, or that contradicts itself is refused in words", async () => {
  const { body } = make();
  await expect(openBackup(await write(make({ complete: false }).head, body))).rejects.toThrow(
    "never finished",
  );
  const later = Buffer.concat([make().head, body]);
  later.write("2", 13);
  await expect(openBackup(await write(later))).rejects.toThrow("newer release");
  const wrong = { bytes: body.length - 1, sha256: sha256(body) };
  await expect(openBackup(await write(make({ body: wrong }).head, body))).rejects.toThrow(
    "contradicts itself",
  );
});

test("the secret comes back by its passphrase in its own backup only", async () => {
  const sealed = await sealSecret(secret, "nine grey herons", "one");
  expect(JSON.stringify(sealed)).not.toContain(secret);
  expect(await openSecret(sealed, "nine grey herons", "one")).toBe(secret);
  await expect(openSecret(sealed, "nine grey heron", "one")).rejects.toThrow("doesn't open");
  await expect(openSecret(sealed, "nine grey herons", "another")).rejects.toThrow("doesn't open");
});
