// Replays the goals API's documentation against a real server, with the document as the reference:
//   node test/surfaces/goals/seed-replay.ts --seed FILE
// Prints a line for each check; exits 1 when one fails. Changes only ids and points in time of the document, and the
// values that depend on today's date (status and health of an objective).
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  createCycle,
  createGoalsKey,
  createKpi,
  createObjective,
  createReview,
  createReviewCycle,
  shareReview,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, buildServer, openStage, openTestCluster, type Api, type Stage } from "@sayso/testkit";
import { findDifferences } from "../../approvals/resemblance.ts";
import { readGoalsDocument, type DocumentedEndpoint, type GoalsDocument } from "./seed-document.ts";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed === undefined) {
  console.error("Usage: node test/surfaces/goals/seed-replay.ts --seed FILE");
  process.exit(2);
}
const document = readGoalsDocument(readFileSync(values.seed, "utf8"));

/** The parts that an example leaves open: abbreviated ids, values that depend on the date, and stored data. */
const open = [
  "0.id",
  "id",
  "0.status",
  "0.health_score",
  "0.current",
  "kr_id",
  "kpi_id",
  "review_id",
];

let [passed, failed] = [0, 0];
function check(what: string, differences: string[]): void {
  if (differences.length === 0) passed++;
  else failed++;
  const marks = differences.map((difference) => `\n         ${difference}`).join("");
  console.log(`${differences.length === 0 ? "ok    " : "FAILED"} ${what}${marks}`);
}
const expectSame = (name: string, actual: unknown, documented: unknown): string[] =>
  actual === documented
    ? []
    : [`${name} is ${JSON.stringify(actual)}, documented is ${JSON.stringify(documented)}`];

