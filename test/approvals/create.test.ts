import { createTemplate, deleteTemplate } from "@sayso/core";
import { createOrganization, shareStage, type Answer, letExpire, HANG_MS } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, machine, alice, bob, services } = stage;
const team = await organization.addTeam("Operations", [alice, bob]);
const someId = "01234567-89ab-7def-8123-456789abcdef";

/** Returns the fields that a 400 names. */
const faultyFields = (answer: Answer) => answer.error?.details?.fields?.map((fault) => fault.field);
const x = (length: number) => "x".repeat(length);
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe("required fields", () => {
  test.each(["title", "description", "priority"])(
    "without %s it is refused by name",
    async (field) => {
      const answer = await machine.api.create({ [field]: undefined });
      expect(answer).toMatchObject({
        status: 400,
        error: { code: "VALIDATION_ERROR", message: `${field} is required` },
      });
      expect(faultyFields(answer)).toEqual([field]);
    },
  );

  test("all that are missing are named at once", async () => {
    const answer = await machine.api.call("POST", "/api/v1/approvals", { body: {} });
    expect(faultyFields(answer)?.sort()).toEqual(["description", "priority", "title"]);
  });

  test("no body at all, an array, a string and null are each a 400", async () => {
    for (const rawBody of [undefined, "", "[]", '"text"', "null", "7"]) {
      const answer = await machine.api.call("POST", "/api/v1/approvals", {
        rawBody,
        headers: { "Content-Type": "application/json" },
      });
      expect([rawBody, answer.status, answer.error?.code]).toEqual([
        rawBody,
        400,
        "VALIDATION_ERROR",
      ]);
    }
  });
});

describe("limits", () => {
  test.each<[string, unknown, unknown]>([
    ["title", x(500), x(501)],
    ["title", "x", ""],
    ["title", "x", "   "],
    ["title", "x", 7],
    ["title", "x", null],
    ["description", x(5000), x(5001)],
    ["description", "", 7],
    ["priority", "critical", "urgent"],
    ["action_type", x(200), x(201)],
    ["source", x(200), x(201)],
    ["source_id", x(500), x(501)],
    ["source_name", x(500), x(501)],
    ["source_url", `https://example.com/${x(2028)}`, `https://example.com/${x(2029)}`],
    ["source_url", "https://example.com", "javascript:alert(1)"],
    ["callback_url", `http://127.0.0.1/${x(2031)}`, `http://127.0.0.1/${x(2032)}`],
    ["callback_url", "https://example.com/hook", "ftp://example.com/hook"],
    ["callback_url", "https://example.com/hook", "not an address"],
    ["callback_url", "https://example.com:65535/hook", "https://example.com:65536/hook"],
    ["source_url", "https://example.com/", "https://"],
    ["callback_url", "https://example.com/hook", "https://user:secret@example.com/hook"],
    ["context_html", x(50_000), x(50_001)],
    ["required_approvals", 1, 0],
    ["required_approvals", 10, 11],
    ["required_approvals", 2, 1.5],
    ["required_approvals", 2, "2"],
    ["is_sequential", true, "true"],
    ["require_rejection_reason", true, 1],
    ["is_log", true, "yes"],
    ["idempotency_key", x(255), x(256)],
    ["idempotency_key", "x", "   "],
    ["assigned_approvers", [alice.id], []],
    ["assigned_approvers", [alice.id, bob.id], [alice.id, alice.id]],
    ["assigned_approvers", [alice.id], ["no-id"]],
    ["assigned_approvers", [alice.id], [someId]],
    ["assigned_team_id", team.id, someId],
    ["template_id", undefined, someId],
    ["metadata", { any: ["thing", { deep: null }] }, "text"],
    ["metadata", {}, ["list"]],
  ])(
    "%s: the last value that is right is taken, the first that is wrong is a 400 that names it (case %#)",
    async (field, right, wrong) => {
      const accepted = await machine.api.create({ [field]: right });
      expect([accepted.status, accepted.error]).toEqual([201, undefined]);
      const refused = await machine.api.create({ [field]: wrong });
      expect(refused).toMatchObject({ status: 400, error: { code: "VALIDATION_ERROR" } });
      expect(faultyFields(refused)?.[0]?.split(".")[0]).toBe(field);
    },
  );

  test("eleven assigned approvers are one too many, ten are not", async () => {
    const people = await Promise.all(Array.from({ length: 11 }, () => organization.addPerson()));
    const ids = people.map((person) => person.id);
    expect(await machine.api.create({ assigned_approvers: ids.slice(0, 10) })).toMatchObject({
      status: 201,
    });
    expect(faultyFields(await machine.api.create({ assigned_approvers: ids }))).toEqual([
      "assigned_approvers",
    ]);
  });

  test("auto_action and auto_action_after_minutes belong together, from 1 to 43,200 minutes", async () => {
    const create = (action: unknown, minutes: unknown) =>
      machine.api.create({ auto_action: action, auto_action_after_minutes: minutes });
    const right = await Promise.all([create("reject", 1), create("reject", 43_200)]);
    expect(right.map((a) => a.status)).toEqual([201, 201]);
    const wrong = await Promise.all([
      create("approve", undefined),
      create(undefined, 5),
      create("approve", 0),
      create("reject", 43_201),
      create("cancel", 5),
    ]);
    expect(wrong.map((a) => a.status)).toEqual([400, 400, 400, 400, 400]);
  });

  test("at most 20 callback headers are taken", async () => {
    const headers = (n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`X-Header-${i}`, "v"]));
    expect(await machine.api.create({ callback_headers: headers(20) })).toMatchObject({
      status: 201,
    });
    expect(await machine.api.create({ callback_headers: headers(21) })).toMatchObject({
      status: 400,
    });
  });
});

