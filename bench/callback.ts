// npm run bench callback: decision committed → callback received.
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { startReceiver } from "@sayso/testkit";
import { startCallbackReceiver, type CallbackReceiver } from "./callback-receiver.ts";
import { createHttpClient } from "./http-client.ts";
import { interleave, percentile, type Rounds } from "./measure.ts";
import { options } from "./options.ts";
import { printNote, printTable } from "./report.ts";
import { approve, ask, connectMachines, runBench, type Bench } from "./sayso.ts";

const { seconds, rounds } = options;
const ENDPOINTS = 100;
const DECISIONS_A_SECOND = 50;
const PATIENCE_MS = 30_000;

/** The time from sending the decision, and the time from its answer. The commit lies between both moments. */
interface Wait {
  sinceSentMs: number;
  sinceAnsweredMs: number;
}

const samples = new Map<string, Wait[]>();

async function decide(
  bench: Bench,
  key: string,
  client: ReturnType<typeof createHttpClient>,
  receiver: CallbackReceiver,
): Promise<Wait> {
  const id = await ask(client, key, receiver.url);
  const sentAt = performance.now();
  await approve(client, key, id);
  const answeredAt = performance.now();
  const at = await Promise.race([
    receiver.arrival(id),
    sleep(PATIENCE_MS, Number.POSITIVE_INFINITY, { ref: false }),
  ]);
  return { sinceSentMs: at - sentAt, sinceAnsweredMs: Math.max(0, at - answeredAt) };
}

/** Makes one decision after the other, while the server does nothing else. */
async function idle(bench: Bench, keys: string[], receiver: CallbackReceiver): Promise<Wait[]> {
  const client = createHttpClient(bench.server.url, 1);
  const waits: Wait[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    waits.push(await decide(bench, must(keys[waits.length % keys.length]), client, receiver));
    await sleep(20);
  }
  client.close();
  return waits;
}

/** Makes 50 decisions a second for 100 endpoints. One of these accepts connections and never answers. */
async function withDeadEndpoint(
  bench: Bench,
  keys: string[],
  receivers: readonly CallbackReceiver[],
  deadUrl: string,
): Promise<Wait[]> {
  const client = createHttpClient(bench.server.url, 32);
  const waits: Wait[] = [];
  const startedAt = performance.now();
  const count = Math.max(ENDPOINTS, DECISIONS_A_SECOND * seconds);
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const dueAt = startedAt + (i * 1000) / DECISIONS_A_SECOND;
      await sleep(Math.max(0, dueAt - performance.now()));
      const key = must(keys[i % keys.length]);
      const receiver = receivers[i % ENDPOINTS];
      if (receiver) waits.push(await decide(bench, key, client, receiver));
      else await approve(client, key, await ask(client, key, deadUrl));
    }),
  );
  client.close();
  return waits;
}

await runBench(async (bench) => {
  const keys = await connectMachines(bench.organization);
  // The last of the hundred is the dead one.
  const receivers = await Promise.all(
    Array.from({ length: ENDPOINTS - 1 }, () => startCallbackReceiver()),
  );
  const dead = await startReceiver();
  dead.answerWith({ fault: "hang" });

  const measured = (name: string, waits: Wait[]): Record<string, number> => {
    samples.set(name, [...(samples.get(name) ?? []), ...waits]);
    for (const receiver of receivers) receiver.forget();
    return { count: waits.length };
  };
  await idle(bench, keys, must(receivers[0]));
  const figures: Record<string, Rounds> = await interleave(rounds, {
    "one at a time": async () =>
      measured("one at a time", await idle(bench, keys, must(receivers[0]))),
    "50 a second, one endpoint of 100 dead": async () =>
      measured(
        "50 a second, one endpoint of 100 dead",
        await withDeadEndpoint(bench, keys, receivers, dead.url),
      ),
  });
  printTable(
    [
      "decision → callback received",
      ...["decisions", "from answered: p50 ms", "p99 ms", "from sent: p50 ms", "p99 ms", "lost"],
    ],
    Object.keys(figures).map((name) => {
      const waits = samples.get(name) ?? [];
      const of = (share: number, what: keyof Wait) =>
        percentile(
          waits.map((wait) => wait[what]),
          share,
        );
      return [
        name,
        waits.length,
        of(0.5, "sinceAnsweredMs"),
        of(0.99, "sinceAnsweredMs"),
        of(0.5, "sinceSentMs"),
        of(0.99, "sinceSentMs"),
        waits.filter(({ sinceSentMs }) => !Number.isFinite(sinceSentMs)).length,
      ];
    }),
  );
  printNote(
    "A decision is committed after it was sent and before it was answered. Every endpoint is a separate server.",
  );
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await dead.stop();
});
