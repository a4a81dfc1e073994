// Replays the requests API's documentation against a real server, with the document as the reference:
//   node test/surfaces/requests/seed-replay.ts --seed FILE
// Changes only ids and past points in time of the document.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { must } from "@sayso/must";
import { api, buildServer, openStage, openTestCluster, until, type Stage } from "@sayso/testkit";
import { findDifferences } from "../../approvals/resemblance.ts";
import { createChecklist, readExamples } from "../checklist.ts";
import { coreId, inTwoDays, type WireRequest } from "./requests-api.ts";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed === undefined) {
  console.error("Usage: node test/surfaces/requests/seed-replay.ts --seed FILE");
  process.exit(2);
}
const text = readFileSync(values.seed, "utf8");
const { check, same, finish } = createChecklist();

const cluster = await openTestCluster();
try {
  await buildServer();
  const stage = await openStage({ env: { SAYSO_REQUESTS_PLAN: "free" } });
  try {
    await replay(stage);
  } finally {
    await stage.close();
  }
} finally {
  await cluster.close();
}
finish();

type Body = Record<string, unknown>;

async function replay(stage: Stage): Promise<void> {
  const { alice, organization } = stage;
  const [asked, created, refused, decided, envelope] = readExamples(text) as [
    Body,
    Body,
    Body,
    Body,
    Body,
  ];
  const base = must(must(/Base URL\s+https:\/\/[^/\s]+(\S+)/.exec(text))[1]);
  const endpoints = [...text.matchAll(/^(GET|POST) (\/\S+)$/gm)];
  same(
    "the endpoints that this script replays are all there are",
    endpoints.map(([line]) => line),
    ["POST /requests", "GET /requests/:id"],
  );
  const project = await organization.addConnection({ name: "project" });
  const post = (body: Body) =>
    project.api.call<WireRequest & Body>("POST", `${base}/requests`, { body });
  const get = (id: string) => project.api.call<WireRequest & Body>("GET", `${base}/requests/${id}`);
  const adjust = (example: Body): Body =>
    "expires_at" in example ? { ...example, expires_at: inTwoDays } : example;

  const answer = await post(adjust(asked));
  same("POST /requests answers 201", answer.status, 201);
  check(
    "POST /requests answers as documented",
    findDifferences(adjust(created), answer.body, ["id"]),
  );
  check("an id begins as documented", /^req_/.test(answer.body.id) ? [] : [answer.body.id]);
  same("expires_at is what was sent", answer.body.expires_at, inTwoDays);

  const { payload: _, ...without } = asked;
  const bad = await post(adjust(without));
  same("without payload 400", bad.status, 400);
  check("without payload as documented", findDifferences(refused, bad.body));

  const { title, external_id, payload } = decided;
  const { id } = (await post({ title, external_id, payload })).body;
  await alice.api.approve(coreId(id), String(decided.decision_note));
  const read = await get(id);
  same("GET /requests/:id answers 200", read.status, 200);
  check(
    "GET /requests/:id answers as documented",
    findDifferences(decided, read.body, ["id", "decided_by_id"]),
  );
  same("decided_by_id is who decided", read.body.decided_by_id, alice.id);

  await checkFields(post);
  await checkStatuses(stage, post, get);
  await checkLimits(stage, base);
  await checkErrors(stage, base, envelope);
}

type Call = (body: Body) => Promise<{ status: number; body: WireRequest & Body }>;

/** Checks the list of fields: optional ones can be left out, required ones can't. */
async function checkFields(post: Call): Promise<void> {
  const samples: Body = {
    title: "Title",
    description: "Description",
    external_id: "reference",
    payload: { any: "data" },
    expires_at: inTwoDays,
  };
  for (const [, name = "", need] of text.matchAll(/• (\w+) \(\w+, (optional|required)\)/g)) {
    const { [name]: _, ...others } = samples;
    same(
      `without ${name}, which is ${need}`,
      (await post(others)).status,
      need === "required" ? 400 : 201,
    );
    same(`${name} is kept`, (await post(samples)).body[name], samples[name]);
  }
}

