// A misspelt field must not make an approval weaker, or a list longer, than the sender meant.
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { alice, machine, organization, owner, services } = stage;

const requestCount = async () => {
  const [row] = await services.sql<{ n: number }>(
    "select count(*)::int as n from requests where organization_id = $1",
    [organization.id],
  );
  return must(row).n;
};

describe("a field that would make the approval stricter is never dropped", () => {
  test.each<[string, unknown, string | null]>([
    ["requiredApprovals", 2, "required_approvals"],
    ["required_approval", 2, "required_approvals"],
    ["Required_Approvals", 2, "required_approvals"],
    ["approvers", ["a"], "assigned_approvers"],
    ["assigned_approver", ["a"], "assigned_approvers"],
    ["team_id", "a", "assigned_team_id"],
    ["expires_in", 60, "expires_at"],
    ["expiresAt", "2090-01-01T00:00:00Z", "expires_at"],
    ["requireRejectionReason", true, "require_rejection_reason"],
    ["idempotencyKey", "k", "idempotency_key"],
    ["conditions", [{ name: "CI is green", check_type: "manual" }], null],
    ["scheduled_execution_at", "2090-01-01T00:00:00Z", null],
    ["quorum", 3, null],
  ])("%s in a new request is a 400", async (field, value, known) => {
    const before = await requestCount();
    const answer = await machine.api.create({ [field]: value });
    expect(answer.status).toBe(400);
    const [fault] = must(must(must(answer.error).details).fields);
    expect(must(fault).field).toBe(field);
    expect(must(answer.error).message).toBe(must(fault).message);
    expect(must(fault).message).toBe(
      known ? `${field}: unknown field; did you mean ${known}?` : `${field}: unknown field`,
    );
    expect(await requestCount()).toBe(before);
  });

  test("all of several are named, beside what is missing", async () => {
    const { error } = await machine.api.call("POST", "/api/v1/approvals", {
      body: { titel: "Deploy", description: "d", priority: "low", approvers: [], reqired: 1 },
    });
    expect(must(must(must(error).details).fields).map(({ field }) => field)).toEqual([
      "titel",
      "approvers",
      "reqired",
    ]);
  });

  test("in a vote, a step, a batch, a revision and a delegation", async () => {
    const { body } = await machine.api.create();
    const at = `/api/v1/approvals/${body.id}`;
    const later = { scheduled_execution_at: "2090-01-01T00:00:00Z" };
    const step = { approver_id: alice.id };
    const answers = await Promise.all([
      alice.api.call("PATCH", at, { body: { decision: "approve", ...later } }),
      alice.api.call("POST", "/api/v1/approvals/batch", {
        body: { ids: [body.id], decision: "approve", ...later },
      }),
      machine.api.setSteps(body.id, [{ ...step, requiredApprovals: 2 }]),
      machine.api.call("POST", `${at}/steps`, { body: { steps: [step], is_sequential: true } }),
      machine.api.revise(body.id, { title: "Other", required_approvals: 3 }),
      alice.api.delegate(body.id, { to_user_id: stage.bob.id, until: "2090-01-01T00:00:00Z" }),
    ]);
    expect(
      answers.map(({ status, error }) => [status, error?.details?.fields?.[0]?.field]),
    ).toEqual([
      [400, "scheduled_execution_at"],
      [400, "scheduled_execution_at"],
      [400, "steps.0.requiredApprovals"],
      [400, "is_sequential"],
      [400, "required_approvals"],
      [400, "until"],
    ]);
    expect(must(answers[2].error).message).toMatch(/did you mean required_approvals\?$/);
    expect((await machine.api.get(body.id)).body).toMatchObject({
      status: "pending",
      current_approvals: 0,
    });
  });

  test("in what limits a connection, a template, a subscription and the emergency stop", async () => {
    const connection = await organization.addConnection({ name: "to be limited" });
    const post = (path: string, body: unknown) => owner.api.call("POST", path, { body });
    const answers = await Promise.all([
      post("/api/v1/connections", { name: "c", maxPriority: "low" }),
      owner.api.call("PATCH", `/api/v1/connections/${connection.id}`, {
        body: { active: false },
      }),
      post(`/api/v1/connections/${connection.id}/rotate`, { grace: 0 }),
      // This operation takes no body.
      post(`/api/v1/connections/${connection.id}/rotate-webhook-secret`, { grace_minutes: 0 }),
      post("/api/v1/templates", { name: "t", defaults: { requiredApprovals: 2 } }),
      post("/api/v1/subscriptions", {
        target_url: "https://example.com/hook",
        event_types: ["approval.created"],
        filters: { priority: ["low"] },
      }),
      post("/api/v1/emergency-stop", { active: false, activate: true }),
      owner.api.call("PATCH", "/api/v1/org", { body: { fourEyes: true } }),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.message])).toEqual([
      [400, "maxPriority: unknown field; did you mean max_priority?"],
      [400, "active: unknown field; did you mean is_active?"],
      [400, "grace: unknown field; did you mean grace_minutes?"],
      [400, "grace_minutes: unknown field"],
      [400, "defaults.requiredApprovals: unknown field; did you mean required_approvals?"],
      [400, "filters: unknown field; did you mean filter?"],
      [400, "activate: unknown field; did you mean active?"],
      [400, "fourEyes: unknown field; did you mean four_eyes?"],
    ]);
  });
});

