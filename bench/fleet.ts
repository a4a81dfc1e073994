// npm run bench fleet: several server processes on one database; one organization compared with a hundred.
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { startCallbackReceiver } from "./callback-receiver.ts";
import { interleave, medianOf, ratioOf, repeat, type Rounds } from "./measure.ts";
import { options } from "./options.ts";
import { cpuOf } from "./processes.ts";
import { printNote, printTable } from "./report.ts";
import {
  approve,
  ask,
  connectMachines,
  createClients,
  runBench,
  startSayso,
  type Bench,
} from "./sayso.ts";

const { seconds, rounds } = options;
const AT_ONCE = 32;

interface Size {
  processes: number;
  atOnce: number;
}

/** The same load for all processes together, and the same load for each process. */
const sizes: Record<string, Size> = {
  "1": { processes: 1, atOnce: AT_ONCE },
  "2": { processes: 2, atOnce: AT_ONCE },
  "4": { processes: 4, atOnce: AT_ONCE },
  "2, each with as much": { processes: 2, atOnce: 2 * AT_ONCE },
  "4, each with as much": { processes: 4, atOnce: 4 * AT_ONCE },
};
const PATIENCE_MS = 60_000;

interface Faults {
  notDecidedOnce: number;
  notDeliveredOnce: number;
}

/**
 * Creates, decides and waits for callbacks, and then counts requests that were decided or delivered more or less than
 * once.
 */
async function load(
  bench: Bench,
  keys: string[],
  { processes, atOnce }: Size,
): Promise<Record<string, number>> {
  const receiver = await startCallbackReceiver();
  const group = await startSayso({ database: bench.server.database, replicas: processes });
  const client = createClients(group.replicas, atOnce);
  const serverCpuUs = () => cpuOf(...group.replicas.map(({ pid }) => pid));
  const ids: string[] = [];
  const pair = async (round: number) => {
    const key = must(keys[round % keys.length]);
    const id = await ask(client, key, receiver.url);
    await approve(client, key, id);
    ids.push(id);
  };
  await repeat(atOnce, seconds, pair);
  const [before, count] = [[serverCpuUs(), bench.postgresCpuUs()] as const, ids.length];
  const { perSecond, p99Ms } = await repeat(atOnce, seconds, pair);
  const deadline = performance.now() + PATIENCE_MS;
  while (receiver.counts.size < ids.length && performance.now() < deadline) await sleep(20);
  const pairs = ids.length - count;
  const server = (serverCpuUs() - before[0]) / pairs;
  const database = (bench.postgresCpuUs() - before[1]) / pairs;
  client.close();
  await group.stop();
  await receiver.stop();
  const faults = await findFaults(bench, ids, receiver.counts);
  return { perSecond, p99Ms, server, database, cpuUs: server + database, ...faults };
}

async function findFaults(
  { services }: Bench,
  ids: string[],
  counts: ReadonlyMap<string, number>,
): Promise<Faults> {
  const [row] = await services.sql<{ wrong: number }>(
    `with asked as (select unnest($1::uuid[]) as id),
       voted as (select request_id as id, count(*) from votes where voided_at is null group by 1),
       ended as (select request_id as id, count(*) from events where type = 'approval.approved' group by 1),
       delivered as (select request_id as id, count(*) from deliveries where status = 'delivered' group by 1)
     select count(*)::int as wrong from asked
       left join requests using (id) left join voted using (id) left join ended using (id) left join delivered using (id)
     where requests.status is distinct from 'approved' or voted.count is distinct from 1
       or ended.count is distinct from 1 or delivered.count is distinct from 1`,
    [ids],
  );
  const notOnce = ids.filter((id) => counts.get(id) !== 1).length;
  return { notDecidedOnce: must(row).wrong, notDeliveredOnce: notOnce };
}

async function benchProcesses(bench: Bench, keys: string[]): Promise<void> {
  const figures: Record<string, Rounds> = await interleave(
    rounds,
    Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, () => load(bench, keys, size)]),
    ),
  );
  const one = must(figures["1"]);
  printTable(
    [
      "server processes",
      ...["pairs/s", "÷ one process", "p99 ms", "server CPU µs/pair", "PostgreSQL CPU µs/pair"],
      ...["÷ one process by server CPU", "by all CPU", "not decided once", "not delivered once"],
    ],
    Object.entries(sizes).map(([name, { processes }]) => {
      const own = must(figures[name]);
      const sum = (of: string) => own.reduce((total, round) => total + (round[of] ?? 0), 0);
      return [
        name,
        medianOf(own, "perSecond"),
        ratioOf(own, one, "perSecond"),
        ...["p99Ms", "server", "database"].map((of) => medianOf(own, of)),
        processes * ratioOf(one, own, "server"),
        processes * ratioOf(one, own, "cpuUs"),
        sum("notDecidedOnce"),
        sum("notDeliveredOnce"),
      ];
    }),
  );
  printNote(
    "By CPU: the throughput if each process had cores of its own, calculated from the cost of a pair. " +
      `${AT_ONCE} calls at once make smaller batches when more processes share them, so a pair costs more; a real fleet has ` +
      "more calls. A callback may be delivered twice under the same id.",
  );
}

async function benchOrganizations(bench: Bench, keys: string[]): Promise<void> {
  const spread: string[] = [];
  for (let i = 0; i < 100; i++) {
    const other = await createOrganization(bench.services, bench.server);
    spread.push(...(await connectMachines(other, 1)));
  }
  const write = async (of: string[]) => {
    const client = createClients([bench.server], AT_ONCE);
    const before = [cpuOf(bench.server.pid), bench.postgresCpuUs()] as const;
    let pairs = 0;
    const { perSecond, p99Ms } = await repeat(AT_ONCE, seconds, async (round) => {
      const key = must(of[round % of.length]);
      await approve(client, key, await ask(client, key));
      pairs++;
    });
    client.close();
    const server = (cpuOf(bench.server.pid) - before[0]) / pairs;
    const database = (bench.postgresCpuUs() - before[1]) / pairs;
    return { perSecond, p99Ms, server, database, cpuUs: server + database };
  };
  await write(keys);
  const figures = await interleave(rounds, {
    "one organization": () => write(keys),
    "100 organizations": () => write(spread),
  });
  printTable(
    [
      `the same load, ${AT_ONCE} at once`,
      ...[
        "pairs/s",
        "÷ 100 organizations",
        "p99 ms",
        "server CPU µs/pair",
        "PostgreSQL CPU µs/pair",
      ],
      "÷ 100 organizations by CPU",
    ],
    Object.entries(figures).map(([name, own]) => [
      name,
      medianOf(own, "perSecond"),
      ratioOf(own, figures["100 organizations"], "perSecond"),
      ...["p99Ms", "server", "database"].map((of) => medianOf(own, of)),
      ratioOf(figures["100 organizations"], own, "cpuUs"),
    ]),
  );
}

await runBench(async (bench) => {
  const keys = await connectMachines(bench.organization);
  await benchOrganizations(bench, keys);
  // Its worker would deliver callbacks of the other processes.
  await must(bench.server.replicas[0]).stop();
  await benchProcesses(bench, keys);
});
