import { readdirSync, readFileSync } from "node:fs";
import { must } from "@sayso/must";

/** The parent of a process, and the CPU time of the process and its ended children, in microseconds. */
interface Usage {
  pid: number;
  parent: number;
  cpuUs: number;
}

/** Linux reports this time in hundredths of a second. */
const TICK_US = 10_000;

function readUsage(pid: number): Usage | undefined {
  try {
    // The name in parentheses can contain any character.
    const fields = must(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)).split(" ");
    const [user, system, usersOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    return {
      pid,
      parent: Number(fields[1]),
      cpuUs: (must(user) + must(system) + must(usersOfEnded) + must(systemOfEnded)) * TICK_US,
    };
  } catch {
    return undefined;
  }
}

/** Returns these processes with all processes that they have started; empty if there is no /proc. */
function treeOf(roots: readonly number[]): Usage[] {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  const all = names.flatMap((name) => readUsage(Number(name)) ?? []);
  const found = new Set(roots);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

/**
 * Returns the CPU time so far of these processes with all processes that they have started, in microseconds; NaN if it
 * is unknown.
 */
export function cpuOf(...roots: number[]): number {
  const tree = treeOf(roots);
  return tree.length === 0 ? Number.NaN : tree.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}

/**
 * Returns the memory of these processes with all processes that they have started, in MB: their private memory, and
 * each process's share of common memory (PostgreSQL's buffers), so that nothing counts twice. NaN if it is unknown.
 */
export function memoryOf(...roots: number[]): number {
  const sizes = treeOf(roots).flatMap(({ pid }) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      return [Number(/^Pss:\s+(\d+)/m.exec(text)?.[1]) / 1024];
    } catch {
      return [];
    }
  });
  return sizes.length === 0 ? Number.NaN : sizes.reduce((sum, size) => sum + size, 0);
}

/** Reads the pid in the first line of this file, such as PostgreSQL's `postmaster.pid`. */
export const pidIn = (file: string): number => Number(readFileSync(file, "utf8").split("\n")[0]);
