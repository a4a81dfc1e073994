import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOrCreateSecret, secretFileMode } from "./secret-file.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "sayso-secret-"))));
afterEach(() => rm(folder, { recursive: true }));

test("is made once, readable by its owner only, and kept", async () => {
  const secret = await readOrCreateSecret(folder);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(await readOrCreateSecret(folder)).toBe(secret);
  expect(await secretFileMode(folder)).toBe("0600");
  expect(await readdir(folder)).toEqual(["secret"]);
});

test("is the same for all processes that start at the same instant", async () => {
  const module = new URL("secret-file.ts", import.meta.url).href;
  // Each process waits for the same moment, so that their starts don't order them.
  const at = Date.now() + 1500;
  const script = `
    const { readOrCreateSecret } = await import(${JSON.stringify(module)});
    while (Date.now() < ${at});
    console.log(await readOrCreateSecret(${JSON.stringify(folder)}));`;
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () =>
      text(
        spawn(process.execPath, ["--input-type=module", "-e", script], {
          stdio: ["ignore", "pipe", "inherit"],
        }).stdout,
      ),
    ),
  );
  expect(new Set(outputs).size).toBe(1);
  expect(outputs[0]).toMatch(/^[0-9a-f]{64}\n$/);
  expect(await readdir(folder)).toEqual(["secret"]);
});

test("that is damaged is refused, not replaced", async () => {
  await writeFile(join(folder, "secret"), "half of i");
  await expect(readOrCreateSecret(folder)).rejects.toThrow(/is damaged/);
  expect((await stat(join(folder, "secret"))).size).toBe(9);
});
