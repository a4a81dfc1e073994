// npm run bench visibility: the time of lists for a member if everybody sees every request, and if each sees only those
// that they are involved in. SAYSO_BENCH_REQUESTS: the largest number.
import { must } from "@sayso/must";
import { createOrganization } from "@sayso/testkit";
import { fillRequests } from "./fill.ts";
import { createHttpClient } from "./http-client.ts";
import { percentile } from "./measure.ts";
import { options, sizesUpTo } from "./options.ts";
import { printNote, printTable } from "./report.ts";
import { runBench } from "./sayso.ts";

const CALLS = 40;

const paths = (count: number): Record<string, string> => ({
  "page 1": "/api/v1/approvals?page=1",
  "page 100": "/api/v1/approvals?page=100",
  "page in the middle": `/api/v1/approvals?page=${Math.ceil(count / 40)}`,
  pending: "/api/v1/approvals?status=pending",
  "one workflow": "/api/v1/approvals?source_id=flow-7",
  "one source, approved": "/api/v1/approvals?source=bench&status=approved",
  "search: 1 in 100": "/api/v1/approvals?search=deploy+production",
  "search: all": "/api/v1/approvals?search=workflow",
  "one request": "",
  inbox: "/api/v1/inbox",
  "newest events": "/api/v1/events?after=earliest",
  "action types": "/api/v1/org/action-types",
  figures: `/api/v1/figures?from=${new Date(Date.now() - 364 * 86_400_000).toISOString()}&to=${new Date(Date.now() + 86_400_000).toISOString()}&time_zone=UTC`,
});

await runBench(async ({ server, services }) => {
  const columns: string[] = [];
  const rows = new Map<string, (number | string)[]>();
  const [{ exists }] = (await services.sql(
    "select exists (select from information_schema.columns where column_name = 'request_visibility') as exists",
  )) as [{ exists: boolean }];
  for (const count of sizesUpTo(options.requestsMax).filter((size) => size >= 100_000)) {
    const organization = await createOrganization(services, server);
    const machine = await organization.addConnection();
    const member = await organization.addPerson();
    console.error(`Filling in ${count.toLocaleString("en")} requests …`);
    await fillRequests(services.system, organization.id, machine.id, count);
    await services.sql("vacuum analyze requests, request_search, request_counts");
    const [newest] = await services.sql<{ id: string }>(
      "select id from requests where organization_id = $1 and status = 'pending' order by created_at desc limit 1",
      [organization.id],
    );
    const client = createHttpClient(server.url, 1);
    const measure = async (name: string) => {
      // All tokens of a person share one hourly limit.
      await services.sql("delete from rate_windows where organization_id = $1", [organization.id]);
      const { token } = await member.createToken(["approvals:read", "org:read"]);
      columns.push(`${name}, ${count.toLocaleString("en")}: p50`, "p95", "total");
      for (const [what, path] of Object.entries(paths(count))) {
        const samples: number[] = [];
        let total: number | string = "";
        for (let i = -2; i < CALLS; i++) {
          const begin = performance.now();
          const page = await client
            .call<{ total?: number }>("GET", path || `/api/v1/approvals/${must(newest).id}`, token)
            .catch(() => ({ total: Number.NaN }));
          const ms = Number.isNaN(page.total)
            ? Number.POSITIVE_INFINITY
            : performance.now() - begin;
          if (i >= 0) samples.push(ms);
          total = page.total ?? "";
          if (performance.now() - begin > 1000 && i >= 2) break;
        }
        rows.set(what, [
          ...(rows.get(what) ?? []),
          percentile(samples, 0.5),
          percentile(samples, 0.95),
          total,
        ]);
      }
    };
    await measure("everyone");
    if (exists) {
      await services.sql("update organizations set request_visibility = 'involved' where id = $1", [
        organization.id,
      ]);
      const [{ id: somebody }] = (await services.sql("select gen_random_uuid() as id")) as [
        { id: string },
      ];
      await measure("involved, sees all");
      for (const [name, nth] of [
        ["1 in 10", 10],
        ["1 in 1,000", 1000],
      ] as const) {
        await services.sql(
          `update request_search s set audience = array[case when r.n % $2 = 0 then $3::uuid else $4::uuid end]
           from (select id, (metadata ->> 'number')::int8 as n from requests where organization_id = $1) r
           where s.id = r.id`,
          [organization.id, nth, member.id, somebody],
        );
        await services.sql("vacuum analyze request_search");
        await measure(`involved, sees ${name}`);
      }
    }
    client.close();
  }
  printTable(
    ["list", ...columns],
    [...rows].map(([what, cells]) => [what, ...cells]),
  );
  printNote("Totals are exact. – means that the server gave up (503).");
});
