// The examples of the documentation of the requests API that Sayso imitates, as data of our own. `node
// test/surfaces/requests/seed-replay.ts --seed FILE` replays the document itself.
import { api, openStage, letExpire } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import {
  coreId,
  errorsOf,
  inTwoDays,
  type RequestError,
  type WireRequest,
} from "./requests-api.ts";

const stage = await openStage({ env: { SAYSO_REQUESTS_PLAN: "free" } });
afterAll(() => stage.close());
const { organization, alice, server, services } = stage;
const project = await organization.addConnection({ name: "project" });
const { call } = project.api;

const asked = {
  title: "Refund order 4711",
  description: "The customer sent it back",
  external_id: "order-4711",
  payload: { any: "custom data", nested: { amounts: [1, 2.5, null] } },
  expires_at: inTwoDays,
};
const created = await call<WireRequest>("POST", "/api/v1/requests", { body: asked });

describe("POST /requests", () => {
  test("answers 201 with the request as it was sent, pending, and with an id of its own kind", () => {
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^req_[0-9a-f]{32}$/) as string,
      status: "pending",
      ...asked,
      inserted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      decided_at: null,
      decided_by_id: null,
      decided_via: null,
      decision_note: null,
    });
  });

  test("needs a payload and nothing else", async () => {
    const { status, body } = await call<WireRequest>("POST", "/api/v1/requests", {
      body: { payload: {} },
    });
    expect([status, body.status, body.payload]).toEqual([201, "pending", {}]);
    expect(body).toMatchObject({ description: null, external_id: null, expires_at: null });
    expect(body.title).not.toBe("");
  });

  test.each<[string, unknown, Record<string, string[]>]>([
    ["no payload", { title: "Refund" }, { payload: ["can't be blank"] }],
    ["null as payload", { payload: null }, { payload: ["can't be blank"] }],
    ["a list as payload", { payload: [1] }, { payload: ["must be a JSON object"] }],
    ["a number as title", { title: 7, payload: {} }, { title: ["is invalid"] }],
    [
      "a long reference and no payload",
      { external_id: "x".repeat(501) },
      {
        external_id: ["should be at most 500 character(s)"],
        payload: ["can't be blank"],
      },
    ],
    [
      "a deadline in the past",
      { payload: {}, expires_at: "2020-01-01T00:00:00Z" },
      { expires_at: ["must be in the future"] },
    ],
    [
      "a deadline without a zone",
      { payload: {}, expires_at: "2999-01-01T00:00:00" },
      {
        expires_at: ["must be an ISO 8601 date and time with a zone, such as 2026-03-25T10:00:00Z"],
      },
    ],
  ])("with %s is a 400 that says so of each field", async (_, body, errors) => {
    const answer = await call<RequestError>("POST", "/api/v1/requests", { body });
    expect(answer.status).toBe(400);
    expect(errorsOf(answer.body)).toEqual(errors);
  });

  test("takes null for what may be left out", async () => {
    const body = {
      payload: {},
      title: null,
      description: null,
      external_id: null,
      expires_at: null,
    };
    expect((await call("POST", "/api/v1/requests", { body })).status).toBe(201);
  });
});

describe("GET /requests/:id", () => {
  const get = (id: string) => call<WireRequest>("GET", `/api/v1/requests/${id}`);

  test("shows who decided, when and what they said", async () => {
    await alice.api.approve(coreId(created.body.id), "Looks good to me");
    const { status, body } = await get(created.body.id);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...created.body,
      status: "approved",
      decided_at: expect.stringMatching(/Z$/) as string,
      decided_by_id: alice.id,
      decided_via: expect.objectContaining({ kind: "token" }) as unknown,
      decision_note: "Looks good to me",
    });
  });

  test.each<["approved" | "rejected" | "expired", (id: string) => Promise<unknown>, string | null]>(
    [
      ["approved", (id) => alice.api.approve(id), null],
      ["rejected", (id) => alice.api.reject(id, "Not now"), "Not now"],
      ["expired", (id) => project.api.cancel(id, "Not needed"), "Cancelled: Not needed"],
    ],
  )("has the status %s", async (status, end, note) => {
    const { body } = await call<WireRequest>("POST", "/api/v1/requests", { body: { payload: {} } });
    await end(coreId(body.id));
    expect((await get(body.id)).body).toMatchObject({ status, decision_note: note });
  });

  test("has the status expired after its deadline, without anybody's note", async () => {
    const { body } = await call<WireRequest>("POST", "/api/v1/requests", {
      body: { payload: {}, expires_at: new Date(Date.now() + 3_600_000).toISOString() },
    });
    await letExpire(services, coreId(body.id));
    await expect.poll(async () => (await get(body.id)).body.status).toBe("expired");
    expect((await get(body.id)).body).toMatchObject({ decided_by_id: null, decision_note: null });
  });

  test("knows the id of the other APIs as well", async () => {
    expect((await get(coreId(created.body.id))).body.id).toBe(created.body.id);
  });
});

describe("errors", () => {
  test.each<[string, number, () => Promise<{ status: number; body: unknown; headers: Headers }>]>([
    ["a wrong key", 401, () => api(server.url, "YOUR_API_KEY").call("GET", "/api/v1/requests")],
    ["no key", 401, () => api(server.url, null).call("POST", "/api/v1/requests", { body: {} })],
    [
      "a key in the address",
      401,
      () => call("GET", "/api/v1/requests", { query: { api_key: project.key } }),
    ],
    ["an unknown id", 404, () => call("GET", `/api/v1/requests/req_${"0".repeat(32)}`)],
    ["an id that can't be one", 404, () => call("GET", "/api/v1/requests/req_abc123")],
    ["an unknown address", 404, () => call("GET", "/api/v1/requests/a/b")],
    ["an unknown method", 405, () => call("DELETE", "/api/v1/requests")],
    ["no JSON", 400, () => call("POST", "/api/v1/requests", rawJson("{"))],
    ["no body", 400, () => call("POST", "/api/v1/requests", {})],
    ["a limit of 1000", 400, () => call("GET", "/api/v1/requests", { query: { limit: 1000 } })],
    ["a made-up cursor", 400, () => call("GET", "/api/v1/requests", { query: { cursor: "abc" } })],
  ])("%s: %d in the documented form, with the rate limit's headers", async (_, status, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: expect.stringMatching(/./) as string,
      message: expect.stringMatching(/./) as string,
      errors: expect.any(Object) as object,
    });
    for (const name of ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"])
      expect(answer.headers.get(name)).toMatch(/^\d+$/);
  });
});

function rawJson(rawBody: string) {
  return { rawBody, headers: { "Content-Type": "application/json" } };
}
