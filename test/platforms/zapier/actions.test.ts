import { createTemplate, updateConnection } from "@sayso/core";
import { must } from "@sayso/must";
import type { Approval } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openZapierStage, type ZapierStage } from "./connect.ts";
import { later } from "./later.ts";
import { messageOf, thrownBy, shownError, type Item } from "./zapier.ts";

let stage: ZapierStage;
let counter = 0;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());

type Made = Item & Approval;

const create = async (key: string, inputData: Item) =>
  (await stage.zapier.run<Made>(`creates.${key}.operation.perform`, { inputData })).results;
const search = async (inputData: Item) =>
  (await stage.zapier.run<Made[]>("searches.findRequest.operation.perform", { inputData })).results;
const list = async (operation: string, meta: Item = {}) =>
  (await stage.zapier.run<Item[]>(`triggers.${operation}.operation.perform`, { meta })).results;

/** Returns fields of a request that no other test creates. */
const asked = (more: Item = {}) => ({
  title: `Order ${++counter} pencils`,
  description: "For the office",
  priority: "low",
  ...more,
});

const total = async (query = {}) => (await stage.alice.api.list(query)).body.pagination.total;

describe("Create Request", () => {
  test("asks with every kind of field, and answers flat", async () => {
    const made = await create("createRequest", {
      ...asked(),
      source_id: "order-7",
      metadata: '{"order": {"number": 7}}',
      assigned_approvers: [`${stage.alice.id}, ${stage.bob.id}`],
      required_approvals: "2",
      is_sequential: "false",
      require_rejection_reason: true,
      expires_at: "2099-01-01T09:00:00+02:00",
      callback_headers: { "x-order": "7" },
      action_type: "",
    });
    expect(Object.values(made).every((value) => !isObject(value))).toBe(true);
    expect(made).toMatchObject({
      status: "pending",
      metadata: '{"order":{"number":7}}',
      source_id: "order-7",
    });
    expect((await stage.alice.api.get(made.id)).body).toMatchObject({
      metadata: { order: { number: 7 } },
      assigned_approvers: [stage.alice.id, stage.bob.id],
      required_approvals: 2,
      is_sequential: false,
      require_rejection_reason: true,
      expires_at: "2099-01-01T07:00:00.000Z",
      source: "zapier",
      source_url: "https://zapier.com/editor/42",
      created_by: stage.bob.id,
      action_type: null,
    });
  });

  test("a run that is replayed finds its request, as long as nobody has decided it", async () => {
    const inputData = asked();
    const first = await create("createRequest", inputData);
    const [again, atOnce] = await Promise.all([
      create("createRequest", inputData),
      create("createRequest", inputData),
    ]);
    expect([again.id, atOnce.id]).toEqual([first.id, first.id]);
    await stage.alice.api.approve(first.id);
    const next = await create("createRequest", inputData);
    expect(next).toMatchObject({ status: "pending" });
    expect(next.id).not.toBe(first.id);
    expect((await create("createRequest", inputData)).id).toBe(next.id);
  });

  test("two first runs at once make one request", async () => {
    const inputData = asked();
    const made = await Promise.all(
      Array.from({ length: 5 }, () => create("createRequest", inputData)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  test("another Zap asks for itself in the same words", async () => {
    const inputData = asked();
    const first = await create("createRequest", inputData);
    const { results: other } = await stage.zapier.run<Made>(
      "creates.createRequest.operation.perform",
      { inputData, meta: { zap: { id: "43" } } },
    );
    expect(other.id).not.toBe(first.id);
  });

  test("a key tells runs apart, and holds after the decision", async () => {
    const inputData = asked({ idempotency_key: `row-${counter}` });
    const first = await create("createRequest", inputData);
    await stage.alice.api.approve(first.id);
    expect((await create("createRequest", inputData)).id).toBe(first.id);
    const other = { ...inputData, idempotency_key: `row-${counter}-b` };
    expect((await create("createRequest", other)).id).not.toBe(first.id);
  });

  test("a template fills in what is left out", async () => {
    const { id } = await createTemplate(stage.organization.context, {
      name: "Purchase",
      defaults: { title: "A purchase", description: "Of something", priority: "high" },
    });
    expect(await create("createRequest", { template_id: id })).toMatchObject({
      title: "A purchase",
      priority: "high",
    });
  });
});

describe("Log Activity", () => {
  test("tells and asks nothing; the same words again are one entry for a while", async () => {
    const inputData = asked();
    const entry = await create("logActivity", inputData);
    expect(entry).toMatchObject({ is_log: true, title: inputData.title });
    expect((await create("logActivity", inputData)).id).toBe(entry.id);
    const next = await later(11 * 60_000, () => create("logActivity", inputData));
    expect(next.id).not.toBe(entry.id);
  });
});

describe("Decide Request and Cancel Request", () => {
  test("decide in the connected person's name, where they may, and find it done when replayed", async () => {
    const { body } = await stage.machine.api.create();
    const inputData = { id: body.id, decision: "approve", comment: "Fine" };
    const decided = {
      id: body.id,
      status: "approved",
      decided_by: stage.bob.id,
      decision_comment: "Fine",
    };
    expect(await create("decideRequest", inputData)).toMatchObject(decided);
    expect(await create("decideRequest", inputData)).toMatchObject(decided);
    const other = await thrownBy(create("decideRequest", { ...inputData, decision: "reject" }));
    expect(shownError(other)).toMatchObject({ status: 409 });
    expect((await stage.alice.api.get(body.id)).body.status).toBe("approved");
  });

  test.each<[string, (id: string) => Promise<unknown>]>([
    ["cancelled", (id) => stage.machine.api.cancel(id)],
    ["rejected", (id) => stage.alice.api.reject(id, "No")],
    [
      "expired",
      (id) =>
        stage.services.sql(
          "update requests set expires_at = now() - interval '1 second' where id = $1",
          [id],
        ),
    ],
  ])(
    "an approval of a request that was %s meanwhile is an error that says so",
    async (status, end) => {
      const { body } = await stage.machine.api.create({ required_approvals: 2 });
      const inputData = { id: body.id, decision: "approve" };
      expect(await create("decideRequest", inputData)).toMatchObject({ status: "pending" });
      expect(await create("decideRequest", inputData)).toMatchObject({ status: "pending" });
      await end(body.id);
      await expect.poll(async () => (await stage.alice.api.get(body.id)).body.status).toBe(status);
      const thrown = shownError(await thrownBy(create("decideRequest", inputData)));
      expect(thrown).toMatchObject({ status: 409 });
      expect(thrown.message).toContain(status);
    },
  );

  test("cancels once", async () => {
    const { id } = await create("createRequest", asked());
    const inputData = { id, reason: "Changed my mind" };
    expect(await create("cancelRequest", inputData)).toMatchObject({ id, status: "cancelled" });
    expect(await create("cancelRequest", inputData)).toMatchObject({ id, status: "cancelled" });
    const { body } = await stage.alice.api.get(id);
    expect(body.decision_comment).toBe("Changed my mind");
    const approved = await create("createRequest", asked());
    await stage.alice.api.approve(approved.id);
    expect(shownError(await thrownBy(create("cancelRequest", { id: approved.id }))).status).toBe(
      409,
    );
  });
});

describe("Add Comment", () => {
  test("says it once, however often the run is replayed, and others may say the same", async () => {
    const { body: request } = await stage.machine.api.create();
    const inputData = { id: request.id, body: "Which customers does it touch?" };
    const comment = await create("addComment", inputData);
    expect(comment).toMatchObject({ body: inputData.body, user_id: stage.bob.id });
    expect((await create("addComment", inputData)).id).toBe(comment.id);
    await create("addComment", { ...inputData, body: "None" });
    await stage.alice.api.comment(request.id, "Some");
    const own = await create("addComment", { ...inputData, body: "Some" });
    expect(own).toMatchObject({ user_id: stage.bob.id });
    expect((await stage.alice.api.comments(request.id)).body.data).toHaveLength(4);
  });
});

describe("Find Request", () => {
  test("by its id, by an external id, by words; the newest first", async () => {
    const inputData = asked({ title: "Bespoke zebra harness", source_id: "zebra-1" });
    const first = await create("createRequest", inputData);
    const second = await create("createRequest", { ...inputData, description: "A second one" });
    expect((await search({ id: first.id })).map(({ id }) => id)).toEqual([first.id]);
    for (const query of [{ source_id: "zebra-1" }, { search: "zebra harness" }])
      expect((await search(query)).map(({ id }) => id)).toEqual([second.id, first.id]);
    await stage.alice.api.approve(first.id);
    const approved = await search({ source_id: "zebra-1", status: ["approved", "rejected"] });
    expect(approved.map(({ id }) => id)).toEqual([first.id]);
    expect(approved[0]).toMatchObject({ status: "approved", metadata: null });
  });

  test("finds nothing where there is nothing", async () => {
    expect(await search({ id: "01930000-0000-7000-8000-000000000003" })).toEqual([]);
    expect(await search({ source_id: "no-such-id" })).toEqual([]);
    expect(shownError(await thrownBy(search({}))).message).toMatch(/^search: give words/);
  });

  test("Find or Create makes one that is found the next time", async () => {
    const { results: app } = await stage.zapier.run<{ searchOrCreates: Item }>("", {}, {
      command: "definition",
    } as object);
    expect(app.searchOrCreates).toMatchObject({
      findRequest: { search: "findRequest", create: "createRequest" },
    });
    const source_id = "found-or-created";
    expect(await search({ source_id })).toEqual([]);
    const made = await create("createRequest", asked({ source_id }));
    expect((await search({ source_id })).map(({ id }) => id)).toEqual([made.id]);
  });
});

describe("dropdowns", () => {
  test("offer approvers, teams, templates, action types and requests by their names", async () => {
    const team = await stage.organization.addTeam("Operations", [stage.alice]);
    await stage.machine.api.create({ action_type: "deploy.production" });
    expect(await list("listMembersCanApprove")).toContainEqual({
      id: stage.alice.id,
      name: "Alice Approver",
    });
    expect(await list("listTeams")).toContainEqual({ id: team.id, name: "Operations" });
    expect(await list("listActionTypes")).toContainEqual({ id: "deploy.production" });
    expect((await list("listTemplates")).map(({ name }) => name)).toContain("Purchase");
    const [newest] = (await stage.alice.api.list({ page_size: 1 })).body.data;
    expect((await list("listApprovals"))[0]).toEqual({ id: newest?.id, title: newest?.title });
  });

  test("go on to the next page where there is one", async () => {
    expect(await list("listApprovals", { page: 1 })).toEqual([]);
    expect(await list("listTeams", { page: 1 })).toEqual([]);
  });
});

describe("refusals", () => {
  test("name the field and what is wrong with it, and change nothing", async () => {
    const before = await total();
    const wrong: [Item, RegExp][] = [
      [asked({ title: "x".repeat(501) }), /^title/],
      [asked({ priority: "urgent" }), /^priority: /],
      [asked({ required_approvals: 11 }), /^required_approvals: /],
      [asked({ required_approvals: "some" }), /^required_approvals: must be a number/],
      [asked({ is_sequential: "maybe" }), /^is_sequential: must be yes or no/],
      [asked({ metadata: "{" }), /^metadata: must be a JSON object/],
      [asked({ expires_at: "tomorrow" }), /^expires_at: /],
    ];
    for (const [inputData, message] of wrong) {
      const thrown = shownError(await thrownBy(create("createRequest", inputData)));
      expect(thrown).toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
      expect(thrown.message).toMatch(message);
    }
    expect(await total()).toBe(before);
  });

  test("what isn't there, or isn't allowed, is told in the server's words", async () => {
    const id = "01930000-0000-7000-8000-000000000003";
    expect(shownError(await thrownBy(create("cancelRequest", { id })))).toMatchObject({
      code: "NOT_FOUND",
      status: 404,
    });
    const { body } = await stage.bob.api.create({ assigned_approvers: [stage.alice.id] });
    const decide = create("decideRequest", { id: body.id, decision: "approve" });
    expect(shownError(await thrownBy(decide))).toMatchObject({ code: "FORBIDDEN", status: 403 });
  });

  test("an emergency stop halts the Zap", async () => {
    const stop = (active: boolean) =>
      stage.owner.api.call("POST", "/api/v1/emergency-stop", { body: { active, reason: "Fire" } });
    await stop(true);
    try {
      const thrown = await thrownBy(create("createRequest", asked()));
      expect(thrown.name).toBe("HaltedError");
      expect(messageOf(thrown)).toMatch(/emergency stop/i);
    } finally {
      await stop(false);
    }
  });

  test("where calls are limited, Zapier tries again when the server says", async () => {
    const [app] = await stage.services.sql<{ id: string }>(
      "select id from connections where name = 'Zapier'",
    );
    const limit = (rateLimitPerHour: number) =>
      updateConnection(stage.organization.context, must(app).id, { rateLimitPerHour });
    await limit(1);
    try {
      let thrown: Error | undefined;
      const attempt = () =>
        search({ search: "pencils" }).catch((error: unknown) => void (thrown = error as Error));
      await expect.poll(async () => (await attempt(), thrown?.name)).toBe("ThrottledError");
      const { delay } = shownError(must(thrown));
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(3600);
    } finally {
      await limit(10_000);
    }
  });
});

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
