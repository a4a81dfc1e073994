// Replays the approvals API's documentation against a real server, with the document as the reference:
//   node test/seed-replay.ts --seed FILE
// Prints a line for each check; exits 1 when one fails. Changes only ids, hosts and past points in time of the
// document.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  api,
  buildServer,
  openStage,
  openTestCluster,
  startReceiver,
  type Answer,
  type Receiver,
  type Stage,
} from "@sayso/testkit";
import { findDifferences } from "./approvals/resemblance.ts";
import { readSeedDocument, type DocumentedEndpoint, type SeedDocument } from "./seed-document.ts";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed === undefined) {
  console.error("Usage: node test/seed-replay.ts --seed FILE");
  process.exit(2);
}
const document = readSeedDocument(readFileSync(values.seed, "utf8"));

const inADay = new Date(Date.now() + 86_400_000).toISOString();
let [passed, failed] = [0, 0];
function check(what: string, differences: string[]): void {
  if (differences.length === 0) passed++;
  else failed++;
  console.log(
    `${differences.length === 0 ? "ok    " : "FAILED"} ${what}${differences.map((d) => `\n         ${d}`).join("")}`,
  );
}
const expectSame = (name: string, actual: unknown, documented: unknown): string[] =>
  actual === documented
    ? []
    : [`${name} is ${JSON.stringify(actual)}, documented is ${JSON.stringify(documented)}`];

