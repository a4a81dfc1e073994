// npm run bench cycle: create and decide over HTTP beside the database's limit; full cycles beside the peers.
import { must } from "@sayso/must";
import { createDatabase, createOrganization, openServices } from "@sayso/testkit";
import { startCallbackReceiver } from "./callback-receiver.ts";
import { asContender, runFullCycles, type Contender } from "./full-cycles.ts";
import { createHttpClient } from "./http-client.ts";
import { interleave, medianOf, ratioOf, repeat, type Rounds } from "./measure.ts";
import { startN8nPeer } from "./n8n-peer.ts";
import { options } from "./options.ts";
import { peers, startPeer, type PeerName } from "./peers.ts";
import { bareTables, runPgbench, type PgbenchScript } from "./pgbench.ts";
import { cpuOf, memoryOf } from "./processes.ts";
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
import { openStraightSql } from "./straight-sql.ts";

const { seconds, rounds } = options;

/** Opens a database without a server. Direct writes there show the limit. */
async function openLimit({ cluster }: Bench) {
  const database = await createDatabase();
  const services = openServices({ databaseUrl: database.url, url: "http://127.0.0.1" });
  const organization = await createOrganization(services, { url: "http://127.0.0.1" });
  const { id: connectionId } = await organization.addConnection({
    canDecide: true,
    canDecideOwn: true,
  });
  await services.sql(bareTables);
  const at = {
    databaseUrl: database.url,
    organizationId: organization.id,
    connectionId,
    personId: organization.owner.id,
  };
  return {
    async straight(concurrency: number, pair: "pairByFunctions" | "pairByStatements") {
      const sql = openStraightSql({ ...at, connections: concurrency });
      const { perSecond } = await repeat(concurrency, seconds, () => sql[pair]());
      await sql.close();
      return { perSecond };
    },
    async pgbench(clients: number, script: PgbenchScript) {
      const done = await runPgbench({ ...at, script, clients, seconds, folder: cluster.folder });
      return { perSecond: done?.perSecond ?? Number.NaN };
    },
    async close() {
      await services.close();
      await database.drop();
    },
  };
}

async function benchPairs(bench: Bench, keys: string[]): Promise<void> {
  const { server } = bench;
  const second = await startSayso({ database: server.database });
  const limit = await openLimit(bench);
  const overHttp = async (processes: number, concurrency: number) => {
    const servers = [server, second].slice(0, processes);
    const client = createClients(servers, concurrency);
    const cpuUs = () => cpuOf(...servers.map(({ pid }) => pid));
    const before = [cpuUs(), bench.postgresCpuUs()] as const;
    let pairs = 0;
    const done = await repeat(concurrency, seconds, async (round) => {
      const key = must(keys[round % keys.length]);
      await approve(client, key, await ask(client, key));
      pairs++;
    });
    client.close();
    return {
      ...done,
      serverCpuUs: (cpuUs() - before[0]) / pairs,
      databaseCpuUs: (bench.postgresCpuUs() - before[1]) / pairs,
    };
  };
  await overHttp(2, 32);
  const figures: Record<string, Rounds>[] = [];
  const levels = [1, 8, 32];
  for (const level of levels) {
    console.error(`${level} at once:`);
    figures.push(
      await interleave(rounds, {
        "one process": () => overHttp(1, level),
        "two processes": () => overHttp(2, level),
        "same functions by pg": () => limit.straight(level, "pairByFunctions"),
        "several statements by pg": () => limit.straight(level, "pairByStatements"),
        "several statements by pgbench": () => limit.pgbench(level, "product"),
        "the same in bare tables": () => limit.pgbench(level, "bare"),
      }),
    );
  }
  await limit.close();
  await second.stop();

  const names = Object.keys(must(figures[0]));
  const at = (level: number, name: string): Rounds => must(must(figures[level])[name]);
  printTable(
    ["pairs of create and decide per second", ...levels.map((level) => `${level} at once`)],
    names.map((name, i) => [
      `${i < 2 ? "Sayso over HTTP, " : ""}${name}`,
      ...levels.map((_, level) => medianOf(at(level, name), "perSecond")),
    ]),
  );
  printTable(
    ["Sayso over HTTP, one process ÷", ...levels.map((level) => `${level} at once`)],
    names
      .slice(2)
      .map((name) => [
        name,
        ...levels.map((_, level) =>
          ratioOf(at(level, "one process"), at(level, name), "perSecond"),
        ),
      ]),
  );
  printTable(
    ["at once", "processes", "p50 ms", "p99 ms", "server CPU µs/pair", "PostgreSQL CPU µs/pair"],
    levels.flatMap((concurrency, level) =>
      ["one process", "two processes"].map((name, i) => [
        concurrency,
        i + 1,
        ...["p50Ms", "p99Ms", "serverCpuUs", "databaseCpuUs"].map((of) =>
          medianOf(at(level, name), of),
        ),
      ]),
    ),
  );
}