describe("on every surface, in its own form", () => {
  test("requests names it by field", async () => {
    const answer = await machine.api.call("POST", "/api/v1/requests", {
      body: { payload: { any: "thing" }, expiresAt: "2090-01-01T00:00:00Z" },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: { expiresAt: ["unknown field; did you mean expires_at?"] } },
    });
  });

  test("runs: of a flow's steps, a run and a review", async () => {
    const base = `/organizations/${organization.id}/approvals`;
    const step = { type: "any", reviewers: [{ type: "user", id: alice.id }] };
    const flow = {
      name: "Prices",
      description: "d",
      objectType: "price",
      objectAction: "update",
      steps: [step],
    };
    const call = (path: string, body: unknown) =>
      machine.api.call<{ id: string; message: string }>("POST", `${base}${path}`, { body });
    const made = await call("", flow);
    expect(made.status).toBe(201);
    const runs = `/${made.body.id}/runs`;
    const run = await call(runs, {});
    expect(run.status).toBe(201);
    const answers = await Promise.all([
      call("", { ...flow, steps: [{ ...step, requiredApprovals: 2 }] }),
      call("", { ...flow, steps: [{ ...step, reviewers: [{ ...step.reviewers[0], role: "x" }] }] }),
      call(runs, { object: {}, expires_at: "2090-01-01T00:00:00Z" }),
      call(runs, { object: {}, idempotency_key: "k" }),
      call(`${runs}/${run.body.id}/results`, { result: "approved", comments: "no" }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [400, "steps.0.requiredApprovals: unknown field"],
      [400, "steps.0.reviewers.0.role: unknown field"],
      [400, "expires_at: unknown field; did you mean expiresAt?"],
      [400, "idempotency_key: unknown field; did you mean idempotencyKey?"],
      [400, "comments: unknown field; did you mean comment?"],
    ]);
  });

  test("changes: of a proposal and its stages, at both of its addresses", async () => {
    const change = { entityType: "offer", entityId: "o1", entityName: "O", action: "create" };
    const propose = (body: unknown, path = "/changes/api/v1/approvals", headers = {}) =>
      machine.api.call("POST", path, { body, headers });
    const stages = [{ stageName: "s", requiredRole: "admin", requiredApprovals: 2 }];
    const answers = await Promise.all([
      propose({ ...change, stages }),
      propose({ ...change, stage: stages }),
      propose({ ...change, callback_url: "https://example.com" }, "/api/v1/approvals", {
        "X-Tenant-Id": organization.id,
      }),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.message])).toEqual([
      [400, "stages.0.requiredApprovals: unknown field"],
      [400, "stage: unknown field; did you mean stages?"],
      [400, "callback_url: unknown field; did you mean callbackUrl?"],
    ]);
  });

  test("goals: of an objective and its key results", async () => {
    const body = { title: "O", key_results: [{ title: "K", target: 1, needsApproval: true }] };
    expect(await owner.api.call("POST", "/api/v1/okrs", { body })).toMatchObject({
      status: 400,
      body: {
        error: "bad_request",
        message: "key_results.0.needsApproval: unknown field; did you mean needs_approval?",
      },
    });
  });
});

