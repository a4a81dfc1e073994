import { readdirSync, readFileSync } from "node:fs";

/** Of a process: its parent, and the CPU time that it and its ended children have had, in microseconds. */
interface Usage {
  pid: number;
  parent: number;
  cpuUs: number;
}

/** Linux counts in hundredths of a second for whoever asks. */
const TICK_US = 10_000;

function readUsage(pid: number): Usage | undefined {
  try {
    // The name in parentheses may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    const [user, system, usersOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    return {
      pid,
      parent: Number(fields[1]),
      cpuUs: (user! + system! + usersOfEnded! + systemOfEnded!) * TICK_US,
    };
  } catch {
    return undefined;
  }
}

/** These processes with all that they have started; none where there is no /proc. */
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

/** CPU time so far of these processes with all that they have started, in microseconds; NaN where it can't be known. */
export function cpuOf(...roots: number[]): number {
  const tree = treeOf(roots);
  return tree.length === 0 ? Number.NaN : tree.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}

/**
 * Memory of these processes with all that they have started, in MB: what they alone have, and of what they share
 * (PostgreSQL's buffers) each its part, so that nothing is counted twice. NaN where it can't be known.
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

/** The process whose pid is in the first line of this file, as PostgreSQL's `postmaster.pid`. */
export const pidIn = (file: string): number => Number(readFileSync(file, "utf8").split("\n")[0]);