const cluster = await openTestCluster();
try {
  await buildServer();
  const receiver = await startReceiver();
  const stage = await openStage();
  try {
    await replay(stage, receiver, document);
  } finally {
    await stage.close();
    await receiver.stop();
  }
} finally {
  await cluster.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function replay(stage: Stage, receiver: Receiver, seed: SeedDocument): Promise<void> {
  const { organization, owner, alice, server } = stage;
  // The key of the examples may decide, as the key of the very first start may.
  const first = await organization.addConnection({
    name: "the documented key",
    canDecide: true,
    canDecideOwn: true,
  });
  const admin = await organization.addPerson({ role: "admin" });
  const second = await organization.addConnection({
    name: "another approver",
    canDecide: true,
    canDecideOwn: true,
    by: admin,
  });

  /** Replaces values of the document that only this server knows. */
  const adjust = <T>(example: T): T =>
    JSON.parse(JSON.stringify(example), (_key, value: unknown) => {
      if (typeof value !== "string") return value;
      if (value === "user-uuid-1") return owner.id;
      if (value === "user-uuid-2") return alice.id;
      if (/^https:\/\/your-app\.com/.test(value))
        return value.replace("https://your-app.com", receiver.url);
      if (/^\d{4}-\d\d-\d\dT.*Z$/.test(value) && Date.parse(value) < Date.now()) return inADay;
      return value;
    }) as T;

  const replayed = new Set<DocumentedEndpoint>();
  /** Sends an example and compares the answer with the example's. */
  const send = async (
    method: string,
    path: string,
    ids: { id?: string; stepId?: string },
    by = first,
    free: string[] = [],
  ) => {
    const endpoint = seed.endpoints.find(
      (e) => e.method === method && e.path === `/api/v1/approvals${path}`,
    );
    if (!endpoint) throw new Error(`The document has no ${method} ${path}`);
    replayed.add(endpoint);
    const address = endpoint.path.replace(":id", ids.id ?? "").replace(":stepId", ids.stepId ?? "");
    const answer = await by.api.call<Record<string, unknown>>(
      method,
      address,
      endpoint.request ? { body: adjust(endpoint.request) } : {},
    );
    check(`${method} ${endpoint.path}`, [
      ...expectSame("the status", answer.status, endpoint.status),
      ...findDifferences(adjust(endpoint.response), answer.body, free),
      ...missingHeaders(seed, answer),
    ]);
    return { endpoint, answer };
  };

  check(
    "GET /api/v1/approvals lists nothing at first",
    expectSame("the total", (await first.api.list()).body.pagination.total, 0),
  );
  const created = await send("POST", "", {});
  const id = String(created.answer.body.id);
  await send("GET", "", {}, first, ["pagination.total", "pagination.total_pages"]);

  const again = await first.api.call<Record<string, unknown>>("POST", "/api/v1/approvals", {
    body: adjust(created.endpoint.request),
  });
  check("the same idempotency key again", [
    ...expectSame("the status", again.status, 200),
    ...expectSame("the id", again.body.id, id),
  ]);

  await first.api.approve(id);
  await send("GET", "/:id", { id });
  const decided = await send("PATCH", "/:id", { id }, second, ["callback_delivered"]);
  await checkCallback(receiver, id, "approved", adjust(created.endpoint.request ?? {}));
  check(
    "callback_delivered becomes what the document shows",
    await untilDelivered(first.api, id, decided.endpoint.response.callback_delivered),
  );

  const other = await first.api.create({ callback_url: `${receiver.url}/webhooks/okrunit` });
  await send("DELETE", "/:id", { id: other.body.id });
  await checkCallback(receiver, other.body.id, "cancelled", {});

  const { body: discussed } = await first.api.create();
  await send("POST", "/:id/comments", { id: discussed.id });
  const steps = await send("POST", "/:id/steps", { id: discussed.id });
  const [step] = (steps.answer.body.data ?? []) as { id: string }[];
  await send("PATCH", "/:id/steps/:stepId", { id: discussed.id, stepId: step?.id });
  await send("GET", "/:id/steps", { id: discussed.id });

  for (const endpoint of seed.endpoints.filter((e) => !replayed.has(e))) {
    check(`${endpoint.method} ${endpoint.path}`, [
      "the document has it, this script does not replay it",
    ]);
  }
  await checkTables(stage, first.api, seed);
  for (const call of seed.calls) {
    const bodies = call.body ? [call.body] : [undefined];
    for (const body of bodies) {
      const answer = await first.api.call<Record<string, unknown>>(
        call.method,
        call.path,
        body ? { body: adjust(body) } : {},
      );
      check(`${call.what} ${call.path}`, [
        ...expectSame("the status", answer.status, call.method === "POST" ? 201 : 200),
        ...(body ? expectSame("status", answer.body.status, "pending") : []),
      ]);
    }
  }
  check(
    "an API key has the documented form",
    /^gk_[0-9a-f]{64}$/.test(first.key) ? [] : [first.key],
  );
  check(
    "a request without a key",
    expectSame("the status", (await api(server.url, null).list()).status, 401),
  );
}

function missingHeaders(seed: SeedDocument, answer: Answer): string[] {
  return seed.rateLimitHeaders.flatMap(({ name }) =>
    /^\d+$/.test(answer.headers.get(name) ?? "")
      ? []
      : [`${name} is ${JSON.stringify(answer.headers.get(name))}, documented is a number`],
  );
}

async function checkCallback(
  receiver: Receiver,
  id: string,
  status: string,
  asked: Record<string, unknown>,
): Promise<void> {
  const received = await receiver
    .waitFor((r) => r.json.request_id === id)
    .catch((error: unknown) => String(error));
  if (typeof received === "string") return check(`the callback: ${status}`, [received]);
  const headers = (asked.callback_headers ?? {}) as Record<string, string>;
  check(`the callback: ${status}`, [
    ...expectSame("status", received.json.status, status),
    ...findDifferences(asked.metadata ?? null, received.json.metadata),
    ...Object.entries(headers).flatMap(([name, value]) =>
      expectSame(name, received.headers[name.toLowerCase()], value),
    ),
    ...expectSame("path", received.path, "/webhooks/okrunit"),
  ]);
}

async function untilDelivered(
  by: Stage["machine"]["api"],
  id: string,
  documented: unknown,
): Promise<string[]> {
  for (let i = 0; i < 100; i++) {
    const { body } = await by.get(id);
    if (body.callback_delivered === documented) return [];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [`callback_delivered is not ${String(documented)} after 5 s`];
}

/** Checks the tables of fields, parameters, statuses, scopes and rate limits. */
async function checkTables(
  stage: Stage,
  by: Stage["machine"]["api"],
  seed: SeedDocument,
): Promise<void> {
  for (const { name, isRequired } of seed.fields.filter((f) => f.isRequired)) {
    const answer = await by.create({ [name]: undefined });
    check(`${name} is required`, [
      ...expectSame("the status", answer.status, isRequired ? 400 : 201),
      ...findDifferences(seed.error, answer.body, ["error.message"]),
      ...expectSame("error.message", answer.error?.message, `${name} is required`),
    ]);
  }
  const { body: openapi } = await by.call<{
    components: { schemas: Record<string, { properties?: object }> };
  }>("GET", "/api/v1/openapi");
  const properties = openapi.components.schemas.CreateApprovalBody?.properties ?? {};
  for (const { name } of seed.fields)
    check(
      `${name} is a field of a request`,
      name in properties ? [] : ["the OpenAPI document lacks it"],
    );

  for (const { name, byDefault, description } of seed.parameters) {
    if (byDefault !== undefined) {
      const { body } = await by.list();
      check(
        `${name} is ${byDefault} by default`,
        expectSame(name, String((body.pagination as Record<string, number>)[name]), byDefault),
      );
    }
    const most = /max (\d+)/.exec(description)?.[1];
    if (most !== undefined) {
      const answers = [
        await by.list({ [name]: most }),
        await by.list({ [name]: Number(most) + 1 }),
      ];
      check(
        `${name} is at most ${most}`,
        expectSame("the statuses", answers.map((a) => a.status).join(), "200,400"),
      );
    }
    for (const value of /: ([a-z, ]+)$/.exec(description)?.[1]?.split(", ") ?? []) {
      const answer = await by.list({ [name]: value });
      check(`${name}=${value}`, [
        ...expectSame("the status", answer.status, 200),
        ...(answer.body.data ?? []).flatMap((item) =>
          expectSame(name, item[name as "status"], value),
        ),
      ]);
    }
  }
  const produced = await produceStatuses(stage, by);
  for (const status of seed.statuses)
    check(`status ${status}`, produced.has(status) ? [] : ["no call answered with it"]);

  const limit = seed.rateLimitHeaders.find(({ name }) => name === "X-RateLimit-Limit")?.value;
  const fresh = await stage.organization.addConnection({ rateLimitPerHour: undefined });
  check(
    `the limit is ${limit} an hour by default`,
    expectSame(
      "X-RateLimit-Limit",
      (await fresh.api.list()).headers.get("X-RateLimit-Limit"),
      String(limit),
    ),
  );
  const token = await stage.owner.createToken(seed.scopes);
  check(
    `the scopes ${seed.scopes.join(", ")}`,
    expectSame("the status", (await api(stage.server.url, token.token).create()).status, 201),
  );
}

/** Makes one call for each status of the table. @returns the statuses */
async function produceStatuses(stage: Stage, by: Stage["machine"]["api"]): Promise<Set<number>> {
  const { organization, machine, owner, server } = stage;
  const { body: request } = await by.create({ idempotency_key: "taken" });
  const limited = await organization.addConnection({ rateLimitPerHour: 1 });
  await limited.api.list();
  const setStop = (active: boolean) =>
    owner.api.call("POST", "/api/v1/emergency-stop", { body: { active } });
  const answers: Answer[] = [
    await by.get(request.id),
    await by.create(),
    await by.create({ title: undefined }),
    await api(server.url, "gk_garbage").list(),
    await machine.api.approve(request.id),
    await by.get("00000000-0000-4000-8000-000000000000"),
    await by.create({ title: "Another", idempotency_key: "taken" }),
    await limited.api.list(),
  ];
  await setStop(true);
  answers.push(await by.create());
  await setStop(false);
  return new Set(answers.map((answer) => answer.status));
}