describe("what a request is when nothing else is said", () => {
  test("one approval, in any order, undecided, without a deadline", async () => {
    const { body } = await machine.api.create();
    expect(body).toMatchObject({
      org_id: organization.id,
      connection_id: machine.id,
      connection_name: "machine",
      created_by: null,
      status: "pending",
      required_approvals: 1,
      current_approvals: 0,
      is_sequential: false,
      require_rejection_reason: false,
      is_log: false,
      callback_delivered: false,
      comments_count: 0,
      expires_at: null,
      auto_action: null,
      auto_action_at: null,
      decided_at: null,
      decided_by: null,
      cancelled_at: null,
      assigned_approvers: null,
      assigned_team_id: null,
      metadata: null,
    });
    expect(body.url).toBe(`${stage.server.url}/requests/${body.id}`);
  });

  test("reading it back gives exactly what creating it answered", async () => {
    const { body } = await machine.api.create({
      callback_url: "http://127.0.0.1/hook",
      action_type: "deploy",
      metadata: { b: 1, a: { c: [1.5, "ü", null, true] } },
      expires_at: "2090-01-01T12:00:00+02:00",
      required_approvals: 2,
      assigned_approvers: [alice.id, bob.id],
      source: "ci",
      source_id: "run-1",
      source_name: "Nightly",
      source_url: "https://ci.example.com/1",
      context_html: "<p>Hello</p>",
      require_rejection_reason: true,
      auto_action: "reject",
      auto_action_after_minutes: 60,
      idempotency_key: "read-back",
    });
    expect(body.expires_at).toBe("2090-01-01T10:00:00.000Z");
    expect((await machine.api.get(body.id)).body).toEqual(body);
  });

  test("a person's request names them, and no connection", async () => {
    const { body } = await alice.api.create();
    expect(body).toMatchObject({ created_by: alice.id, connection_id: null });
    expect((await alice.api.get(body.id)).body).toMatchObject({
      created_by: alice.id,
      created_by_name: alice.name,
    });
    expect(body.created_by_name).toBe(alice.name);
  });

  test("an activity-log entry asks nothing: it is approved from the start and can't be decided", async () => {
    const { body } = await machine.api.create({ is_log: true });
    expect(body).toMatchObject({ status: "approved", is_log: true, decided_by: null });
    expect(await alice.api.reject(body.id)).toMatchObject({ status: 409 });
  });
});

