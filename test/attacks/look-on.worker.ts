// Looks on in a thread of its own, so that the work of the attacking thread delays no call.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { must } from "@sayso/must";

/** The server to look at. */
export interface LookOn {
  url: string;
  pid: number;
  /** A key of another organization than the attacker's. */
  strangerKey: string;
}

/** The observations up to the message that ends the thread. */
export interface Seen {
  /** The highest value. */
  memoryMb: number;
  /** The rounds in which /healthz and then another organization were answered. */
  answers: number;
  /** The calls whose answer wasn't 200. */
  refusals: number;
}

const { url, pid, strangerKey } = workerData as LookOn;
const seen: Seen = { memoryMb: 0, answers: 0, refusals: 0 };
let isOver = false;
must(parentPort).once("message", () => (isOver = true));

async function call(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url + path, { headers });
  await answer.arrayBuffer();
  if (answer.status !== 200) seen.refusals++;
}

while (!isOver) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const memoryMb = Number(must(/VmRSS:\s+(\d+) kB/.exec(status))[1]) / 1024;
  seen.memoryMb = Math.max(seen.memoryMb, memoryMb);
  await call("/healthz");
  await call("/api/v1/approvals", { Authorization: `Bearer ${strangerKey}` });
  // The attack can end during the calls.
  if (!isOver) seen.answers++;
  await sleep(20);
}
must(parentPort).postMessage(seen);
