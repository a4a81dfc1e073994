import { execFile, spawn } from "node:child_process";
import { open, readdir, readFile, readlink, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../error-code.ts";
import { postgresEnvironment, type House } from "./house.ts";
import { fixedSettings, settingArguments } from "./settings.ts";

const LOG_KEPT_BYTES = 10_000_000;
const FAST_SHUTDOWN_MILLIS = 60_000;

/** A living postmaster of the directory, as its `postmaster.pid` describes it. */
export interface Postmaster {
  pid: number;
  /** Set once PostgreSQL listens. */
  port: number | undefined;
  /** PostgreSQL takes connections: it is neither starting, recovering nor stopping. */
  ready: boolean;
}

/** A postmaster that this process started. */
export interface SpawnedPostmaster {
  pid: number;
  /** Undefined while the process lives. */
  exit(): PostmasterExit | undefined;
}

/** The end of a postmaster. */
export interface PostmasterExit {
  /** Null when a signal killed it. */
  code: number | null;
  /** The last lines that it wrote to its log. */
  lastWords: string;
}

/** Finds the postmaster that runs in the directory. Undefined when none lives, also when a stale pid file is there. */
export async function findPostmaster(postgresDirectory: string): Promise<Postmaster | undefined> {
  const lines = (await readPidFile(postgresDirectory))?.split("\n");
  const pid = Number(lines?.[0]);
  if (!(pid > 0) || !(await isPostmaster(pid, postgresDirectory))) return undefined;
  const port = Number(lines?.[3]);
  return { pid, port: port > 0 ? port : undefined, ready: lines?.[7]?.trim() === "ready" };
}

/**
 * Starts PostgreSQL on 127.0.0.1:`port` and returns without waiting for it to be ready. It outlives this process. It
 * runs in a session of its own, so that Ctrl-C does not reach it.
 */
export async function spawnPostmaster(house: House, port: number): Promise<SpawnedPostmaster> {
  await removeRecycledPidFile(house.postgresDirectory);
  await keepLogShort(house.logFile);
  const log = await open(house.logFile, "a", 0o600);
  const before = (await log.stat()).size;
  const { file, args, uid, gid } = house.runAs.command(house.binaries.postgres, [
    "-D",
    house.postgresDirectory,
    "-p",
    String(port),
    ...settingArguments(fixedSettings),
  ]);
  let exit: PostmasterExit | undefined;
  const child = spawn(file, args, {
    uid,
    gid,
    env: postgresEnvironment(),
    cwd: house.dataDirectory,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.once("exit", (code) => {
    void readFile(house.logFile).then(
      (text) => (exit = { code, lastWords: text.subarray(before).toString().trim() }),
      () => (exit = { code, lastWords: "" }),
    );
  });
  try {
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  } finally {
    await log.close();
  }
  child.unref();
  // A process that was spawned has an id.
  if (child.pid === undefined) throw new Error("PostgreSQL was not started");
  return { pid: child.pid, exit: () => exit };
}

/** Shuts PostgreSQL down fast: ends every session, writes a checkpoint, and waits until the process is gone. */
export async function stopPostmaster(house: House, pid: number): Promise<void> {
  if (!(await isPostmaster(pid, house.postgresDirectory))) return;
  signal(pid, "SIGINT");
  if (await isGone(house, pid, FAST_SHUTDOWN_MILLIS)) return;
  house.log.warn({ pid }, "PostgreSQL did not stop in time; stopping it without a checkpoint");
  signal(pid, "SIGQUIT");
  await isGone(house, pid, 10_000);
}

/**
 * Kills the sessions of a postmaster that died. A session in the middle of a computation notices the death only after
 * it, and no new postmaster starts before. Linux only; elsewhere the sessions end by their statement timeouts.
 */
export async function killOrphans(postgresDirectory: string): Promise<void> {
  const pids = (await readdir("/proc").catch(() => [])).map(Number).filter((pid) => pid > 0);
  for (const pid of pids) {
    if ((await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) !== postgresDirectory) continue;
    const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const parent = Number(
      /^\d+ \(.*\) \S (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""))?.[1],
    );
    const isOrphan =
      title.startsWith("postgres: ") && !(await isPostmaster(parent, postgresDirectory));
    if (isOrphan) signal(pid, "SIGKILL");
  }
}

/** Returns the port of the directory's last postmaster, living or dead; undefined for a new directory. */
export async function lastPort(postgresDirectory: string): Promise<number | undefined> {
  const text = await readFile(join(postgresDirectory, "postmaster.opts"), "utf8").catch(() => "");
  const port = Number(/"-p" "(\d+)"/.exec(text)?.[1]);
  return port > 0 ? port : undefined;
}

/** Returns true if a process with this id lives here. A zombie counts as living. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

async function isPostmaster(pid: number, postgresDirectory: string): Promise<boolean> {
  if (!processLives(pid)) return false;
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const ps = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(
      () => undefined,
    );
    return ps?.stdout.includes(postgresDirectory) ?? false;
  }
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (folder === postgresDirectory) return true;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.split("\0").includes(postgresDirectory);
}

async function readPidFile(postgresDirectory: string): Promise<string | undefined> {
  return readFile(join(postgresDirectory, "postmaster.pid"), "utf8").catch(() => undefined);
}

/** Removes a pid file whose pid another program has got after a crash, because postgres would refuse to start. */
async function removeRecycledPidFile(postgresDirectory: string): Promise<void> {
  const text = await readPidFile(postgresDirectory);
  const pid = Number(text?.split("\n")[0]);
  if (!(pid > 0) || !processLives(pid) || (await isPostmaster(pid, postgresDirectory))) return;
  if ((await readPidFile(postgresDirectory)) === text)
    await unlink(join(postgresDirectory, "postmaster.pid"));
}

async function keepLogShort(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_KEPT_BYTES) await rename(logFile, `${logFile}.1`);
}

async function isGone(house: House, pid: number, withinMillis: number): Promise<boolean> {
  const deadline = Date.now() + withinMillis;
  while (await isPostmaster(pid, house.postgresDirectory)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}