describe("quorums", () => {
  test("more approvals than named people can give are refused", async () => {
    const answer = await machine.api.create({
      assigned_approvers: [alice.id],
      required_approvals: 2,
    });
    expect(faultyFields(answer)).toEqual(["required_approvals"]);
  });

  test("more approvals than the organization has approvers are allowed with a warning", async () => {
    const small = await createOrganization(services, stage.server);
    const { api } = await small.addConnection();
    const answer = await api.create({ required_approvals: 2 });
    expect(answer).toMatchObject({
      status: 201,
      body: { warnings: [{ field: "required_approvals" }] },
    });
    expect((await api.create({ required_approvals: 1 })).body.warnings).toBeUndefined();
  });

  test("named approvers in sequence become one step each, in the order given", async () => {
    const { body } = await machine.api.create({
      is_sequential: true,
      assigned_approvers: [bob.id, alice.id],
    });
    expect(body.required_approvals).toBe(2);
    const steps = await machine.api.steps(body.id);
    expect(steps.body.data).toMatchObject([
      { step_order: 1, approver_id: bob.id, status: "pending" },
      { step_order: 2, approver_id: alice.id, status: "waiting" },
    ]);
  });
});

describe("what fills in for missing fields", () => {
  test("a template fills what the caller leaves out, and nothing else", async () => {
    const template = await createTemplate(organization.context, {
      name: "Deployment",
      defaults: {
        title: "A deployment",
        description: "By template",
        priority: "critical",
        actionType: "deploy",
        requiredApprovals: 2,
        assignedTeamId: team.id,
        requireRejectionReason: true,
        expiresAfterMinutes: 90,
      },
    });
    const bare = await machine.api.call<Record<string, unknown>>("POST", "/api/v1/approvals", {
      body: { template_id: template.id },
    });
    expect(bare).toMatchObject({
      status: 201,
      body: {
        title: "A deployment",
        description: "By template",
        priority: "critical",
        action_type: "deploy",
        required_approvals: 2,
        assigned_team_id: team.id,
        require_rejection_reason: true,
        template_id: template.id,
      },
    });
    const lifetimeMs =
      Date.parse(String(bare.body.expires_at)) - Date.parse(String(bare.body.created_at));
    expect(Math.abs(lifetimeMs - 90 * 60_000)).toBeLessThan(HANG_MS);

    const own = await machine.api.create({
      template_id: template.id,
      title: "Mine",
      required_approvals: 1,
    });
    expect(own.body).toMatchObject({
      title: "Mine",
      priority: "high",
      required_approvals: 1,
      action_type: "deploy",
    });
  });

  test("a connection's own defaults fill description and priority", async () => {
    const { api } = await organization.addConnection({
      defaultPriority: "low",
      defaultDescription: "From the connection",
    });
    const answer = await api.create({ description: undefined, priority: undefined });
    expect(answer).toMatchObject({
      status: 201,
      body: { priority: "low", description: "From the connection" },
    });
    expect(await api.create({ title: undefined })).toMatchObject({ status: 400 });
  });

  test.each(["n8n", "zapier", "make"] as const)(
    "a connection made from the %s preset takes what that platform's client leaves out",
    async (preset) => {
      const { api } = await organization.addConnection({ preset });
      expect(await api.create({ description: undefined, priority: undefined })).toMatchObject({
        status: 201,
        body: { priority: "medium" },
      });
    },
  );

  test("a template comes before the connection's defaults", async () => {
    const { api } = await organization.addConnection({ preset: "n8n" });
    const template = await createTemplate(organization.context, {
      name: "Low",
      defaults: { priority: "low" },
    });
    expect(await api.create({ priority: undefined, template_id: template.id })).toMatchObject({
      body: { priority: "low" },
    });
  });
});

describe("a connection's limits", () => {
  test("action types that it may not ask for are a 403, and none is one as well", async () => {
    const { api } = await organization.addConnection({
      allowedActionTypes: ["deploy", "rollback"],
    });
    const statuses = await Promise.all(
      ["deploy", "rollback", "delete", undefined].map(
        async (t) => (await api.create({ action_type: t })).status,
      ),
    );
    expect(statuses).toEqual([201, 201, 403, 403]);
  });

  test("priorities above its highest are a 403", async () => {
    const { api } = await organization.addConnection({ maxPriority: "medium" });
    const statuses = await Promise.all(
      ["low", "medium", "high", "critical"].map(
        async (p) => (await api.create({ priority: p })).status,
      ),
    );
    expect(statuses).toEqual([201, 201, 403, 403]);
  });

  test("what a template fills in counts against them, too", async () => {
    const template = await createTemplate(organization.context, {
      name: "Critical",
      defaults: { priority: "critical" },
    });
    const { api } = await organization.addConnection({ maxPriority: "low" });
    expect(await api.create({ priority: undefined, template_id: template.id })).toMatchObject({
      status: 403,
    });
  });
});