/** Starts the peers. For each that doesn't start, it prints the reason. */
async function startPeers(): Promise<Contender[]> {
  const starters: Record<string, () => Promise<Contender>> = Object.fromEntries(
    (Object.keys(peers) as PeerName[]).map((name) => [name, () => startPeer(name)]),
  );
  starters.n8n = startN8nPeer;
  const started: Contender[] = [];
  for (const name of options.peers ?? Object.keys(starters)) {
    try {
      if (!starters[name]) throw new Error(`there are: ${Object.keys(starters).join(", ")}`);
      console.error(`Starting ${name} …`);
      started.push(await starters[name]());
    } catch (error) {
      printNote(`${name} did not start: ${String(error).slice(0, 500)}`);
    }
  }
  return started;
}

async function benchFullCycles(bench: Bench, keys: string[]): Promise<void> {
  const { pid } = bench.server;
  const receiver = await startCallbackReceiver();
  const sayso = asContender(createHttpClient(bench.server.url, 32), keys, {
    cpuUs: () => cpuOf(pid),
    memoryMb: () => memoryOf(pid),
    startMs: Number.NaN,
  });
  const contenders = [sayso, ...(await startPeers())];
  for (const contender of contenders) {
    console.error(`Warming up ${contender.name} …`);
    await runFullCycles(contender, receiver, bench.postgresCpuUs, { concurrency: 32, seconds });
  }
  for (const concurrency of [32, 1]) {
    const figures = await interleave(
      rounds,
      Object.fromEntries(
        contenders.map((contender) => [
          contender.name,
          () => runFullCycles(contender, receiver, bench.postgresCpuUs, { concurrency, seconds }),
        ]),
      ),
    );
    printTable(
      [
        concurrency === 1 ? "full cycles, one at a time" : `full cycles, ${concurrency} at once`,
        ...["cycles/s", "Sayso ÷", "p50 ms", "p99 ms", "answer → callback p50 ms", "p99 ms"],
        ...["CPU µs/cycle", "of it PostgreSQL", "Sayso by CPU", "memory MB"],
      ],
      contenders.map(({ name, atOnceMax = concurrency }) => {
        const own = must(figures[name]);
        const of = (what: string) => medianOf(own, what);
        return [
          `${name}${atOnceMax < concurrency ? `, ${atOnceMax} at once` : ""}`,
          of("perSecond"),
          ratioOf(must(figures.Sayso), own, "perSecond"),
          ...["p50Ms", "p99Ms", "waitP50Ms", "waitP99Ms", "cpuUs", "databaseCpuUs"].map(of),
          ratioOf(own, must(figures.Sayso), "cpuUs"),
          of("memoryMb"),
        ];
      }),
    );
  }
  printNote(
    "A full cycle creates a wait over HTTP, answers it over HTTP, and receives its callback. All state is durable, on the " +
      "same PostgreSQL (Restate and n8n use storage of their own). Sayso's cycle includes permissions, audit trail, " +
      "signature and rate limit; the peers run replayable workflows. absurd is left out: npm doesn't have its tables.",
  );
  for (const contender of contenders) await contender.stop();
  await receiver.stop();
}

await runBench(async (bench) => {
  const keys = await connectMachines(bench.organization);
  await benchPairs(bench, keys);
  await benchFullCycles(bench, keys);
});
