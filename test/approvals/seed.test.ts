// The examples of the documentation of the approvals API that Sayso imitates, as data of our own: the fields, shapes
// and values are the same, the free text is ours. `node test/seed-replay.ts --seed FILE` replays the document itself.
import { createHmac } from "node:crypto";
import { must } from "@sayso/must";
import { shareStage, startReceiver } from "@sayso/testkit";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDifferences } from "./resemblance.ts";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));

const { owner, alice, organization } = stage;
/** May decide, as the first key on a localhost address may. */
const client = await organization.addConnection({
  name: "first key",
  canDecide: true,
  canDecideOwn: true,
});
const { call } = client.api;
const approvals = "/api/v1/approvals";

const inADay = new Date(Date.now() + 86_400_000).toISOString();
const askedFor = {
  title: "Delete user account #4821",
  description: "The user asked support for it",
  priority: "high",
  action_type: "user.delete",
  callback_url: `${receiver.url}/webhooks/okrunit`,
  callback_headers: { "X-Custom-Token": "your-secret" },
  metadata: { user_id: "4821", ticket_id: "SUP-1234" },
  expires_at: inADay,
  required_approvals: 2,
  is_sequential: false,
  source: "support-bot",
  idempotency_key: "del-user-4821-20260324",
};
const anId = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const anInstant = "2026-03-24T10:00:00.000Z";

/** The id of the documentation's request, which the whole file shares. */
let id = "";