async function checkStatuses(
  { alice }: Stage,
  post: Call,
  get: (id: string) => Promise<{ body: WireRequest }>,
): Promise<void> {
  const reach: Record<string, (id: string) => Promise<unknown>> = {
    pending: () => Promise.resolve(),
    approved: (id) => alice.api.approve(coreId(id)),
    rejected: (id) => alice.api.reject(coreId(id)),
    expired: (id) =>
      until(async () => (await get(id)).body.status !== "pending", "the deadline passes"),
  };
  for (const [, status = ""] of text.matchAll(/^ +• (pending|approved|rejected|expired) - /gm)) {
    const soon = new Date(Date.now() + 1000).toISOString();
    const { id } = (await post({ payload: {}, ...(status === "expired" && { expires_at: soon }) }))
      .body;
    await must(reach[status])(id);
    same(`status ${status}`, (await get(id)).body.status, status);
  }
}

/** Checks the numbers of the free tier in the headers of every response. */
async function checkLimits({ organization }: Stage, base: string): Promise<void> {
  const free = Number(must(/Free tier: (\d+) requests per month/.exec(text))[1]);
  const headers = [...text.matchAll(/^(X-RateLimit-\w+): (\d+)$/gm)].map(
    ([, name = "", value]) => [name, Number(value)] as const,
  );
  const shown = Object.fromEntries(headers);
  const project = await organization.addConnection({ name: "another project" });
  const ask = () => project.api.call("POST", `${base}/requests`, { body: { payload: {} } });
  const toMake = free - must(shown["X-RateLimit-Remaining"]);
  for (let i = 0; i < toMake; i++) await ask();
  const answer = await project.api.call("GET", `${base}/requests`);
  for (const name of ["X-RateLimit-Limit", "X-RateLimit-Remaining"])
    same(`${name} after ${toMake} requests`, Number(answer.headers.get(name)), shown[name]);
  const reset = new Date(Number(answer.headers.get("X-RateLimit-Reset")) * 1000);
  same(
    "X-RateLimit-Reset is the first of a month",
    [reset.getUTCDate(), reset.getUTCHours()],
    [1, 0],
  );
}

/** Checks the list of statuses and the form of an error. */
async function checkErrors(stage: Stage, base: string, envelope: Body): Promise<void> {
  const { organization, services, server } = stage;
  const { api: client, id } = await organization.addConnection();
  await services.sql(
    `insert into project_months (organization_id, project_id, month, used)
     values ($1, $2, date_trunc('month', now() at time zone 'UTC'), 50)`,
    [organization.id, id],
  );
  const fresh = await organization.addConnection();
  const provoke: Record<string, () => Promise<{ status: number; body: unknown }>> = {
    "400": () => fresh.api.call("POST", `${base}/requests`, { body: {} }),
    "401": () => api(server.url, "YOUR_API_KEY").call("GET", `${base}/requests`),
    "404": () => fresh.api.call("GET", `${base}/requests/req_abc123`),
    "429": () => client.call("POST", `${base}/requests`, { body: { payload: {} } }),
    "500": async () => {
      await services.sql("alter table requests rename to requests_away");
      const answer = await fresh.api.call("GET", `${base}/requests/req_${"0".repeat(32)}`);
      await services.sql("alter table requests_away rename to requests");
      return answer;
    },
  };
  for (const [, status = ""] of text.matchAll(/^ +• (\d{3}) [A-Z]/gm)) {
    const answer = await must(provoke[status])();
    same(`status ${status}`, answer.status, Number(status));
    const free = ["error", "errors.field.0"];
    const example =
      status === "400" ? { ...envelope, errors: { payload: [""] } } : { ...envelope, errors: {} };
    check(
      `status ${status} in the documented form`,
      findDifferences(example, answer.body, [...free, "errors.payload.0"]),
    );
  }
}
