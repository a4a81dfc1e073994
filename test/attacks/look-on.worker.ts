// Measures the server in a thread of its own, so that the work of the attacking thread slows no measurement.
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { must } from "@sayso/must";

/** The server to measure. */
export interface LookOn {
  url: string;
  pid: number;
  /** A key of another organization than the attacker's. */
  strangerKey: string;
}

/** The measurements up to the message that ends the thread. */
export interface Seen {
  /** The highest value. */
  memoryMb: number;
  /** The time of each call; Infinity for a call whose answer isn't 200. */
  healthMs: number[];
  othersMs: number[];
}

const { url, pid, strangerKey } = workerData as LookOn;
const seen: Seen = { memoryMb: 0, healthMs: [], othersMs: [] };
let isOver = false;
must(parentPort).once("message", () => (isOver = true));

async function timed(times: number[], path: string, headers: Record<string, string> = {}) {
  const from = performance.now();
  const answer = await fetch(url + path, { headers });
  await answer.arrayBuffer();
  times.push(answer.status === 200 ? performance.now() - from : Infinity);
}

while (!isOver) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const memoryMb = Number(must(/VmRSS:\s+(\d+) kB/.exec(status))[1]) / 1024;
  seen.memoryMb = Math.max(seen.memoryMb, memoryMb);
  await timed(seen.healthMs, "/healthz");
  await timed(seen.othersMs, "/api/v1/approvals", { Authorization: `Bearer ${strangerKey}` });
  await sleep(20);
}
must(parentPort).postMessage(seen);