describe("approval requests", () => {
  beforeAll(async () => {
    const created = await call<{ id: string }>("POST", approvals, { body: askedFor });
    expect(created.status).toBe(201);
    id = created.body.id;
    const documented = {
      id: anId,
      org_id: "org-uuid",
      connection_id: "conn-uuid",
      title: askedFor.title,
      description: askedFor.description,
      status: "pending",
      priority: "high",
      action_type: "user.delete",
      source: "support-bot",
      required_approvals: 2,
      current_approvals: 0,
      is_sequential: false,
      created_at: anInstant,
      expires_at: anInstant,
    };
    expect(findDifferences(documented, created.body)).toEqual([]);
    expect(created.body).toMatchObject({
      org_id: organization.id,
      connection_id: client.id,
      expires_at: inADay,
    });
  });

  test("a list answers 200 with data and pagination", async () => {
    const answer = await call("GET", approvals);
    const documented = {
      data: [
        {
          id: anId,
          title: askedFor.title,
          status: "pending",
          priority: "high",
          created_at: anInstant,
        },
      ],
      pagination: { page: 1, page_size: 20, total: 1, total_pages: 1 },
    };
    expect(answer.status).toBe(200);
    expect(findDifferences(documented, answer.body)).toEqual([]);
  });

  test("the same key and body give the request that exists already, with 200", async () => {
    const again = await call<{ id: string }>("POST", approvals, { body: askedFor });
    expect(again.status).toBe(200);
    expect(again.body.id).toBe(id);
  });

  test("one request shows metadata, tally, callback address and, undecided, nulls", async () => {
    await call("PATCH", `${approvals}/${id}`, { body: { decision: "approve" } });
    const answer = await call("GET", `${approvals}/${id}`);
    const documented = {
      id: anId,
      title: askedFor.title,
      description: askedFor.description,
      status: "pending",
      priority: "high",
      action_type: "user.delete",
      source: "support-bot",
      metadata: askedFor.metadata,
      required_approvals: 2,
      current_approvals: 1,
      is_sequential: false,
      callback_url: askedFor.callback_url,
      created_at: anInstant,
      expires_at: anInstant,
      decided_at: null,
      decided_by: null,
    };
    expect(answer.status).toBe(200);
    expect(findDifferences(documented, answer.body)).toEqual([]);
    expect(answer.body).toHaveProperty("comments_count", 0);
  });

  test("a PATCH decides, and the decision reaches the callback address with the caller's headers", async () => {
    const answer = await alice.api.call("PATCH", `${approvals}/${id}`, {
      body: { decision: "approve", comment: "Asked the user", source: "dashboard" },
    });
    const documented = {
      id: anId,
      status: "approved",
      decided_at: anInstant,
      decided_by: "user-uuid",
    };
    expect(answer.status).toBe(200);
    expect(findDifferences(documented, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({
      decided_by: alice.id,
      callback_delivered: expect.any(Boolean) as boolean,
    });

    const callback = await receiver.waitFor((received) => received.json.request_id === id);
    expect(callback.headers).toMatchObject({
      "x-custom-token": "your-secret",
      "content-type": expect.stringContaining("application/json") as string,
    });
    expect(callback.json).toMatchObject({ status: "approved", metadata: askedFor.metadata });
    const hmac = createHmac("sha256", client.webhookSecret).update(callback.body).digest("hex");
    expect(callback.headers["x-okrunit-signature"]).toBe(`sha256=${hmac}`);
    const verified = new Webhook(client.webhookSecret).verify(
      callback.body,
      callback.headers as Record<string, string>,
    );
    expect(verified).toEqual(callback.json);
    await expect.poll(async () => (await client.api.get(id)).body.callback_delivered).toBe(true);
  });

  test("a DELETE cancels a pending request, and the callback address hears it", async () => {
    const { body } = await client.api.create({ ...askedFor, idempotency_key: undefined });
    const answer = await call("DELETE", `${approvals}/${body.id}`);
    expect(answer.status).toBe(200);
    expect(
      findDifferences({ id: anId, status: "cancelled", cancelled_at: anInstant }, answer.body),
    ).toEqual([]);
    expect(
      await receiver.waitFor((received) => received.json.request_id === body.id),
    ).toMatchObject({ json: { status: "cancelled" } });
  });
});

describe("comments", () => {
  test.each([
    ["a person", () => owner.api],
    ["an API key", () => client.api],
  ])("%s comments: 201 with the comment", async (_, who) => {
    const { body: request } = await client.api.create();
    const answer = await who().call("POST", `${approvals}/${request.id}/comments`, {
      body: { body: "No subscription is active" },
    });
    const documented = {
      id: "comment-uuid",
      approval_request_id: anId,
      user_id: "user-uuid",
      body: "No subscription is active",
      created_at: anInstant,
    };
    expect(answer.status).toBe(201);
    expect(findDifferences(documented, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({ approval_request_id: request.id, user_id: owner.id });
  });
});

describe("steps", () => {
  const prepare = async () => {
    const { body: request } = await client.api.create();
    const path = `${approvals}/${request.id}/steps`;
    const steps = [
      { approver_id: owner.id, step_order: 1 },
      { approver_id: alice.id, step_order: 2 },
    ];
    const answer = await call<{ data: { id: string }[] }>("POST", path, { body: { steps } });
    return { request, path, answer };
  };

  test("a POST puts the steps in place: 201", async () => {
    const { answer } = await prepare();
    // The document shows both as pending. Here the second one waits for its turn (docs/guides/surfaces.md).
    const documented = {
      data: [
        { id: "step-uuid-1", step_order: 1, approver_id: "user-uuid-1", status: "pending" },
        { id: "step-uuid-2", step_order: 2, approver_id: "user-uuid-2", status: "waiting" },
      ],
    };
    expect(answer.status).toBe(201);
    expect(findDifferences(documented, answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({
      data: [{ approver_id: owner.id }, { approver_id: alice.id }],
    });
  });

  test("a PATCH votes on one step, and a GET shows both", async () => {
    const { request, path, answer } = await prepare();
    const [first] = answer.body.data;
    const vote = await call("PATCH", `${path}/${must(first).id}`, {
      body: { decision: "approve", comment: "Fine" },
    });
    expect(vote.status).toBe(200);
    expect(
      findDifferences(
        { id: "step-uuid-1", status: "approved", decided_at: anInstant, decided_by: "user-uuid-1" },
        vote.body,
      ),
    ).toEqual([]);
    expect(vote.body).toMatchObject({ id: must(first).id, decided_by: owner.id });

    const listed = await call("GET", path);
    const documented = {
      data: [
        {
          id: "step-uuid-1",
          approval_request_id: anId,
          step_order: 1,
          approver_id: "user-uuid-1",
          status: "approved",
          decided_at: anInstant,
        },
        {
          id: "step-uuid-2",
          approval_request_id: anId,
          step_order: 2,
          approver_id: "user-uuid-2",
          status: "pending",
          decided_at: null,
        },
      ],
    };
    expect(listed.status).toBe(200);
    expect(findDifferences(documented, listed.body)).toEqual([]);
    expect(listed.body).toMatchObject({
      data: [{ approval_request_id: request.id }, { approval_request_id: request.id }],
    });
  });
});

describe("query parameters", () => {
  test.each([
    ["status and priority", "?status=pending&priority=high"],
    ["a search with + for a space", "?search=deploy+production"],
    ["a page", "?page=2&page_size=50"],
  ])("the documented call with %s answers 200", async (_, query) => {
    const answer = await call("GET", approvals + query);
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveProperty("pagination.page_size", query.includes("50") ? 50 : 20);
  });

  test("a search for two words finds what has both, in title or description", async () => {
    await client.api.create({ title: "Deploy the shop", description: "to production" });
    await client.api.create({ title: "Deploy the shop", description: "to staging" });
    const found = await call<{ data: { description: string }[] }>(
      "GET",
      `${approvals}?search=deploy+production`,
    );
    expect(found.body.data.length).toBeGreaterThan(0);
    expect(
      found.body.data.every((item) => item.description.toLowerCase().includes("production")),
    ).toBe(true);
  });
});

describe("clients written for the documented API", () => {
  const body = {
    title: "Deploy v2.4.0 to production",
    description: "With a database migration",
    priority: "high",
    callback_url: `${receiver.url}/webhooks/okrunit`,
  };

  test("Node's fetch asks as the documentation shows", async () => {
    const response = await fetch(`${stage.server.url}${approvals}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${client.key}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const approval = (await response.json()) as { id: string; status: string };
    expect(approval).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: "pending",
    });
  });

  test("Python's requests asks as the documentation shows", async () => {
    // Python's requests 2 sends this body and these headers for json=…: spaces after separators, non-ASCII escaped.
    const answer = await call<{ status: string; title: string }>("POST", approvals, {
      rawBody: JSON.stringify({ ...body, title: "Déployer" })
        .replace("é", "\\u00e9")
        .replaceAll('":"', '": "')
        .replaceAll('","', '", "'),
      headers: {
        "User-Agent": "python-requests/2.32.3",
        Accept: "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Content-Type": "application/json",
      },
    });
    expect(answer).toMatchObject({ status: 201, body: { status: "pending", title: "Déployer" } });
  });

  test("curl asks twice with one idempotency key and gets one request", async () => {
    const rawBody = `{
      "title": "Deploy v2.4.0",
      "description": "For production",
      "priority": "high",
      "idempotency_key": "deploy-v2.4.0-20260324"
    }`;
    const options = {
      rawBody,
      headers: { "Content-Type": "application/json", "User-Agent": "curl/8.5.0", Accept: "*/*" },
    };
    const [first, second] = [
      await call("POST", approvals, options),
      await call("POST", approvals, options),
    ];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: (first.body as { id: string }).id });
  });
});

describe("the documented status codes", () => {
  const error = { error: { code: "", message: "", details: {} } };

  test("400 VALIDATION_ERROR names the missing field in an envelope of code, message and details", async () => {
    const answer = await client.api.create({ title: undefined });
    expect(answer.status).toBe(400);
    expect(findDifferences(error, answer.body, ["error.code", "error.message"])).toEqual([]);
    expect(answer.error).toMatchObject({ code: "VALIDATION_ERROR", message: "title is required" });
    // Published clients read the code beside the envelope.
    expect(answer.body).toHaveProperty("code", "VALIDATION_ERROR");
  });

  test("401 without a key, 403 for what a key may not do, 404 for what is not there, 409 for another body under one key", async () => {
    const request = (await client.api.create({ idempotency_key: "taken" })).body;
    const answers = await Promise.all([
      fetch(`${stage.server.url}${approvals}`).then(async (r) => ({
        status: r.status,
        error: ((await r.json()) as { error: { code: string } }).error,
      })),
      stage.machine.api.approve(request.id),
      client.api.get(anId),
      client.api.create({ title: "Something else", idempotency_key: "taken" }),
    ]);
    expect(answers.map((a) => [a.status, a.error?.code])).toEqual([
      [401, "UNAUTHORIZED"],
      [403, "FORBIDDEN"],
      [404, "NOT_FOUND"],
      [409, "CONFLICT"],
    ]);
  });

  test("429 with Retry-After when the hour's requests are used up", async () => {
    const { api } = await organization.addConnection({ rateLimitPerHour: 1 });
    await api.list();
    const refused = await api.list();
    expect(refused).toMatchObject({
      status: 429,
      error: { message: expect.any(String) as string },
    });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("503 while the emergency stop is active", async () => {
    const setStop = (active: boolean) =>
      owner.api.call("POST", "/api/v1/emergency-stop", { body: { active } });
    await setStop(true);
    try {
      expect(await client.api.create()).toMatchObject({
        status: 503,
        error: { code: expect.any(String) as string },
      });
    } finally {
      await setStop(false);
    }
  });
});

describe("rate-limit headers", () => {
  const expectHeaders = (headers: Headers, limit: number) => {
    expect(headers.get("x-ratelimit-limit")).toBe(String(limit));
    expect(headers.get("x-ratelimit-remaining")).toMatch(/^\d+$/);
    const reset = Number(headers.get("x-ratelimit-reset"));
    expect(reset % 3600).toBe(0);
    expect(reset * 1000).toBeGreaterThan(Date.now());
    expect(reset * 1000).toBeLessThanOrEqual(Date.now() + 3_600_000);
  };

  test("a new connection has 100 requests an hour, and its first answer says that 99 are left", async () => {
    const { api } = await organization.addConnection({ rateLimitPerHour: undefined });
    const { headers } = await api.list();
    expectHeaders(headers, 100);
    expect(headers.get("x-ratelimit-remaining")).toBe("99");
  });

  test.each<[string, () => Promise<{ status: number; headers: Headers }>]>([
    ["200", () => client.api.list()],
    ["201", () => client.api.create()],
    ["400", () => client.api.create({ title: undefined })],
    ["403", () => client.api.call("GET", "/api/v1/connections")],
    ["404", () => client.api.get(anId)],
    ["404", () => client.api.get("no-id")],
    ["404", () => client.api.call("GET", "/api/v1/nothing-here")],
    ["405", () => client.api.call("PUT", "/api/v1/approvals")],
    ["409", async () => client.api.cancel((await decided()).id)],
    ["413", () => client.api.create({ metadata: { filler: "x".repeat(1_100_000) } })],
    [
      "415",
      () =>
        client.api.call("POST", approvals, {
          rawBody: "{}",
          headers: { "Content-Type": "text/plain" },
        }),
    ],
  ])("stand on a %s", async (status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(Number(status));
    expectHeaders(answer.headers, 10_000);
  });

  const decided = async () => {
    const { body } = await client.api.create();
    await alice.api.approve(body.id);
    return body;
  };
});
