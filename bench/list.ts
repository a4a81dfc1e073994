// npm run bench list: the time of a page of the list as the number of requests grows. SAYSO_BENCH_REQUESTS: the largest
// number.
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { fillRequests } from "./fill.ts";
import { createHttpClient } from "./http-client.ts";
import { percentile } from "./measure.ts";
import { options, sizesUpTo } from "./options.ts";
import { printNote, printTable } from "./report.ts";
import { runBench } from "./sayso.ts";

const DAY_MS = 86_400_000;
const CALLS = 40;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** The queries among `count` requests. */
const queries = (count: number): Record<string, string> => ({
  "page 1": "page=1",
  "page 1,000 of 10 each": "page=1000&page_size=10",
  "page in the middle": `page=${Math.ceil(count / 40)}`,
  "last page": `page=${Math.ceil(count / 20)}`,
  pending: "status=pending",
  "pending, page 5": "status=pending&page=5",
  critical: "priority=critical",
  "two statuses and a priority, page 50": "status=approved,rejected&priority=high&page=50",
  "created in the last month": `created_after=${ago(30)}`,
  "decided in the last day": `decided_after=${ago(1)}`,
  "one action type": "action_type=type.7",
  "one source": "source=bench",
  "one source, approved": "source=bench&status=approved",
  "one workflow": "source_id=flow-7",
  "all but one workflow": "exclude_source_id=flow-7",
  "search: 1 in 1,000": "search=urgent",
  "search: 1 in 100": "search=deploy+production",
  "search: 1 in 10": "search=invoice",
  "search: 1 in 10, all old": "search=legacy",
  "search and pending": "search=invoice&status=pending",
  "search: 1 in 10, approved": "search=invoice&status=approved",
  "search and one source": "search=invoice&source=bench",
  "search: all, approved": "search=workflow&status=approved",
  "search: all": "search=workflow",
});

await runBench(async ({ server, services }) => {
  const sizes = sizesUpTo(options.requestsMax);
  const p50 = new Map<string, number[]>();
  const totals = new Map<string, number>();
  const p95 = new Map<string, number>();
  for (const count of sizes) {
    const organization = await createOrganization(services, server);
    const machine = await organization.addConnection();
    console.error(`Filling in ${count.toLocaleString("en")} requests …`);
    await fillRequests(services.system, organization.id, machine.id, count);
    await services.sql("vacuum analyze requests, request_search, request_counts");
    const client = createHttpClient(server.url, 1);
    for (const [name, query] of Object.entries(queries(count))) {
      const samples: number[] = [];
      for (let i = -2; i < CALLS; i++) {
        const begin = performance.now();
        const page = await client
          .call<{ total: number }>("GET", `/api/v1/approvals?${query}`, machine.key)
          // A call beyond the server's statement timeout counts as infinitely slow.
          .catch(() => ({ total: Number.NaN }));
        const ms = Number.isNaN(page.total) ? Number.POSITIVE_INFINITY : performance.now() - begin;
        // The first calls warm up.
        if (i >= 0) samples.push(ms);
        totals.set(name, page.total);
        if (performance.now() - begin > 1000 && i >= 2) break;
      }
      p50.set(name, [...(p50.get(name) ?? []), percentile(samples, 0.5)]);
      p95.set(name, percentile(samples, 0.95));
    }
    client.close();
  }
  const largest = must(sizes.at(-1)).toLocaleString("en");
  printTable(
    [
      "list",
      ...sizes.map((size) => `of ${size.toLocaleString("en")}: p50 ms`),
      "growth",
      `p95 ms of ${largest}`,
      "total there",
    ],
    [...p50].map(([name, times]) => [
      name,
      ...times,
      must(times.at(-1)) / must(times[0]),
      must(p95.get(name)),
      must(totals.get(name)),
    ]),
  );
  printNote(
    `Growth is the time of the largest size ÷ the time of the smallest. Totals are exact. "–" means 503 after 3.5 s.`,
  );
});