describe("a filter that is misspelt doesn't list everything", () => {
  test.each([
    ["/api/v1/approvals?state=pending", "state: unknown parameter; did you mean status?"],
    ["/api/v1/approvals?Status=pending", "Status: unknown parameter; did you mean status?"],
    ["/api/v1/approvals?sourceId=x", "sourceId: unknown parameter; did you mean source_id?"],
    ["/api/v1/approvals?status[]=pending", "status[]: unknown parameter; did you mean status?"],
    ["/api/v1/webhooks?connectionid=x", "connectionid: unknown parameter"],
    ["/api/v1/events?type=approval.created", "type: unknown parameter; did you mean types?"],
    ["/api/v1/teams?search=ops", "search: unknown parameter"],
    ["/api/v1/activity?actor=x", "actor: unknown parameter; did you mean actor_id?"],
    ["/changes/api/v1/approvals?state=pending", /did you mean status\?$/],
    ["/changes/api/v1/audit-logs?entity_id=1", /did you mean entityId\?$/],
    ["/api/v1/okrs?cycle=x", "cycle: unknown parameter; did you mean cycle_id?"],
    ["/api/v1/requests?externalId=x", "externalId: unknown parameter; did you mean external_id?"],
    ["/organizations/ORG/approvals?object_type=x", /did you mean objectType\?$/],
    ["/api/v1/openapi?format=yaml", "format: unknown parameter"],
  ])("%s is a 400", async (path, message) => {
    const answer = await owner.api.call<Record<string, unknown>>(
      "GET",
      path.replace("ORG", organization.id),
    );
    const { body } = answer;
    expect(answer.status).toBe(400);
    const reported = answer.error?.message ?? body.message ?? body.error;
    expect(reported).toEqual(
      typeof message === "string" ? message : (expect.stringMatching(message) as string),
    );
  });

  test("a field of the body that stands in the query is a 400", async () => {
    const answer = await machine.api.call("POST", "/api/v1/approvals?required_approvals=2", {
      body: { title: "t", description: "d", priority: "low" },
    });
    expect([answer.status, answer.error?.message]).toEqual([
      400,
      "required_approvals: unknown parameter; it belongs into the body",
    ]);
  });

  test("a reason for a cancellation that stands in the body is a 400, and the request stays", async () => {
    const { body } = await machine.api.create();
    const answer = await machine.api.call("DELETE", `/api/v1/approvals/${body.id}`, {
      body: { reason: "wrong account" },
    });
    expect([answer.status, answer.error?.message]).toEqual([
      400,
      "reason: unknown field; it belongs into the query",
    ]);
    expect((await machine.api.get(body.id)).body.status).toBe("pending");
  });
});

describe("harmless fields of published clients are taken, and said to have no effect", () => {
  const warningOf = (body: unknown) =>
    (body as { warnings?: { field: string; message: string }[] }).warnings?.map(
      ({ field }) => field,
    );

  test("a comment's source", async () => {
    const { body } = await machine.api.create();
    const answer = await machine.api.call("POST", `/api/v1/approvals/${body.id}/comments`, {
      body: { body: "Running", source: "n8n" },
    });
    expect(answer).toMatchObject({ status: 201, body: { body: "Running" } });
    expect(warningOf(answer.body)).toEqual(["source"]);
  });

  test("the channels that a request's notifications would go to", async () => {
    const answer = await machine.api.create({ notify_channel_ids: ["c"] });
    expect(answer.status).toBe(201);
    expect(warningOf(answer.body)).toEqual(["notify_channel_ids"]);
  });

  test("a list's order, as far as it is the list's own", async () => {
    const answer = await machine.api.list({ sort: "created_at", order: "desc" });
    expect(answer.status).toBe(200);
    expect(warningOf(answer.body)).toEqual(["sort", "order"]);
  });

  test("limit is page_size by another name; two different ones are a 400", async () => {
    await machine.api.create();
    await machine.api.create();
    expect((await machine.api.list({ limit: 1 })).body).toMatchObject({
      page_size: 1,
      data: [expect.anything()],
    });
    expect((await machine.api.list({ limit: 1, page_size: 1 })).status).toBe(200);
    expect((await machine.api.list({ limit: 1, page_size: 2 })).status).toBe(400);
    expect((await machine.api.list({ limit: 101 })).status).toBe(400);
  });

  test("without them there is no warning", async () => {
    expect(warningOf((await machine.api.create()).body)).toBeUndefined();
    expect(warningOf((await machine.api.list()).body)).toBeUndefined();
  });
});

test("what is free stays free: metadata, payloads, callback headers, objects and entities", async () => {
  const free = { requiredApprovals: 2, conditions: [{ a: 1 }], "": 1, __proto__x: { steps: [] } };
  const created = await machine.api.create({
    metadata: free,
    callback_url: "https://example.com/hook",
    callback_headers: { requiredApprovals: "2" },
  });
  expect(created).toMatchObject({ status: 201, body: { metadata: free } });
  const requested = await machine.api.call("POST", "/api/v1/requests", { body: { payload: free } });
  expect(requested).toMatchObject({ status: 201, body: { payload: free } });
  const base = `/organizations/${organization.id}/approvals/${organization.id}/runs`;
  const run = await machine.api.call("POST", base, {
    body: { object: { object: free }, previousObject: { conditions: 1 } },
  });
  expect(run).toMatchObject({ status: 201, body: { object: { object: { object: free } } } });
  const put = await owner.api.call("PUT", "/changes/api/v1/entities/offer/free", {
    body: { entityName: "Offer", body: free },
  });
  expect(put).toMatchObject({ status: 200, body: { body: free } });
});