const cluster = await openTestCluster();
try {
  await buildServer();
  const stage = await openStage();
  try {
    await replay(stage, document);
  } finally {
    await stage.close();
  }
} finally {
  await cluster.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Creates the objects of the examples as the document shows them. @returns the ids in the examples' addresses */
async function furnish({ organization }: Stage, { endpoints }: GoalsDocument) {
  const { context } = organization;
  const example = <Of>(method: string, path: string): Of =>
    must(endpoints.find((one) => one.method === method && one.path === path)).response as Of;
  const [okr] = example<{ title: string; type: "org"; owner: string; cycle: string }[]>(
    "GET",
    "/api/v1/okrs",
  );
  const owner = await organization.addPerson({ name: must(okr).owner });
  const cycle = await createCycle(context, {
    name: must(okr).cycle,
    startsOn: "2026-04-01",
    endsOn: "2026-06-30",
  });
  const objective = await createObjective(context, {
    title: must(okr).title,
    type: must(okr).type,
    ownerId: owner.id,
    cycleId: cycle.id,
    keyResults: [{ title: "Key result", target: 100, current: 65 }],
  });
  const [kpi] = example<{ name: string; current: number; target: number; unit: string }[]>(
    "GET",
    "/api/v1/kpis",
  );
  const { name, current, target, unit } = must(kpi);
  const made = await createKpi(context, { name, current, target, unit });
  const [round] = example<{ name: string; due_date: string }[]>("GET", "/api/v1/review-cycles");
  const reviewCycle = await createReviewCycle(context, {
    name: must(round).name,
    dueDate: must(round).due_date,
  });
  const summary = example<{ employee: string; answers: { question: string; answer: string }[] }>(
    "GET",
    "/api/v1/reviews/:id/summary",
  );
  const employee = await organization.addPerson({ name: summary.employee });
  const review = await createReview(employee.context, {
    reviewCycleId: reviewCycle.id,
    answers: summary.answers,
  });
  // The second reviewee's review stays a draft.
  const draft = await createReview(owner.context, { reviewCycleId: reviewCycle.id });
  await shareReview(employee.context, review.id);
  const ids: Record<string, string> = {
    KR_ID: must(objective.keyResults[0]).id,
    KPI_ID: made.id,
    REVIEW_ID: review.id,
  };
  return { ids, draft: draft.id };
}

async function replay(stage: Stage, seed: GoalsDocument): Promise<void> {
  const { ids, draft } = await furnish(stage, seed);
  const keyWith = async (scopes: readonly string[]) =>
    (await createGoalsKey(stage.organization.context, { name: "Example", scopes })).key;
  const key = await keyWith(seed.scopes);
  check("a key begins as the document shows it", /^okrt_\w+$/.test(key) ? [] : [key]);
  const client = api(stage.server.url, key);
  const send = (by: Api, { method, sentTo, body }: DocumentedEndpoint) =>
    by.call<Record<string, unknown>>(
      method,
      sentTo.replace(/KR_ID|KPI_ID|REVIEW_ID/, (name) => must(ids[name])),
      body ? { body } : {},
    );

  for (const one of seed.endpoints) {
    const answer = await send(client, one);
    check(`${one.method} ${one.path}`, [
      ...expectSame("the status", answer.status, one.status),
      ...findDifferences(one.response, answer.body, open),
    ]);
    const lacking = await keyWith(seed.scopes.filter((scope) => scope !== one.scope));
    const refused = await send(api(stage.server.url, lacking), one);
    check(`${one.method} ${one.path} without ${one.scope}`, [
      ...expectSame("the status", refused.status, 403),
      ...findDifferences(
        { ...seed.forbidden, message: seed.forbidden.message.replace(/\S+:\S+/, one.scope) },
        refused.body,
      ),
    ]);
    for (const error of one.errors) await provoke(stage, client, seed, one, error, draft);
  }
  await checkTooMany(api(stage.server.url, await keyWith(seed.scopes)), seed);
}

/** Causes an error that the list of an endpoint names. */
async function provoke(
  stage: Stage,
  client: Api,
  seed: GoalsDocument,
  { method, path }: DocumentedEndpoint,
  { status, text }: { status: number; text: string },
  draft: string,
): Promise<void> {
  const code = must(seed.statuses.find((one) => one.status === status)).code;
  const at = (id: string) => path.replace(":id", id);
  const nobody = "01234567-89ab-7def-8123-456789abcdef";
  const by = status === 401 ? api(stage.server.url, "okrt_your_api_key_here") : client;
  const answers = [];
  if (status === 403) return;
  if (status === 400)
    for (const body of [{}, { value: "70" }])
      answers.push(await by.call(method, at(nobody), { body }));
  else {
    answers.push(
      await by.call(method, at(nobody), method === "POST" ? { body: { value: 1 } } : {}),
    );
    if (text.includes("not been shared")) answers.push(await by.call(method, at(draft)));
  }
  for (const answer of answers)
    check(`${method} ${path}: ${status} ${text}`, [
      ...expectSame("the status", answer.status, status),
      ...findDifferences({ error: code, message: "" }, answer.body, ["message"]),
    ]);
}

async function checkTooMany(client: Api, seed: GoalsDocument): Promise<void> {
  const allowed = new Map<string, number>();
  for (;;) {
    const answer = await client.call<Record<string, unknown>>("GET", "/api/v1/kpis");
    const minute = must(answer.headers.get("x-ratelimit-reset"));
    if (answer.status === 200) {
      allowed.set(minute, (allowed.get(minute) ?? 0) + 1);
      continue;
    }
    const seconds = answer.headers.get("retry-after");
    check(`more than ${seed.requestsPerMinute} requests in a minute`, [
      ...expectSame("the status", answer.status, 429),
      ...expectSame("how many were allowed", allowed.get(minute), seed.requestsPerMinute),
      ...findDifferences(seed.tooMany, answer.body, ["retry_after_seconds"]),
      ...expectSame("Retry-After", seconds, String(answer.body.retry_after_seconds)),
    ]);
    return;
  }
}
