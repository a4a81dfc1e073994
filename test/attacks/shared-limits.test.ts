// A limit applies to the person or connection, not to each address, session or grant that they can create.
import { randomUUID } from "node:crypto";
import { forgetUnusedClients } from "@sayso/core";
import { startServer, openServices, createOrganization } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";

let server: Awaited<ReturnType<typeof startServer>>;
let services: ReturnType<typeof openServices>;
let organization: Awaited<ReturnType<typeof createOrganization>>;
beforeAll(async () => {
  server = await startServer({
    env: { SAYSO_TRUST_PROXY: "1", SAYSO_OAUTH_REGISTRATION: "open" },
  });
  services = openServices(server);
  organization = await createOrganization(services, server);
});
afterAll(async () => {
  await services.close();
  await server.stop();
});

const get = (path: string, headers: Record<string, string>) =>
  fetch(`${server.url}${path}`, { headers, redirect: "manual" });
const remaining = (response: Response) => Number(response.headers.get("x-ratelimit-remaining"));
const register = (body: object, from = "2001:db8:9::1") =>
  fetch(`${server.url}/api/v1/oauth/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": from },
    body: JSON.stringify({
      client_name: "App",
      token_endpoint_auth_method: "client_secret_post",
      ...body,
    }),
  });

describe("an IPv6 network", () => {
  test("has one allowance, from whichever of its addresses strangers call", async () => {
    const from = (address: string) => get("/api/v1/approvals", { "X-Forwarded-For": address });
    const first = remaining(await from("2001:db8:1:2::1"));
    expect(remaining(await from("2001:db8:1:2:ffff::2"))).toBe(first - 1);
    expect(remaining(await from("2001:db8:1:3::1"))).toBe(first);
    expect(remaining(await from("192.0.2.1"))).toBe(first);
  });

  test("registers as few apps as one address does", async () => {
    const answers = [];
    for (let n = 0; n < 21; n++) {
      const uris = { redirect_uris: [`https://app.example.com/${n}`] };
      answers.push((await register(uris, `2001:db8:7:7::${n.toString(16)}`)).status);
    }
    expect(answers.filter((status) => status === 201)).toHaveLength(20);
    expect(answers.at(-1)).toBe(429);
  });
});

test("a person's hour is one, however often they sign in", async () => {
  const person = await organization.addPerson();
  const call = async () =>
    remaining(await get("/api/v1/me", { Cookie: `sayso_session=${await person.signIn()}` }));
  const first = await call();
  expect(await call()).toBe(first - 1);
});

describe("an app that registers itself", () => {
  test("takes codes over https or on a loopback address only", async () => {
    const open = await register({ redirect_uris: ["http://app.example.com/cb"] });
    expect(open.status).toBe(400);
    expect(await open.json()).toMatchObject({
      error_description: expect.stringMatching(/must use https/) as string,
    });
    const local = await register({ redirect_uris: ["http://localhost:5678/cb"] });
    expect(local.status).toBe(201);
  });

  test("is forgotten when nobody has allowed it for a week", async () => {
    const made = await register({ redirect_uris: ["https://app.example.com/cb"] });
    const { client_id: id } = (await made.json()) as { client_id: string };
    const count = async () =>
      (await services.sql("select from oauth_clients where id = $1", [id])).length;
    await forgetUnusedClients(services);
    expect(await count()).toBe(1);
    await services.sql(
      "update oauth_clients set created_at = now() - interval '8 days' where id = $1",
      [id],
    );
    await forgetUnusedClients(services);
    expect(await count()).toBe(0);
  });
});

test("the device that two people share is known for the one who signed in last", async () => {
  const [first, second] = [await organization.addPerson(), await organization.addPerson()];
  const browser = createVisitor(server.url);
  await browser.signIn(first);
  const device = browser.cookies.get("sayso_device");
  browser.cookies.delete("sayso_session");
  await browser.signIn(second);
  expect(browser.cookies.get("sayso_device")).not.toBe(device);
  const theirs = browser.cookies.get("sayso_device");
  browser.cookies.delete("sayso_session");
  await browser.signIn(second);
  expect(browser.cookies.get("sayso_device")).toBe(theirs);
});

test("no answer of an API is kept by whatever stands between", async () => {
  const { token } = organization.owner;
  const headers = { Authorization: `Bearer ${token}` };
  for (const path of [
    "/api/v1/approvals",
    "/api/v1/me",
    "/api/v1/webhook-secrets",
    `/api/v1/approvals/${randomUUID()}`,
    "/api/v1/events",
    "/api/v1/nothing",
    "/oauth/authorize",
    "/sign-in",
  ])
    expect((await get(path, headers)).headers.get("cache-control"), path).toBe("no-store");
});
