// One request, several views: each surface creates one, every other surface reads and decides it, and each event
// arrives once.
import { must } from "@sayso/must";
import { shareStage, startReceiver, until } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { changesApi } from "./changes/changes-api.ts";
import { coreId, type RequestPage, type WireRequest } from "./requests/requests-api.ts";
import { bodyOf, runsApi, step, user } from "./runs/runs-api.ts";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, machine, server, services, owner } = stage;
const ann = await organization.addPerson({ name: "Ann", role: "admin" });

const asMachine = {
  runs: runsApi(server.url, organization.id, `AccessKey ${machine.key}`),
  changes: changesApi(machine.api),
};
const asAnn = {
  runs: runsApi(server.url, organization.id, `Bearer ${ann.token}`),
  changes: changesApi(ann.api),
};
const flow = bodyOf(await asMachine.runs.createFlow({ steps: [step("any", user(ann))] }), 201).id;
await machine.api.call("POST", "/api/v1/subscriptions", {
  body: { target_url: `${receiver.url}/told`, event_types: ["approval.*"] },
});

const surfaces = ["approvals", "requests", "runs", "changes"] as const;
type Surface = (typeof surfaces)[number];
const endings = ["approved", "rejected", "cancelled", "expired"] as const;
type Ending = (typeof endings)[number];

/** The status table of docs/guides/surfaces.md. */
const table: Record<Surface, Record<"pending" | Ending, string>> = {
  approvals: {
    pending: "pending",
    approved: "approved",
    rejected: "rejected",
    cancelled: "cancelled",
    expired: "expired",
  },
  requests: {
    pending: "pending",
    approved: "approved",
    rejected: "rejected",
    cancelled: "expired",
    expired: "expired",
  },
  runs: {
    pending: "pending",
    approved: "approved",
    rejected: "denied",
    cancelled: "denied",
    expired: "denied",
  },
  changes: {
    pending: "pending",
    approved: "approved",
    rejected: "rejected",
    cancelled: "rejected",
    expired: "rejected",
  },
};

const callback = `${receiver.url}/callback`;
let made = 0;
/** Creates a request. @returns the id that the core uses for it */
const makers: Record<Surface, () => Promise<string>> = {
  approvals: async () => bodyOf(await machine.api.create({ callback_url: callback }), 201).id,
  requests: async () => {
    const body = { payload: { n: ++made }, external_id: `matrix-${made}` };
    const answer = await machine.api.call<WireRequest>("POST", "/api/v1/requests", { body });
    return coreId(bodyOf(answer, 201).id);
  },
  runs: async () =>
    bodyOf(await asMachine.runs.start(flow, { object: {}, callbackUrl: callback }), 201).id,
  changes: async () => {
    const entity = { entityId: `offer-${++made}`, entityType: "offer", action: "create" };
    return bodyOf(await asMachine.changes.propose(entity), 201).id;
  },
};
const hasCallback = (maker: Surface) => maker === "approvals" || maker === "runs";
const flowOf = (maker: Surface) => (maker === "runs" ? flow : organization.id);
/** Returns the surfaces that can show a request of this surface, because only a change names an entity. */
const viewsOf = (maker: Surface) =>
  surfaces.filter((view) => view !== "changes" || maker === "changes");

const readers: Record<Surface, (id: string, maker: Surface) => Promise<{ status: string }>> = {
  approvals: async (id) => bodyOf(await machine.api.get(id)),
  requests: async (id) =>
    bodyOf(await machine.api.call<WireRequest>("GET", `/api/v1/requests/${id}`)),
  runs: async (id, maker) => bodyOf(await asMachine.runs.getRun(flowOf(maker), id)),
  changes: async (id) => bodyOf(await asMachine.changes.get(id)),
};
/** Returns the ids of each list, newest first. */
const lists: Record<Surface, (maker: Surface) => Promise<string[]>> = {
  approvals: async () => bodyOf(await machine.api.list()).data.map(({ id }) => id),
  requests: async () => {
    const page = bodyOf(await machine.api.call<RequestPage>("GET", "/api/v1/requests"));
    return page.data.map(({ id }) => coreId(id));
  },
  runs: async (maker) =>
    bodyOf(await asMachine.runs.listRuns(flowOf(maker))).results.map(({ id }) => id),
  changes: async () => bodyOf(await asMachine.changes.list()).map(({ id }) => id),
};
const deciders: Partial<
  Record<Surface, (id: string, maker: Surface, approves: boolean) => Promise<{ status: number }>>
> = {
  approvals: (id, _, approves) =>
    ann.api.decide(id, { decision: approves ? "approve" : "reject", comment: "Because" }),
  runs: (id, maker, approves) =>
    asAnn.runs.review(flowOf(maker), id, approves ? "approved" : "denied", "Because"),
  changes: (id, _, approves) =>
    approves ? asAnn.changes.approve(id, "Because") : asAnn.changes.reject(id, "Because"),
};

async function expectEverywhere(id: string, maker: Surface, status: "pending" | Ending) {
  for (const view of viewsOf(maker))
    expect([view, (await readers[view](id, maker)).status]).toEqual([view, table[view][status]]);
}

/**
 * Waits until all messages have arrived. Expects one creation and one end, each once, and one callback if one was asked
 * for.
 */
