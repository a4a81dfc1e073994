// Replays the runs API's documentation against a real server, with the document as the reference:
//   node test/surfaces/runs/seed-replay.ts --seed FILE
// Changes only ids, points in time and tokens of the document.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { must } from "@sayso/must";
import { buildServer, openStage, openTestCluster, type Stage } from "@sayso/testkit";
import { findDifferences } from "../../approvals/resemblance.ts";
import { connect, registerApp } from "../../oauth/app.ts";
import { createChecklist, readExamples } from "../checklist.ts";
import { bodyOf, runsApi, step, user, type WireRun } from "./runs-api.ts";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed === undefined) {
  console.error("Usage: node test/surfaces/runs/seed-replay.ts --seed FILE");
  process.exit(2);
}
const text = readFileSync(values.seed, "utf8");
const { check, same, finish } = createChecklist();

const cluster = await openTestCluster();
try {
  await buildServer();
  const stage = await openStage();
  try {
    await replay(stage);
  } finally {
    await stage.close();
  }
} finally {
  await cluster.close();
}
finish();

async function replay({ organization, server, alice, bob, owner }: Stage): Promise<void> {
  const [list, one] = readExamples(text) as [{ results: WireRun[] }, WireRun];
  const requests = [...text.matchAll(/^(GET) (\/\S+) HTTP\/1\.1\nHost:\n((?:.+: .+\n)+)/gm)].map(
    ([, method = "", path = "", head = ""]) => ({ method, path, head }),
  );
  same("the document's requests", requests.length, 2);

  const app = await registerApp(organization);
  const { access } = await connect(server.url, owner, app, {
    scope: "flows:read flows:write",
    resource: `${server.url}/organizations`,
  });
  const client = runsApi(server.url, organization.id, `Bearer ${access}`);
  // The document shows this run as pending, although one of two reviewers has approved.
  const flow = bodyOf(
    await client.createFlow({ steps: [step("all", user(alice), user(bob))], tags: one.tags }),
    201,
  );
  const { previousObject, object } = one;
  const runs = [];
  for (let i = 0; i < 12; i++)
    runs.push(bodyOf(await client.start(flow.id, { previousObject, object }), 201));
  const run = must(runs.at(-1));
  await runsApi(server.url, organization.id, `Bearer ${alice.token}`).review(
    flow.id,
    run.id,
    must(one.results[0]).result,
    must(one.results[0]).comment,
  );

  /** Sends a request of the document, with this server's ids and a real token in place of `jwt`. */
  const send = (path: string, head: string, ids: Record<string, string>, query = "") =>
    fetch(
      server.url + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "") + query,
      {
        headers: Object.fromEntries(
          [...head.matchAll(/^(.+?): (.+)$/gm)].map(([, name = "", value = ""]) => [
            name,
            value.replace("jwt", access),
          ]),
        ),
      },
    );
  const ids = { organizationId: organization.id, approvalId: flow.id, approvalRunId: run.id };
  const nobody = "123e4567-e89b-12d3-a456-426614174000";

  const [listing, reading] = requests as [(typeof requests)[0], (typeof requests)[0]];
  const listed = await send(listing.path, listing.head, ids, "?limit=1");
  same(`GET ${listing.path} answers 200`, listed.status, 200);
  check("the list is as documented", findDifferences(list, await listed.json(), ["nextPageToken"]));
  const read = await send(reading.path, reading.head, ids);
  same(`GET ${reading.path} answers 200`, read.status, 200);
  check("the run is as documented", findDifferences(one, await read.json()));

  for (const { path, head } of requests) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    for (const name of names) {
      const answer = await send(path, head, { ...ids, [name]: nobody });
      same(`an unknown ${name} is a 404`, answer.status, 404);
      same("in JSON", answer.headers.get("content-type")?.split(";")[0], "application/json");
    }
  }
  await checkParameters((query) => send(listing.path, listing.head, ids, query), runs);
}

/** Checks the query's parameters: the document gives their defaults and limits. */
async function checkParameters(
  list: (query: string) => Promise<Response>,
  made: readonly WireRun[],
): Promise<void> {
  const [, least, most] = must(/limitinteger · min: (\d+) · max: (\d+)Optional/.exec(text));
  const byDefault = Number(must(/Limits the number of results to return\n(\d+)/.exec(text))[1]);
  const idsOf = async (query: string) => {
    const { results } = (await (await list(query)).json()) as { results: WireRun[] };
    return results.map(({ id }) => id);
  };
  same(`limit is ${byDefault} by default`, (await idsOf("")).length, byDefault);
  const bounds = [Number(least) - 1, Number(least), Number(most), Number(most) + 1];
  const statuses = await Promise.all(bounds.map(async (n) => (await list(`?limit=${n}`)).status));
  same(`limit is from ${least} to ${most}`, statuses, [400, 200, 200, 400]);

  const newest = made.map(({ id }) => id).reverse();
  same(
    "reverse is false by default",
    await idsOf("?limit=100"),
    await idsOf("?limit=100&reverse=false"),
  );
  same("reverse turns the order", await idsOf("?limit=100&reverse=true"), newest.toReversed());
  const first = (await (await list("?limit=5")).json()) as { nextPageToken: string };
  same(
    "pageToken keeps track of the position",
    await idsOf(`?limit=5&pageToken=${first.nextPageToken}`),
    newest.slice(5, 10),
  );
}
