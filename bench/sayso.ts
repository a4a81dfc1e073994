import { join } from "node:path";
import { must } from "@sayso/must";
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startServer,
  type StartOptions,
  type TestCluster,
  type TestOrganization,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { createHttpClient, type HttpClient } from "./http-client.ts";
import { cpuOf, pidIn } from "./processes.ts";
import { recordPeerVersion } from "./report.ts";

/** A PostgreSQL for the run, and Sayso in its released form on a database of it. */
export interface Bench {
  cluster: TestCluster;
  server: TestServer;
  services: TestServices;
  organization: TestOrganization;
  /** Returns the CPU time so far of all of PostgreSQL, in microseconds. */
  postgresCpuUs: () => number;
}

/** The environment of production, without the clock that tests can set. */
export const saysoEnv = {
  NODE_ENV: "production",
  LOG_LEVEL: "warn",
  SAYSO_TEST_CLOCK_FILE: undefined,
};

/** Starts more servers, or servers on an existing database. */
export const startSayso = (options: StartOptions = {}): Promise<TestServer> =>
  startServer({ ...options, env: { ...saysoEnv, ...options.env } });

/** Runs a bench on a new server with one organization, and cleans up afterwards. */
export async function runBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await runOnCluster(async (cluster) => {
    const server = await startSayso();
    const services = openServices(server);
    try {
      const [row] = await services.sql<{ version: string }>(
        "select current_setting('server_version') as version",
      );
      recordPeerVersion("postgresql", must(row).version);
      const organization = await createOrganization(services, server);
      await work({
        cluster,
        server,
        services,
        organization,
        postgresCpuUs: cpuOfPostgres(cluster),
      });
    } finally {
      await services.close();
      await server.stop();
    }
  });
}

/** Runs a bench on a cluster without a server, and cleans up afterwards. */
export async function runOnCluster(work: (cluster: TestCluster) => Promise<void>): Promise<void> {
  await buildServer();
  const cluster = await openTestCluster();
  await work(cluster).finally(() => cluster.close());
}

function cpuOfPostgres({ folder }: TestCluster): () => number {
  const postmaster = pidIn(join(folder, "data", "postgres", "postmaster.pid"));
  return () => cpuOf(postmaster);
}

/**
 * Creates connections that may decide. Each has the largest hourly limit, so that a run doesn't reach it.
 * @returns their keys
 */
export async function connectMachines(
  organization: TestOrganization,
  count = 100,
): Promise<string[]> {
  const connections = await Promise.all(
    Array.from({ length: count }, () =>
      organization.addConnection({ canDecide: true, canDecideOwn: true }),
    ),
  );
  return connections.map(({ key }) => key);
}

/** The body of the request in all benches. */
export const requestBody = (callbackUrl?: string) => ({
  title: "Deploy v2.4.0 to production",
  description: "Release includes database migration",
  priority: "high",
  ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
});

/** Creates a request. @returns its id */
export async function ask(client: HttpClient, key: string, callbackUrl?: string): Promise<string> {
  const body = requestBody(callbackUrl);
  const { id } = await client.call<{ id: string }>("POST", "/api/v1/approvals", key, body);
  return id;
}

export const approve = (client: HttpClient, key: string, id: string): Promise<unknown> =>
  client.call("PATCH", `/api/v1/approvals/${id}`, key, { decision: "approve" });

/** Creates a client for each of these servers. Calls use the servers in turn. */
export function createClients(
  servers: readonly { url: string }[],
  connections: number,
): HttpClient {
  const clients = servers.map(({ url }) =>
    createHttpClient(url, Math.ceil(connections / servers.length)),
  );
  let next = 0;
  return {
    call: (...given) => must(clients[next++ % clients.length]).call(...given),
    close: () => clients.forEach((client) => client.close()),
  };
}
