import { must } from "@sayso/must";
import type { CallbackReceiver } from "./callback-receiver.ts";
import type { HttpClient } from "./http-client.ts";
import { percentile, repeat } from "./measure.ts";
import { approve, ask } from "./sayso.ts";

/** A service that accepts a question over HTTP, waits durably for an answer, and then calls back. */
export interface Contender {
  name: string;
  /** The limit of simultaneous waits. More would only be slower. */
  atOnceMax?: number;
  /** Begins a wait. @returns the id in its callback, and the handle that `answer` needs */
  ask: (callbackUrl: string) => Promise<{ id: string; handle: string }>;
  /** Resolves when the answer is stored safely. */
  answer: (handle: string) => Promise<void>;
  /** Returns the CPU time so far of the contender's own processes (without PostgreSQL), in microseconds. */
  cpuUs: () => number;
  /** Returns the memory of the same processes as `cpuUs`, in MB. */
  memoryMb: () => number;
  /** The time from the start of its process to its first answer. */
  startMs: number;
  stop: () => Promise<void>;
}

/** Returns Sayso itself as a contender; `key` returns a connection's key for each request. */
export function asContender(
  client: HttpClient,
  keys: readonly string[],
  its: Pick<Contender, "cpuUs" | "memoryMb" | "startMs">,
): Contender {
  let round = 0;
  return {
    ...its,
    name: "Sayso",
    async ask(callbackUrl) {
      const key = must(keys[round++ % keys.length]);
      const id = await ask(client, key, callbackUrl);
      return { id, handle: `${id} ${key}` };
    },
    async answer(handle) {
      const [id, key] = handle.split(" ");
      await approve(client, must(key), must(id));
    },
    stop: () => Promise.resolve(client.close()),
  };
}

/**
 * Runs cycles of ask → answer → callback received, several at once. `wait…Ms` counts from sending the answer. CPU time
 * is per cycle and includes the warm-up.
 */
export async function runFullCycles(
  contender: Contender,
  receiver: CallbackReceiver,
  postgresCpuUs: () => number,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<Record<string, number>> {
  const waits: number[] = [];
  let cycles = 0;
  const before = [contender.cpuUs(), postgresCpuUs()] as const;
  const atOnce = Math.min(concurrency, contender.atOnceMax ?? concurrency);
  const { perSecond, p50Ms, p99Ms } = await repeat(atOnce, seconds, async () => {
    const { id, handle } = await contender.ask(receiver.url);
    const arrival = receiver.arrival(id);
    const askedAt = performance.now();
    await contender.answer(handle);
    waits.push((await arrival) - askedAt);
    cycles++;
  });
  receiver.forget();
  const serverCpuUs = (contender.cpuUs() - before[0]) / cycles;
  const databaseCpuUs = (postgresCpuUs() - before[1]) / cycles;
  return {
    perSecond,
    p50Ms,
    p99Ms,
    waitP50Ms: percentile(waits, 0.5),
    waitP99Ms: percentile(waits, 0.99),
    serverCpuUs,
    databaseCpuUs,
    cpuUs: serverCpuUs + databaseCpuUs,
    memoryMb: contender.memoryMb(),
  };
}
