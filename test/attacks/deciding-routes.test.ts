// Every operation that can cast or delegate a vote needs approvals:decide, on every surface. The test calls each
// operation to find out which ones vote.
import { allScopes, allSurfaces, joinSurfaces, type AnyOperation } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, shareStage, type Api } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changesApi } from "../surfaces/changes/changes-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, bob, alice, organization, server, services } = stage;
const operations = Object.entries<AnyOperation>(joinSurfaces(allSurfaces).operations).filter(
  ([, { http, scope }]) => http.method !== "GET" && scope !== null,
);
const DECIDE = "approvals:decide";

// All calls together exceed the limit of one hour.
beforeAll(() => services.sql("delete from rate_windows"));

/** A body that says yes in the fields of this operation. */
async function bodyFor({ input, example, adminOnly }: AnyOperation, id: string): Promise<unknown> {
  const { sequence } = (
    await alice.api.call<{ sequence: number }>("GET", `/api/v1/approvals/${id}/your-vote`)
  ).body;
  const said: Record<string, unknown> = {
    ids: [id],
    votes: [{ id, sequence, step_id: null }],
    decision: "approve",
    action: "approve",
    result: "approved",
    to_user_id: bob.id,
    sequence,
  };
  const known = Object.keys((input.body as { shape?: object } | undefined)?.shape ?? {});
  const fitting = known.filter((field) => Object.hasOwn(said, field));
  // Sample bodies of operations that administer would take effect: they would stop everything, for instance.
  const sample = adminOnly ? null : example?.body;
  return Object.assign(
    {},
    sample,
    Object.fromEntries(fitting.map((field) => [field, said[field]])),
  );
}

/** Calls every operation with this credential, and returns the ones that voted or delegated a vote. */
async function findVoters(caller: Api): Promise<Set<string>> {
  // A request of high priority can't be decided together with others.
  const ask = () => alice.api.create({ assigned_approvers: [owner.id], priority: "low" });
  const propose = (name: string) => changesApi(alice.api).propose({ entityId: name });
  const voters = new Set<string>();
  for (const [name, operation] of operations) {
    const isOfChanges = operation.http.path.startsWith("/changes/");
    const { id } = (await (isOfChanges ? propose(`${name} ${Math.random()}`) : ask())).body;
    const path = operation.http.path
      .replaceAll(/\{(?:organizationId|approvalId)\}/g, organization.id)
      .replaceAll(/\{\w+\}/g, id);
    const body = operation.input.body && (await bodyFor(operation, id));
    await caller.call(operation.http.method, path, { body });
    const [traces] = await services.sql<{ n: number }>(
      `select (select count(*)::int from votes where request_id = $1)
         + (select count(*)::int from events where request_id = $1 and type = 'approval.delegated') as n`,
      [id],
    );
    if (must(traces).n > 0) voters.add(name);
  }
  return voters;
}

// The crawl can't guess a step's own id, so the decision of a step is tested separately.
const STEP = "decideStep";

test("what casts a vote or hands it on is what asks for approvals:decide, and nothing else does", async () => {
  const { token } = await owner.createToken(allScopes);
  const declared = operations.filter(([, { scope }]) => scope === DECIDE).map(([name]) => name);
  const found = await findVoters(api(server.url, token));
  expect([...found, STEP].sort()).toEqual(declared.sort());
});

test("a token with everything but approvals:decide votes nowhere, whatever it calls", async () => {
  const { token } = await owner.createToken(allScopes.filter((scope) => scope !== DECIDE));
  const caller = api(server.url, token);
  expect([...(await findVoters(caller))]).toEqual([]);
  const { body } = await alice.api.create({
    is_sequential: true,
    assigned_approvers: [owner.id],
  });
  const [step] = (await owner.api.steps(body.id)).body.data;
  expect(await caller.decideStep(body.id, must(step).id, { decision: "approve" })).toMatchObject({
    status: 403,
    error: { details: { scope: DECIDE } },
  });
  expect((await owner.api.decideStep(body.id, must(step).id, { decision: "approve" })).status).toBe(
    200,
  );
});