async function expectHeardOnce(id: string, maker: Surface, ending: Ending) {
  const reported = (type: string) =>
    receiver.requests.filter(
      ({ path, json }) =>
        path === "/told" && json.type === type && (json.request as { id?: string }).id === id,
    );
  await until(() => reported(`approval.${ending}`).length > 0, "the end is told");
  await until(async () => {
    const [row] = await services.sql<{ left: number }>(
      "select count(*)::int as left from deliveries where request_id = $1 and status = 'pending'",
      [id],
    );
    return must(row).left === 0;
  }, "nothing is left to tell");
  const ends = endings.map((type) => reported(`approval.${type}`).length);
  expect(ends).toEqual(endings.map((type) => (type === ending ? 1 : 0)));
  expect(reported("approval.created")).toHaveLength(1);
  const callbacks = receiver.requests.filter(
    ({ path, json }) => path === "/callback" && json.request_id === id,
  );
  expect(callbacks.map(({ json }) => json.status)).toEqual(hasCallback(maker) ? [ending] : []);
}

describe.each(surfaces)("what was asked through %s", (maker) => {
  test("is read and listed through every surface that can show it", async () => {
    const id = await makers[maker]();
    await expectEverywhere(id, maker, "pending");
    for (const view of viewsOf(maker))
      expect([view, await lists[view](maker)]).toEqual([view, expect.arrayContaining([id])]);
  });

  const through = (Object.keys(deciders) as Surface[]).filter((s) => viewsOf(maker).includes(s));
  test.each(through.flatMap((surface) => [true, false].map((approves) => ({ surface, approves }))))(
    "is decided through $surface (yes: $approves), shown everywhere as the table says, and told once",
    async ({ surface, approves }) => {
      const id = await makers[maker]();
      const ending = approves ? "approved" : "rejected";
      const answer = await must(deciders[surface])(id, maker, approves);
      expect(answer).toMatchObject({ status: 200, body: { status: table[surface][ending] } });
      await expectEverywhere(id, maker, ending);
      expect(await readers.approvals(id, maker)).toMatchObject({
        decided_by: ann.id,
        decision_comment: "Because",
      });
      expect(await readers.requests(id, maker)).toMatchObject({
        decided_by_id: ann.id,
        decision_note: "Because",
      });
      expect(await readers.runs(id, maker)).toMatchObject({
        results: [{ reviewer: { type: "user", id: ann.id }, comment: "Because" }],
      });
      await expectHeardOnce(id, maker, ending);
    },
  );

  test("is withdrawn: shown as the table says, and told once", async () => {
    const id = await makers[maker]();
    bodyOf(await machine.api.cancel(id, "Not needed"));
    await expectEverywhere(id, maker, "cancelled");
    const shown = await readers.requests(id, maker);
    expect(shown).toMatchObject({ decision_note: "Cancelled: Not needed" });
    await expectHeardOnce(id, maker, "cancelled");
  });

  test("expires: shown as the table says, and told once", async () => {
    const id = await makers[maker]();
    await services.sql("update requests set expires_at = now() where id = $1", [id]);
    await until(
      async () => (await readers.approvals(id, maker)).status !== "pending",
      "its time is over",
    );
    await expectEverywhere(id, maker, "expired");
    await expectHeardOnce(id, maker, "expired");
  });

  test("can't be decided by a machine, through whichever surface", async () => {
    const id = await makers[maker]();
    const answers = [
      await machine.api.approve(id),
      await asMachine.runs.review(flowOf(maker), id, "approved"),
      ...(maker === "changes" ? [await asMachine.changes.approve(id)] : []),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    await expectEverywhere(id, maker, "pending");
  });
});

test("the fields of one surface are those of the other", async () => {
  const body = {
    title: "Refund",
    description: "Of 4711",
    external_id: "4711",
    payload: { sum: 12 },
  };
  const { body: request } = await machine.api.call<WireRequest>("POST", "/api/v1/requests", {
    body,
  });
  const id = coreId(request.id);
  expect((await owner.api.get(id)).body).toMatchObject({
    title: "Refund",
    description: "Of 4711",
    metadata: { sum: 12 },
    connection_id: machine.id,
  });
  expect(bodyOf(await asAnn.runs.getRun(organization.id, id))).toMatchObject({
    approvalFlowId: organization.id,
    object: { sum: 12 },
    previousObject: {},
    invoker: { type: "connection", id: machine.id },
  });
});

test("a run can't be turned into another one through approvals: neither its object nor its words nor its reviewers", async () => {
  const run = bodyOf(await asMachine.runs.start(flow, { object: { price: 1 } }), 201);
  const others = [{ approver_id: owner.id }];
  const metadata = { object: { price: 2 }, tags: "none" };
  const refusals = [
    await machine.api.setSteps(run.id, others),
    await machine.api.revise(run.id, { metadata }),
    await machine.api.revise(run.id, { title: "Something harmless" }),
    await machine.api.revise(run.id, { context_html: "<table><tr><td>1</td></tr></table>" }),
    await ann.api.setSteps(run.id, others),
  ].map(({ status, error }) => [status, error?.details?.reason]);
  expect(refusals).toEqual(refusals.map(() => [409, "is_run"]));
  const stranger = await organization.addPerson();
  expect((await stranger.api.setSteps(run.id, others)).status).toBe(403);
  expect((await stranger.api.revise(run.id, { metadata })).status).toBe(403);
  expect(bodyOf(await asAnn.runs.getRun(flow, run.id))).toEqual(run);
});

test("what no flow began is given other metadata and steps as ever, and shown so as a run", async () => {
  const id = await makers.requests();
  bodyOf(await machine.api.revise(id, { metadata: { price: 2 } }));
  expect((await machine.api.setSteps(id, [{ approver_id: ann.id }])).status).toBeLessThan(300);
  expect(bodyOf(await asAnn.runs.getRun(organization.id, id))).toMatchObject({
    object: { price: 2 },
    previousObject: {},
    tags: [],
  });
});

test("only a change is one of the changes surface: anything else is unknown there", async () => {
  for (const maker of ["approvals", "requests", "runs"] as const)
    expect((await asMachine.changes.get(await makers[maker]())).status).toBe(404);
});
