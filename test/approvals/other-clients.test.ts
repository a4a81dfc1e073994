// What clients written by others read in answers, and the settings that make a connection fit them.
import { randomUUID } from "node:crypto";
import { shareStage, until } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, machine, alice, bob, owner, services } = stage;
const approvals = "/api/v1/approvals";

describe("the answer to a decision", () => {
  const decide = async (query: Record<string, string>) => {
    const { body } = await machine.api.create();
    return alice.api.call<Record<string, unknown>>("PATCH", `${approvals}/${body.id}`, {
      body: { decision: "approve", comment: "Go" },
      query,
    });
  };

  test("is the short object of the document", async () => {
    const { body } = await decide({});
    expect(body).toMatchObject({ status: "approved", decided_by: alice.id });
    expect(body).not.toHaveProperty("title");
    expect(Object.keys((await decide({ full: "" })).body)).toEqual(Object.keys(body));
  });

  test.each(["true", "True"])("with full=%s is the whole request", async (full) => {
    const { body } = await decide({ full });
    const read = await machine.api.get(String(body.id));
    expect({ ...body, updated_at: null }).toEqual({ ...read.body, updated_at: null });
    expect(body).toMatchObject({ title: "Deploy v2", decision_comment: "Go" });
  });
});

test("a comment names its request in both words", async () => {
  const { body } = await machine.api.create();
  const { body: comment } = await machine.api.comment(body.id, "Look");
  expect(comment).toMatchObject({ approval_request_id: body.id, request_id: body.id });
  expect((await machine.api.comments(body.id)).body.data[0]?.request_id).toBe(body.id);
});

test("who asked is told by one name", async () => {
  expect((await machine.api.create()).body.requested_by_name).toBe("machine");
  expect((await alice.api.create()).body.requested_by_name).toBe(alice.name);
});

describe("after an automatic action", () => {
  test.each([
    ["approve", "approved", true],
    ["reject", "rejected", false],
  ] as const)("%s: the answer says so", async (action, status, approved) => {
    const rule =
      action === "approve"
        ? await organization.approvingItself(1)
        : { auto_action: "reject", auto_action_after_minutes: 1 };
    const { body } = await machine.api.create(rule);
    expect(body).toMatchObject({ auto_approved: false, decision_source: null });
    await services.sql(
      "update requests set auto_action_at = now() - interval '1 s' where id = $1",
      [body.id],
    );
    await until(
      async () => (await machine.api.get(body.id)).body.status === status,
      "the automatic action has happened",
    );
    const read = await machine.api.get(body.id);
    expect(read.body).toMatchObject({ auto_approved: approved, decision_source: "auto_rule" });
  });

  test("a person's decision keeps its own source", async () => {
    const { body } = await machine.api.create();
    await alice.api.decide(body.id, { decision: "approve", source: "slack" });
    expect((await machine.api.get(body.id)).body).toMatchObject({
      auto_approved: false,
      decision_source: "slack",
    });
  });
});

describe("an idempotency key that was used with another body", () => {
  const askTwice = async (headers: Record<string, string>) => {
    const idempotency_key = randomUUID();
    const first = await machine.api.create({ idempotency_key });
    const second = await machine.api.call<Record<string, unknown>>("POST", approvals, {
      body: { title: "Other", description: "d", priority: "low", idempotency_key },
      headers,
    });
    return { first: first.body, second };
  };

  test("is a 409 that leads to the first request", async () => {
    const { first, second } = await askTwice({});
    expect(second).toMatchObject({
      status: 409,
      error: {
        code: "CONFLICT",
        message: expect.stringContaining(first.id) as string,
        details: { field: "idempotency_key", id: first.id, url: first.url },
      },
    });
  });

  test("with Idempotency-Conflict: return-first is that request, and the answer says so", async () => {
    const { first, second } = await askTwice({ "Idempotency-Conflict": "return-first" });
    expect(second).toMatchObject({
      status: 200,
      body: { id: first.id, title: "Deploy v2", warnings: [{ field: "idempotency_key" }] },
    });
    expect((await machine.api.list({ search: "Other" })).body.total).toBe(0);
  });

  test("the header takes no other word", async () => {
    const { second } = await askTwice({ "Idempotency-Conflict": "ignore" });
    expect(second).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "Idempotency-Conflict" }] } },
    });
  });

  test("the header brings nobody another asker's request", async () => {
    const idempotency_key = randomUUID();
    const { body } = await machine.api.create({ idempotency_key });
    const other = await alice.api.call<{ id: string }>("POST", approvals, {
      body: { title: "Other", description: "d", priority: "low", idempotency_key },
      headers: { "Idempotency-Conflict": "return-first" },
    });
    expect([other.status, other.body.id === body.id]).toEqual([201, false]);
  });
});

