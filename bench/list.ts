// npm run bench list: how long a page of the list takes among many requests. SAYSO_BENCH_REQUESTS, default 1,000,000.
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startServer,
} from "@sayso/testkit";
import { fillRequests } from "./fill.ts";
import { createHttpClient } from "./http-client.ts";
import { percentile, printTable } from "./measure.ts";

const count = Number(process.env.SAYSO_BENCH_REQUESTS ?? 1_000_000);
const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString();
const dayAgo = new Date(Date.now() - 86_400_000).toISOString();

const queries: [string, string][] = [
  ["page 1", "page=1"],
  ["page 1,000", "page=1000"],
  ["page 1,000 of 100", "page=1000&page_size=100"],
  ["the last page", `page=${Math.ceil(count / 20)}`],
  ["pending", "status=pending"],
  ["pending, page 400", "status=pending&page=400"],
  ["two statuses and a priority, page 1,000", "status=approved,rejected&priority=high&page=1000"],
  ["critical", "priority=critical"],
  ["created in the last month", `created_after=${monthAgo}`],
  ["decided in the last day", `decided_after=${dayAgo}`],
  ["one action type", "action_type=type.7"],
  ["search: 1 in 1,000", "search=urgent"],
  ["search: 1 in 100", "search=deploy+production"],
  ["search: 1 in 10", "search=invoice"],
  ["search and pending", "search=invoice&status=pending"],
  ["search: every request", "search=workflow"],
];

await buildServer();
const cluster = await openTestCluster();
try {
  const server = await startServer({ env: { NODE_ENV: "production", LOG_LEVEL: "warn" } });
  const services = openServices(server);
  const organization = await createOrganization(services, server);
  const machine = await organization.addConnection();
  console.error(`Filling in ${count.toLocaleString("en")} requests …`);
  await fillRequests(services.system, organization.id, machine.id, count);
  await services.sql("vacuum analyze");
  const client = createHttpClient(server.url, 1);
  const rows = [];
  for (const [name, query] of queries) {
    const samples: number[] = [];
    let total = 0;
    for (let i = 0; i < 41; i++) {
      const begin = performance.now();
      const page = await client.call<{ total: number }>(
        "GET",
        `/api/v1/approvals?${query}`,
        machine.key,
      );
      // The first one warms up.
      if (i > 0) samples.push(performance.now() - begin);
      total = page.total;
    }
    rows.push([name, total, percentile(samples, 0.5), percentile(samples, 0.95)]);
  }
  printTable(["list", "total", "p50 ms", "p95 ms"], rows);
  client.close();
  await services.close();
  await server.stop();
} finally {
  await cluster.close();
}
