import type { CallbackReceiver } from "./callback-receiver.ts";
import type { HttpClient } from "./http-client.ts";
import { percentile, repeat } from "./measure.ts";
import { approve, ask } from "./sayso.ts";

/** Something that can be asked over HTTP, waits durably for an answer, and then calls back. */
export interface Contender {
  name: string;
  /** More waits at once would only be slower. */
  atOnceMax?: number;
  /** Begins a wait; gives the id that its callback will hold, and what `answer` needs. */
  ask: (callbackUrl: string) => Promise<{ id: string; handle: string }>;
  /** Resolves when the answer is safe. */
  answer: (handle: string) => Promise<void>;
  /** CPU time so far of what is its own (PostgreSQL apart), in microseconds. */
  cpuUs: () => number;
  /** In MB; as `cpuUs`. */
  memoryMb: () => number;
  /** How long it took from the start of its process until it answered. */
  startMs: number;
  stop: () => Promise<void>;
}

/** Sayso itself as a contender; `key` gives a machine's key for each request. */
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
      const key = keys[round++ % keys.length]!;
      const id = await ask(client, key, callbackUrl);
      return { id, handle: `${id} ${key}` };
    },
    async answer(handle) {
      const [id, key] = handle.split(" ");
      await approve(client, key!, id!);
    },
    stop: () => Promise.resolve(client.close()),
  };
}

/**
 * Ask → answer → callback received, so many at once. `wait…Ms` is from the moment at which the answer was sent off; CPU is
 * by cycle, warm-up included.
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
