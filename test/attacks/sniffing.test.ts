// No browser takes an answer for another type than it says, whichever part of Sayso answers.
import { shareStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, owner, machine } = stage;

test.each([
  ["health", "/healthz", 200],
  ["readiness", "/readyz", 200],
  ["a list", "/api/v1/approvals", 200],
  ["a call without a credential", "/api/v1/approvals", 401],
  ["a call of another surface", "/changes/api/v1/entity-types", 200],
  ["a request that doesn't exist", "/api/v1/approvals/00000000-0000-7000-8000-000000000000", 404],
  ["an address of the API that doesn't exist", "/api/v1/nowhere", 404],
  ["an address that doesn't exist", "/nowhere", 404],
  ["the OpenAPI document", "/api/v1/openapi", 200],
  ["the metadata of the authorization server", "/.well-known/oauth-authorization-server", 200],
  ["a token call with a fault", "/api/v1/oauth/token", 400],
  ["a malformed address", "/api/v1/approvals/%E0%A4%A", 400],
  ["the stream of events", "/api/v1/events/stream", 200],
  ["the sign-in page", "/sign-in", 200],
  ["a redirect", "/", 303],
])("%s", async (name, path, status) => {
  const method = name.startsWith("a token call") ? "POST" : "GET";
  const isOpen = status === 401 || path.startsWith("/sign-in") || path === "/";
  const stop = new AbortController();
  const answer = await fetch(server.url + path, {
    method,
    redirect: "manual",
    signal: stop.signal,
    headers: isOpen ? {} : { Authorization: `Bearer ${owner.token}` },
  });
  expect([answer.status, answer.headers.get("x-content-type-options")]).toEqual([
    status,
    "nosniff",
  ]);
  stop.abort();
});

test("an answer to a body that is no JSON", async () => {
  const answer = await fetch(`${server.url}/api/v1/approvals`, {
    method: "POST",
    headers: { Authorization: `Bearer ${machine.key}`, "Content-Type": "application/json" },
    body: "{",
  });
  expect([answer.status, answer.headers.get("x-content-type-options")]).toEqual([400, "nosniff"]);
});