describe("assigned_approvers", () => {
  const both = { assigned_approvers: [alice.id, bob.id] };

  test("one of them is enough, and the answer says so", async () => {
    const { body } = await machine.api.create(both);
    expect(body.required_approvals).toBe(1);
    expect((await alice.api.approve(body.id)).body.status).toBe("approved");
  });

  test("through a connection that is set to all each of them must agree", async () => {
    const made = await organization.addConnection();
    const path = `/api/v1/connections/${made.id}`;
    const set = await owner.api.call("PATCH", path, { body: { approvers_needed: "all" } });
    expect(set).toMatchObject({ status: 200, body: { approvers_needed: "all" } });
    await until(
      async () => (await made.api.create(both)).body.required_approvals === 2,
      "the server has read the setting",
    );
    const { body } = await made.api.create(both);
    expect((await alice.api.approve(body.id)).body.status).toBe("pending");
    expect((await bob.api.approve(body.id)).body.status).toBe("approved");
    const own = await made.api.create({ ...both, required_approvals: 1 });
    expect(own.body.required_approvals).toBe(1);
    expect((await made.api.create()).body.required_approvals).toBe(1);
    expect(
      (await owner.api.call("PATCH", path, { body: { approvers_needed: "some" } })).status,
    ).toBe(400);
  });
});

describe("defaults of a connection", () => {
  test("any connection can have a title, a description and a priority for requests that bring none", async () => {
    const made = await owner.api.call<{ api_key: string; default_title: string }>(
      "POST",
      "/api/v1/connections",
      {
        body: {
          name: "Form",
          default_title: "Something to decide",
          default_description: "From the form",
          default_priority: "low",
        },
      },
    );
    expect(made).toMatchObject({ status: 201, body: { default_title: "Something to decide" } });
    const asked = await machine.api.call("POST", approvals, {
      body: {},
      headers: { Authorization: `Bearer ${made.body.api_key}` },
    });
    expect(asked).toMatchObject({
      status: 201,
      body: {
        ...{ title: "Something to decide", description: "From the form", priority: "low" },
        ...{ status: "pending", auto_action: null, is_log: false },
      },
    });
  });

  test.each(["n8n", "zapier", "make"])(
    "a key made for %s has a title as well, and 1,000 calls an hour; nothing of it decides",
    async (preset) => {
      const made = await owner.api.call<Record<string, unknown>>("POST", "/api/v1/connections", {
        body: { name: preset, preset },
      });
      expect(made.body).toMatchObject({
        ...{ rate_limit_per_hour: 1000, default_title: "Approval request" },
        ...{ can_decide: false, can_decide_own: false, approvers_needed: "one" },
      });
      const plain = await owner.api.call("POST", "/api/v1/connections", {
        body: { name: "Plain" },
      });
      expect(plain.body).toMatchObject({ rate_limit_per_hour: 100, default_title: null });
    },
  );
});

describe("steps that come with the request", () => {
  const steps = [
    { name: "First", approver_id: alice.id },
    { name: "Second", assigned_user_ids: [bob.id] },
  ];

  test("are its steps, in order where it is sequential", async () => {
    const { body, status } = await machine.api.create({ steps, is_sequential: true });
    expect([status, body.required_approvals]).toEqual([201, 2]);
    const listed = (await machine.api.steps(body.id)).body.data;
    expect(listed.map((step) => [step.name, step.step_order, step.status])).toEqual([
      ["First", 1, "pending"],
      ["Second", 2, "waiting"],
    ]);
    expect((await bob.api.approve(body.id)).status).toBe(409);
    expect((await alice.api.approve(body.id)).body.status).toBe("pending");
    expect((await bob.api.approve(body.id)).body.status).toBe("approved");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["people beside them", { assigned_approvers: [alice.id] }, "steps"],
    ["a quorum beside them", { required_approvals: 1 }, "steps"],
    ["a log entry", { is_log: true }, "steps"],
    ["an unknown person", { steps: [{ approver_id: organization.id }] }, "steps.0"],
    [
      "a quorum out of reach",
      { steps: [{ ...steps[0], required_approvals: 2 }] },
      "steps.0.required_approvals",
    ],
    ["none", { steps: [] }, "steps"],
  ])("%s is refused by name", async (_, more, field) => {
    const answer = await machine.api.create({ steps, ...more });
    expect([answer.status, answer.error?.details?.fields?.[0]?.field]).toEqual([400, field]);
  });

  test("can't be given to a request that approves itself, neither by a template nor by its asker", async () => {
    const rule = await organization.approvingItself(1);
    const refused = { status: 403, error: { details: { reason: "automatic_approval" } } };
    expect(await machine.api.create({ ...rule, steps: [{ name: "Anybody" }] })).toMatchObject(
      refused,
    );
    expect(
      await owner.api.create({
        ...{ auto_action: "approve", auto_action_after_minutes: 1 },
        steps: [{ name: "Anybody" }],
      }),
    ).toMatchObject(refused);
  });
});
