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
  /** The rounds in which /healthz and then another organization were answered with 200. */
  answers: number;
  /** The answers "try again in a moment", which a slow machine may give: path, status and beginning of the body. */
  postponed: string[];
  /** Other answers than 200, likewise. */
  refusals: string[];
}

const { url, pid, strangerKey } = workerData as LookOn;
const seen: Seen = { memoryMb: 0, answers: 0, postponed: [], refusals: [] };
let isOver = false;
must(parentPort).once("message", () => (isOver = true));

/** Returns whether the answer is 200. */
async function isAnswered(path: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await fetch(url + path, { headers });
  const text = await answer.text();
  if (answer.status === 200) return true;
  const isLater = answer.status === 503 && answer.headers.has("retry-after");
  const kept = isLater ? seen.postponed : seen.refusals;
  kept.push(`${path}: ${answer.status} ${text.slice(0, 300)}`);
  return false;
}

while (!isOver) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const memoryMb = Number(must(/VmRSS:\s+(\d+) kB/.exec(status))[1]) / 1024;
  seen.memoryMb = Math.max(seen.memoryMb, memoryMb);
  const isAlive = await isAnswered("/healthz");
  const isServed = await isAnswered("/api/v1/approvals", {
    Authorization: `Bearer ${strangerKey}`,
  });
  // The attack can end during the calls.
  if (!isOver && isAlive && isServed && seen.answers++ === 0) must(parentPort).postMessage("first");
  await sleep(20);
}
must(parentPort).postMessage(seen);
