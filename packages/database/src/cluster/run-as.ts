import { spawnSync } from "node:child_process";
import { chmod, chown, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode } from "../error-code.ts";
import type { Binaries } from "./binaries.ts";

/** The way to start PostgreSQL's programs, which refuse to run as root. */
export interface RunAs {
  /** Set when PostgreSQL runs as another user than this process. Its files must belong to that user. */
  owner?: { uid: number; gid: number };
  /** Turns a command into the arguments of `child_process.spawn`. */
  command(
    file: string,
    args: readonly string[],
  ): { file: string; args: string[]; uid?: number; gid?: number };
}

interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

const READ = 4;
const ENTER = 1;
const CAP_DAC_OVERRIDE = 1;
const CAP_DAC_READ_SEARCH = 2;

/**
 * Creates the data directory if it is missing, with mode 0700 and owned by the running user. If this process is root,
 * the mode is 0710 with the group of PostgreSQL's user, who must pass through it to reach `postgres` below.
 */
export async function createDataDirectory(directory: string): Promise<void> {
  await mkdir(dirname(resolve(directory)), { recursive: true });
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    throw error;
  }
  if (process.getuid?.() !== 0) return;
  await chown(directory, 0, (await unprivilegedUser()).gid);
  await chmod(directory, 0o710);
}

/**
 * Chooses PostgreSQL's user. If this process is not root: its own user. If it is root: the system user `postgres`, or
 * `nobody` where there is none. When that user cannot reach the binaries or the data, PostgreSQL runs with a capability
 * that lets it read (through `setpriv`).
 *
 * @throws Error that names the closed folder when there is no such way
 */
export async function chooseRunAs(dataDirectory: string, binaries: Binaries): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { command: (file, args) => ({ file, args: [...args] }) };
  const user = await postgresUser(join(dataDirectory, "postgres"));
  const owner = { uid: user.uid, gid: user.gid };
  const closed = await firstClosed(user, dataDirectory, binaries);
  if (closed === undefined) {
    return { owner, command: (file, args) => ({ file, args: [...args], ...owner }) };
  }
  const capability = await readingCapability(await mayUse(user, binaries.postgres, ENTER));
  const prefix = [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    "--clear-groups",
    // Without it access(2), with which initdb looks for postgres, ignores the capability.
    "--securebits=+no_setuid_fixup",
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    "--",
  ];
  const trial = spawnSync("setpriv", [...prefix, "test", "-x", binaries.postgres], {
    stdio: "ignore",
  });
  if (capability === undefined || trial.status !== 0) {
    throw new Error(
      `PostgreSQL must not run as root, and the user ${user.name} cannot enter ${closed}. ` +
        "Open that folder (chmod o+x), or set SAYSO_DATA_DIR to a folder elsewhere, " +
        "or start Sayso as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
    );
  }
  return {
    owner,
    command: (file, args) => ({ file: "setpriv", args: [...prefix, file, ...args] }),
  };
}

/** Returns the owner of an existing directory. A directory that root copied there is given to the system user. */
async function postgresUser(postgresDirectory: string): Promise<SystemUser> {
  const existing = await stat(postgresDirectory).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) {
    return { name: `with uid ${existing.uid}`, uid: existing.uid, gid: existing.gid };
  }
  const user = await unprivilegedUser();
  if (existing !== undefined)
    spawnSync("chown", ["-R", `${user.uid}:${user.gid}`, postgresDirectory]);
  return user;
}

async function unprivilegedUser(): Promise<SystemUser> {
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const entry = users.find((fields) => fields[0] === name);
    if (entry !== undefined) return { name, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    "PostgreSQL must not run as root, and this system has neither a user postgres nor nobody. " +
      "Start Sayso as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
  );
}

async function firstClosed(
  user: SystemUser,
  dataDirectory: string,
  { native, postgres }: Binaries,
): Promise<string | undefined> {
  const folders = [dataDirectory, "bin", "lib", "share"].flatMap((part) =>
    ancestors(resolve(native, part)),
  );
  for (const folder of folders) if (!(await mayUse(user, folder, ENTER))) return folder;
  for (const file of [postgres, join(native, "share", "postgresql", "postgres.bki")]) {
    if (!(await mayUse(user, file, READ))) return file;
  }
  return (await mayUse(user, postgres, ENTER)) ? undefined : postgres;
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}

async function mayUse(user: SystemUser, path: string, bit: number): Promise<boolean> {
  const { uid, gid, mode } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bit) !== 0;
}

/**
 * Returns the narrowest capability that this process holds and that opens the closed paths. Root in Docker has only the
 * second.
 */
async function readingCapability(binaryIsExecutable: boolean): Promise<string | undefined> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const holds = (capability: number): boolean => ((effective >> BigInt(capability)) & 1n) === 1n;
  if (binaryIsExecutable && holds(CAP_DAC_READ_SEARCH)) return "dac_read_search";
  return holds(CAP_DAC_OVERRIDE) ? "dac_override" : undefined;
}
