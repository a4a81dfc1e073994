// npm run bench feed: the cost of the feed for writers. `poll` measures the cost of reading it as it grows.
// SAYSO_BENCH_SECONDS: the seconds of each measurement, default 2. SAYSO_BENCH_ROUNDS: the rounds of four, default 10.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "@sayso/must";
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startServer,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { untilOrdered } from "./fill-feed.ts";
import { createHttpClient } from "./http-client.ts";
import { percentile, repeat } from "./measure.ts";
import { printTable } from "./report.ts";

const seconds = Number(process.env.SAYSO_BENCH_SECONDS ?? 2);
const rounds = Number(process.env.SAYSO_BENCH_ROUNDS ?? 10);
const CONCURRENCY = 32;

const body = {
  title: "Deploy v2.4.0 to production",
  description: "Release includes database migration",
  priority: "high",
};

/** Returns the CPU time so far of the server and of each process of PostgreSQL, by process, in microseconds. */
function cpuTimes(serverPid: number): Map<string, number> {
  const postmaster = readFileSync(
    join(cluster.folder, "data", "postgres", "postmaster.pid"),
    "utf8",
  ).split("\n")[0];
  const times = new Map<string, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = must(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]).split(" ")[1];
      if (pid !== String(serverPid) && pid !== postmaster && parent !== postmaster) continue;
      const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
        // This file counts in nanoseconds, `stat` only in hundredths of a second.
        Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
      );
      times.set(pid, threads.reduce((sum, time) => sum + time, 0) / 1000);
    } catch {
      // The process has ended.
    }
  }
  return times;
}

/** The result of a measurement. Its CPU time is that of the server and of PostgreSQL for each pair. */
type Measured = Record<"perSecond" | "p50Ms" | "p99Ms" | "cpuUs", number>;

/** Measures pairs of create and decide in one organization. */
async function write(server: TestServer, keys: readonly string[]): Promise<Measured> {
  const client = createHttpClient(server.url, CONCURRENCY);
  let pairs = 0;
  const pair = async (round: number) => {
    pairs++;
    const key = must(keys[round % keys.length]);
    const { id } = await client.call<{ id: string }>("POST", "/api/v1/approvals", key, body);
    await client.call("PATCH", `/api/v1/approvals/${id}`, key, { decision: "approve" });
  };
  // After a switch every connection plans its statements again, so these pairs warm up.
  await repeat(CONCURRENCY, 0.5, pair);
  const before = cpuTimes(server.pid);
  pairs = 0;
  const result = await repeat(CONCURRENCY, seconds, pair);
  const cpuUs =
    [...cpuTimes(server.pid)].reduce((sum, [pid, us]) => sum + us - (before.get(pid) ?? 0), 0) /
    pairs;
  client.close();
  return { ...result, cpuUs };
}

/** Switches off everything that gives events their order: the rounds, their index, the default value. */
async function openSwitch(services: TestServices) {
  const [row] = await services.sql<{ text: string }>(
    "select pg_get_functiondef('sequence_events(integer)'::regprocedure) as text",
  );
  return {
    off: async () => {
      await services.sql(
        `create or replace function sequence_events(
           p_limit integer, out state text, out added integer, out heads json, out has_deliveries boolean)
         language sql as $$ select 'done', 0, null::json, false $$`,
      );
      await services.sql("drop index events_transaction");
      await services.sql("alter table events alter column transaction_id set default '1'");
    },
    on: async () => {
      await services.sql(
        "alter table events alter column transaction_id set default pg_current_xact_id()",
      );
      await services.sql("create index events_transaction on events (transaction_id)");
      await services.sql(must(row).text);
    },
  };
}

async function benchWriting(server: TestServer, services: TestServices): Promise<void> {
  const organization = await createOrganization(services, server);
  console.error("Connecting 100 machines …");
  const connections = await Promise.all(
    Array.from({ length: 100 }, () =>
      organization.addConnection({ canDecide: true, canDecideOwn: true }),
    ),
  );
  const keys = connections.map(({ key }) => key);
  const ordering = await openSwitch(services);
  const results: Record<"on" | "off", Measured[]> = { on: [], off: [] };
  for (let n = 0; n < 4; n++) await write(server, keys);
  for (let round = 0; round < rounds; round++) {
    console.error(`Round ${round + 1} of ${rounds} …`);
    // A server gets faster and its tables grow. So each kind runs twice in this order, and none has an advantage.
    for (const kind of ["on", "off", "off", "on"] as const) {
      if (kind === "off") await ordering.off();
      results[kind].push(await write(server, keys));
      if (kind === "off") await ordering.on();
      else await untilOrdered(services);
    }
  }
  const median = (kind: "on" | "off", of: keyof Measured) =>
    percentile(
      results[kind].map((result) => result[of]),
      0.5,
    );
  /** Compares round by round, so that other work of the machine affects both. */
  const ratio = (dividend: "on" | "off", divisor: "on" | "off", of: keyof Measured): number => {
    const inRound = (kind: "on" | "off", round: number) =>
      must(results[kind][2 * round])[of] + must(results[kind][2 * round + 1])[of];
    return percentile(
      Array.from(
        { length: rounds },
        (_, round) => inRound(dividend, round) / inRound(divisor, round),
      ),
      0.5,
    );
  };
  const row = (kind: "on" | "off"): (string | number)[] => [
    `the feed's ordering ${kind}`,
    median(kind, "perSecond"),
    median(kind, "p50Ms"),
    median(kind, "p99Ms"),
    median(kind, "cpuUs"),
    ratio(kind, "off", "perSecond"),
    ratio("off", kind, "cpuUs"),
  ];
  printTable(
    [
      "32 at once, one organization",
      "pairs/s",
      "p50 ms",
      "p99 ms",
      "CPU µs/pair",
      "÷ off",
      "÷ off by CPU",
    ],
    [row("on"), row("off")],
  );
}

await buildServer();
const cluster = await openTestCluster();
try {
  const server = await startServer({ env: { NODE_ENV: "production", LOG_LEVEL: "warn" } });
  const services = openServices(server);
  console.log(`Node ${process.version}, fsync and synchronous commit on, one run, medians.\n`);
  await benchWriting(server, services);
  await services.close();
  await server.stop();
} finally {
  await cluster.close();
}
