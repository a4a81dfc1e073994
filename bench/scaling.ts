// npm run bench scaling: the cost of a request from its creation to its callback, and the machines for many of them.
import { must } from "@sayso/must";
import { startCallbackReceiver } from "./callback-receiver.ts";
import { repeat } from "./measure.ts";
import { options } from "./options.ts";
import { cpuOf } from "./processes.ts";
import { printNote, printTable } from "./report.ts";
import { approve, ask, connectMachines, createClients, runBench, type Bench } from "./sayso.ts";

const DAY_SECONDS = 86_400;
const AT_ONCE = 16;

/** Assumptions that no bench can measure. Change them to your own values. */
const assumptions = {
  /** The busiest second of a day ÷ its average. */
  peak: 5,
  /** The part of a core's time that may be in use at that second. */
  utilisation: 0.6,
  /** The number of years that requests are kept. */
  years: 1,
  /** The size of one primary: cores, TB of data, MB of WAL a second. */
  primary: { cores: 64, terabytes: 16, walMegabytes: 400 },
  /** The number of copies of each primary. They take the same cores and disk. */
  replicas: 1,
  /** US dollars a month for a core with 4 GB of memory, and for a TB of SSD. */
  coreMonth: 25,
  terabyteMonth: 120,
};

/** The database connections of one server process: the API's pool, the worker's, and one that listens. */
const CONNECTIONS = 16;
/** A server process has one thread. */
const CORES_A_PROCESS = 1;
/** The CPU time of the sequencer's single round for one event, in PostgreSQL (docs/decisions/0009-events-feed.md). */
const ORDERING_US_AN_EVENT = 11;

/** CPU time in µs, the rest in bytes. */
interface Cost {
  serverUs: number;
  databaseUs: number;
  diskBytes: number;
  walBytes: number;
  events: number;
}

/**
 * Measures whole lives of requests: create, read by a person (a page of the list, then the request), decide, call back,
 * poll.
 */
async function measure(bench: Bench): Promise<Cost> {
  const { server, services, organization } = bench;
  const keys = await connectMachines(organization);
  const receiver = await startCallbackReceiver();
  const client = createClients([server], AT_ONCE);
  let lives = 0;
  const live = async (round: number) => {
    const key = must(keys[round % keys.length]);
    const id = await ask(client, key, receiver.url);
    await client.call("GET", "/api/v1/approvals?status=pending", key);
    await client.call("GET", `/api/v1/approvals/${id}`, key);
    await approve(client, key, id);
    await receiver.arrival(id);
    await client.call("GET", "/api/v1/events?after=latest", key);
    lives++;
  };
  const look = async () => {
    const [row] = await services.sql<{ disk: string; wal: string; events: string }>(
      `select pg_database_size(current_database()) as disk, pg_current_wal_lsn() - '0/0' as wal,
         (select count(*) from events) as events`,
    );
    return {
      serverUs: cpuOf(server.pid),
      databaseUs: bench.postgresCpuUs(),
      diskBytes: Number(must(row).disk),
      walBytes: Number(must(row).wal),
      events: Number(must(row).events),
    };
  };
  await repeat(AT_ONCE, options.seconds, live);
  await services.sql("checkpoint");
  const before = await look();
  lives = 0;
  await repeat(AT_ONCE, options.seconds, live);
  const after = await look();
  client.close();
  await receiver.stop();
  const each = (of: keyof Cost) => (after[of] - before[of]) / lives;
  return {
    serverUs: each("serverUs"),
    databaseUs: each("databaseUs"),
    diskBytes: each("diskBytes"),
    walBytes: each("walBytes"),
    events: each("events"),
  };
}

/** Returns the machines for `aDay` requests a day, and the resource that runs out first. */
function plan(cost: Cost, aDay: number) {
  const { peak, utilisation, years, primary, replicas, coreMonth, terabyteMonth } = assumptions;
  const peakASecond = (aDay / DAY_SECONDS) * peak;
  const cores = (us: number) => (peakASecond * us) / 1e6 / utilisation;
  const serverCores = cores(cost.serverUs);
  const databaseCores = cores(cost.databaseUs);
  const terabytes = (aDay * 365 * years * cost.diskBytes) / 1e12;
  const needed = {
    cores: databaseCores / primary.cores,
    disk: terabytes / primary.terabytes,
    WAL: (peakASecond * cost.walBytes) / 1e6 / primary.walMegabytes,
    "order of events": cores(cost.events * ORDERING_US_AN_EVENT),
  };
  const [limit, most] = must(Object.entries(needed).sort(([, a], [, b]) => b - a)[0]);
  const primaries = Math.ceil(most);
  const processes = Math.max(2, Math.ceil(serverCores / CORES_A_PROCESS));
  const dollars =
    Math.max(2, serverCores) * coreMonth +
    (1 + replicas) * (Math.max(2, databaseCores) * coreMonth + terabytes * terabyteMonth);
  return {
    peakASecond,
    processes,
    databaseCores,
    primaries,
    limit,
    connections: Math.ceil((processes * CONNECTIONS) / primaries),
    terabytes,
    dollars,
  };
}

await runBench(async (bench) => {
  const cost = await measure(bench);
  printTable(
    ["one request, from its creation to its callback", "cost"],
    [
      ["server CPU, µs", cost.serverUs],
      ["PostgreSQL CPU, µs", cost.databaseUs],
      ["disk, bytes", cost.diskBytes],
      ["WAL, bytes", cost.walBytes],
      ["events", cost.events],
    ],
  );
  const largest = 10;
  printTable(
    [
      ...["requests a day", "a second at the peak", "server processes", "PostgreSQL cores"],
      ...["primaries", "first limit of a primary", "connections each", "TB a year"],
      ...["US$ a month", "US$ a million requests"],
    ],
    Array.from({ length: largest - 2 }, (_, i) => 10 ** (i + 3)).map((aDay) => {
      const of = plan(cost, aDay);
      return [
        aDay,
        of.peakASecond,
        of.processes,
        Math.max(0.01, of.databaseCores),
        of.primaries,
        of.limit,
        of.connections,
        of.terabytes,
        of.dollars,
        of.dollars / ((aDay * 365) / 12 / 1e6),
      ];
    }),
  );
  const { peak, utilisation, years, primary, replicas, coreMonth, terabyteMonth } = assumptions;
  printNote(
    `This table is calculated from the costs above and these assumptions (bench/scaling.ts): the busiest second has ${peak} ` +
      `times the average and cores are ${utilisation * 100} % busy then; requests are kept for ${years} year; a primary has ` +
      `${primary.cores} cores, ${primary.terabytes} TB and ${primary.walMegabytes} MB of WAL a second, and ${replicas} copy; a core with ` +
      `4 GB costs US$ ${coreMonth} a month, a TB US$ ${terabyteMonth}. Each request is created, read in a list and alone, ` +
      "decided, called back and polled once.",
  );
});