describe("context_html", () => {
  test("what could run or load is gone, what informs stays", async () => {
    const { body } = await machine.api.create({
      context_html:
        '<h2 onclick="x()">Plan</h2><script>alert(1)</script><a href="javascript:x()">a</a><a href="https://example.com">b</a>' +
        '<img src="https://track.example.com/pixel.png"><img src="data:image/png;base64,AA==" onerror="x()"><iframe src="//e.com"></iframe>' +
        '<form action="/x"><input></form><style>*{}</style><svg><use href="#x"/></svg><table><tr><td>cell</td></tr></table>',
    });
    const html = body.context_html ?? "";
    expect(html).toContain("<h2>Plan</h2>");
    expect(html).toContain("<td>cell</td>");
    expect(html).toContain('href="https://example.com"');
    expect(html).toContain('src="data:image/png');
    expect(html).not.toMatch(
      /script|onclick|onerror|javascript|iframe|<form|<input|<style|<svg|track\.example/,
    );
    expect((await machine.api.get(body.id)).body.context_html).toBe(html);
  });
});

describe("idempotency", () => {
  test("the same body in another order and spelling is the same body", async () => {
    const expires_at = inAnHour();
    const first = await machine.api.create({
      idempotency_key: "spelling",
      metadata: { a: 1, b: [1, 2] },
      expires_at,
    });
    const again = await machine.api.call<{ id: string }>("POST", "/api/v1/approvals", {
      rawBody: `{"metadata" : {"b":[1,2.0],"a":1e0}, "idempotency_key":"spelling", "expires_at":"${expires_at}",\n "priority":"high", "description":"To produc\\u0074ion","title":"Deploy v2"}`,
      headers: { "Content-Type": "application/json" },
    });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
  });

  test("the second answer is the request as it is now, decided or not", async () => {
    const { body } = await machine.api.create({ idempotency_key: "decided meanwhile" });
    await alice.api.approve(body.id);
    const again = await machine.api.create({ idempotency_key: "decided meanwhile" });
    expect(again).toMatchObject({ status: 200, body: { id: body.id, status: "approved" } });
    expect((await machine.api.list({ search: "unlikely" })).body.total).toBe(0);
  });

  test("another body under the same key is a 409, and the first request stays as it was", async () => {
    const { body } = await machine.api.create({ idempotency_key: "other body" });
    const refused = await machine.api.create({ idempotency_key: "other body", title: "Another" });
    expect(refused).toMatchObject({ status: 409, error: { code: "CONFLICT" } });
    expect((await machine.api.get(body.id)).body).toEqual(body);
  });

  test("a retry gives the first request also after its deadline", async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const first = await machine.api.create({ expires_at, idempotency_key: "late" });
    await letExpire(services, first.body.id);
    expect(await machine.api.create({ expires_at, idempotency_key: "late" })).toMatchObject({
      status: 200,
      body: { id: first.body.id },
    });
  });

  test("a retry gives the first request also when its template is gone", async () => {
    const template = await createTemplate(organization.context, { name: "Short-lived" });
    const body = { template_id: template.id, idempotency_key: "its template is gone" };
    const first = await machine.api.create(body);
    await deleteTemplate(organization.context, template.id);
    expect(await machine.api.create(body)).toMatchObject({
      status: 200,
      body: { id: first.body.id },
    });
  });

  test("a retry gives the first request also when its approver may not approve any more", async () => {
    const approver = await organization.addPerson();
    const body = { assigned_approvers: [approver.id], idempotency_key: "its approver is gone" };
    const first = await machine.api.create(body);
    await services.sql("update memberships set can_approve = false where person_id = $1", [
      approver.id,
    ]);
    expect(await machine.api.create(body)).toMatchObject({
      status: 200,
      body: { id: first.body.id },
    });
  });

  test("forty at once with one key make one request: one 201, all others 200 with its id", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => machine.api.create({ idempotency_key: "at once" })),
    );
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(39);
    expect(new Set(answers.map((a) => a.body.id)).size).toBe(1);
    const [row] = await services.sql<{ n: number }>(
      "select count(*)::int as n from requests where idempotency_key = 'at once' and organization_id = $1",
      [organization.id],
    );
    expect(row?.n).toBe(1);
  });
});
