import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { initialSettings, settingArguments } from "./settings.ts";
import { postgresEnvironment, type House } from "./house.ts";

const PREFIX = "postgres.init-";

/**
 * Makes the PostgreSQL directory unless it exists. It appears as a whole or not at all: initdb works in a sibling
 * folder that is renamed when it is complete. A kill at any moment leaves only such a folder behind. When several
 * processes do this at once, one wins and the others use its result.
 */
export async function initialise(house: House): Promise<void> {
  if (isInitialised(house)) return;
  const workshop = await mkdtemp(join(house.dataDirectory, PREFIX));
  try {
    const data = join(workshop, "data");
    const passwordFile = join(workshop, "password");
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, house.password, { mode: 0o600 });
    const { owner } = house.runAs;
    if (owner)
      for (const path of [workshop, data, passwordFile]) await chown(path, owner.uid, owner.gid);
    await initdb(house, data, passwordFile);
    await rename(data, house.postgresDirectory);
    await flushDirectory(house.dataDirectory);
  } catch (error) {
    if (!isInitialised(house)) throw error;
  } finally {
    await removeQuietly(workshop);
  }
}

/** Deletes the folders that killed initialisations left behind. Call it only while holding the directory. */
export async function removeLeftovers(dataDirectory: string): Promise<void> {
  const leftovers = (await readdir(dataDirectory)).filter((name) => name.startsWith(PREFIX));
  await Promise.all(leftovers.map((name) => removeQuietly(join(dataDirectory, name))));
}

function isInitialised(house: House): boolean {
  return existsSync(join(house.postgresDirectory, "PG_VERSION"));
}

async function initdb(house: House, data: string, passwordFile: string): Promise<void> {
  const { file, args, uid, gid } = house.runAs.command(house.binaries.initdb, [
    `--pgdata=${data}`,
    "--username=sayso",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...settingArguments(initialSettings),
  ]);
  const child = spawn(file, args, {
    uid,
    gid,
    env: postgresEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  const code = await new Promise((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0)
    throw new Error(`initdb failed (exit ${String(code)}): ${output.join("").trim()}`);
}

async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  await handle.sync().finally(() => handle.close());
}

async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}
