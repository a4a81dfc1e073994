// npm run bench memory: memory when idle, and with many open streams. SAYSO_BENCH_CLIENTS: the number of streams,
// default 2,000.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { createFolder, createOrganization, openServices, startEmbedded } from "@sayso/testkit";
import { openEventStream, type EventStream } from "./event-streams.ts";
import { createHttpClient } from "./http-client.ts";
import { options } from "./options.ts";
import { cpuOf, memoryOf } from "./processes.ts";
import { printNote, printTable } from "./report.ts";
import { approve, ask, connectMachines, runOnCluster, saysoEnv } from "./sayso.ts";

const SETTLE_MS = 3_000;
const AT_ONCE = 50;
const REQUESTS = 50;

await runOnCluster(async () => {
  const folder = await createFolder();
  const server = await startEmbedded({
    dataDirectory: join(folder.path, "data"),
    env: saysoEnv,
  });
  const services = openServices({ databaseUrl: await server.databaseUrl(), url: server.url });
  const postgres = await server.postgresPid();
  const rows: (string | number)[][] = [];
  const look = async (when: string) => {
    await sleep(SETTLE_MS);
    const cpuBefore = cpuOf(server.pid, postgres);
    await sleep(SETTLE_MS);
    const [own, theirs] = [memoryOf(server.pid), memoryOf(postgres)];
    const cpuShare = (cpuOf(server.pid, postgres) - cpuBefore) / (SETTLE_MS * 1000);
    rows.push([when, own, theirs, own + theirs, cpuShare * 100]);
    return own;
  };
  try {
    await look("just started");
    const organization = await createOrganization(services, server);
    const keys = await connectMachines(organization, 100);
    const client = createHttpClient(server.url, 8);
    await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        const key = must(keys[i % keys.length]);
        await approve(client, key, await ask(client, key));
      }),
    );
    const before = await look("idle, after 500 requests");

    let received = 0;
    const streams: EventStream[] = [];
    while (streams.length < options.streams) {
      const more = Math.min(AT_ONCE, options.streams - streams.length);
      streams.push(
        ...(await Promise.all(
          Array.from({ length: more }, (_, i) =>
            openEventStream(server.url, must(keys[i % keys.length]), () => received++),
          ),
        )),
      );
    }
    const open = await look(`${options.streams.toLocaleString("en")} streams open`);
    for (let i = 0; i < REQUESTS; i++) await ask(client, must(keys[i % keys.length]));
    const expected = REQUESTS * options.streams;
    const deadline = performance.now() + 60_000;
    while (received < expected && performance.now() < deadline) await sleep(50);
    await look(`after ${REQUESTS} events to each`);
    for (const stream of streams) stream.close();
    await look("streams closed");
    client.close();
    printTable(["memory, MB", "server", "PostgreSQL", "both", "CPU while idle, % of a core"], rows);
    printNote(
      `${((open - before) * 1024) / options.streams < 0 ? "0" : Math.round(((open - before) * 1024) / options.streams)} kB ` +
        `for each stream; ${received.toLocaleString("en")} of ${expected.toLocaleString("en")} events received. Shared memory ` +
        "is counted once.",
    );
  } finally {
    await services.close();
    await server.stop();
    await folder.remove();
  }
});
