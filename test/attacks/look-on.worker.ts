// A thread that looks on while the one that started it attacks: what that one has to do slows no measurement.
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/** What to look at. */
export interface LookOn {
  url: string;
  pid: number;
  /** Of another organization than the one that attacks. */
  strangerKey: string;
}

/** What was seen until the thread was told to stop. */
export interface Seen {
  /** The most. */
  memoryMb: number;
  /** How long each call took, of what isn't answered by 200 Infinity. */
  healthMs: number[];
  othersMs: number[];
}

const { url, pid, strangerKey } = workerData as LookOn;
const seen: Seen = { memoryMb: 0, healthMs: [], othersMs: [] };
let isOver = false;
parentPort!.once("message", () => (isOver = true));

async function timed(times: number[], path: string, headers: Record<string, string> = {}) {
  const from = performance.now();
  const answer = await fetch(url + path, { headers });
  await answer.arrayBuffer();
  times.push(answer.status === 200 ? performance.now() - from : Infinity);
}

while (!isOver) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const memoryMb = Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024;
  seen.memoryMb = Math.max(seen.memoryMb, memoryMb);
  await timed(seen.healthMs, "/healthz");
  await timed(seen.othersMs, "/api/v1/approvals", { Authorization: `Bearer ${strangerKey}` });
  await sleep(20);
}
parentPort!.postMessage(seen);
