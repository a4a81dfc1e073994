// Whatever can cast a vote, or hand one on, asks for approvals:decide, on every surface: found out by calling each operation.
import { allScopes, allSurfaces, joinSurfaces, type AnyOperation } from "@sayso/catalogue";
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

// All of them together are more calls than an hour has.
beforeAll(() => services.sql("delete from rate_windows"));

/** A body that says yes, in the words of whatever it is sent to. */
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
  // What administers would do so: stop everything, for instance.
  const sample = adminOnly ? null : example?.body;
  return Object.assign(
    {},
    sample,
    Object.fromEntries(fitting.map((field) => [field, said[field]])),
  );
}

/** The operations that voted, or handed a vote on, when they were called with this credential. */
async function findVoters(caller: Api): Promise<Set<string>> {
  // Of high priority, none is decided with others.
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
    if (traces!.n > 0) voters.add(name);
  }
  return voters;
}

// A step's own id is nothing that a crawl can guess: its decision is tried by hand.
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
  expect(await caller.decideStep(body.id, step!.id, { decision: "approve" })).toMatchObject({
    status: 403,
    error: { details: { scope: DECIDE } },
  });
  expect((await owner.api.decideStep(body.id, step!.id, { decision: "approve" })).status).toBe(200);
});
