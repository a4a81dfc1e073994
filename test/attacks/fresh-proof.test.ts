// A session alone creates nothing that votes: tokens and apps need a proof of the last 15 minutes, as connections do.
import { createHash } from "node:crypto";
import { createClient, createGrant, createToken, listGrants, listTokens } from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, shareStage, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { authorizePath, createPkce, registerApp } from "../oauth/app.ts";
import { createVisitor, type Visitor } from "../pages/visitor.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, server, services } = stage;

const DECIDE = "approvals:decide";

/** A browser in which this person signed in 16 minutes ago, and its API. */
async function leftOpen(person: TestPerson) {
  const session = await person.signIn();
  await services.sql(
    `update sessions set created_at = now() - interval '16 minutes', proven_at = now() - interval '16 minutes'
     where token_hash = $1`,
    [createHash("sha256").update(session).digest()],
  );
  const visitor = createVisitor(server.url);
  visitor.cookies.set("sayso_session", session);
  const headers = { Cookie: `sayso_session=${session}`, Origin: new URL(server.url).origin };
  const call = (method: string, path: string, body?: unknown) =>
    api(server.url, null).call<Record<string, unknown>>(method, path, { body, headers });
  return { visitor, call };
}

/** Follows the redirect to the confirmation page, sends the password, and returns the next address. */
async function confirm(visitor: Visitor, location: string | null, password: string) {
  expect(location).toMatch(/^\/account\/confirm\?next=/);
  const hidden = (await visitor.get(must(location))).hidden("/account/confirm");
  const { status, location: next } = await visitor.post("/account/confirm", {
    ...hidden,
    next: must(hidden.next).replaceAll("&amp;", "&"),
    password,
  });
  expect(status).toBe(303);
  return must(next);
}

const deciding = (scopes: readonly string[]) => ({
  name: "Script",
  scopes: ["approvals:read", ...scopes],
  expires_in_minutes: 60,
});

test("four eyes are switched off by no token, and by no old session", async () => {
  const strict = await createOrganization(services, server);
  const { owner } = strict;
  const off = { four_eyes: false };
  const path = "/api/v1/org";
  expect((await owner.api.call("PATCH", path, { body: { four_eyes: true } })).status).toBe(200);
  expect(await owner.api.call("PATCH", path, { body: off })).toMatchObject({
    status: 403,
    error: { details: { reason: "session_required" } },
  });
  const { visitor, call } = await leftOpen(owner);
  expect(await call("PATCH", path, off)).toMatchObject({
    status: 403,
    error: { details: { reason: "confirm_identity" } },
  });
  expect((await call("GET", path)).body).toMatchObject({ four_eyes: true });
  await confirm(visitor, "/account/confirm?next=/account", owner.password);
  expect(await call("PATCH", path, off)).toMatchObject({ status: 200, body: off });
});

describe("a personal token that decides", () => {
  test("is refused to an old session until its person proves who they are", async () => {
    const person = await organization.addPerson();
    const { visitor, call } = await leftOpen(person);
    expect(await call("POST", "/api/v1/tokens", deciding([DECIDE]))).toMatchObject({
      status: 403,
      error: { details: { reason: "confirm_identity", url: `${server.url}/account/confirm` } },
    });
    expect(await call("POST", "/api/v1/tokens", deciding([]))).toMatchObject({ status: 201 });
    await confirm(visitor, "/account/confirm?next=/account", person.password);
    expect(await call("POST", "/api/v1/tokens", deciding([DECIDE]))).toMatchObject({ status: 201 });
  });

  test("is made on the page after the password, with what was typed before", async () => {
    const person = await organization.addPerson();
    const { visitor } = await leftOpen(person);
    const { csrf } = (await visitor.get("/account/tokens")).hidden("/account/tokens");
    const fields = { csrf: must(csrf), name: "My <script>", scopes: DECIDE, expiry: "30" };
    const { location } = await visitor.post("/account/tokens", fields);
    const known = (await listTokens(person.context)).length;
    const next = await confirm(visitor, location, person.password);
    const again = await visitor.get(next);
    expect(again.html).toContain('value="My &lt;script&gt;"');
    expect(again.html).toMatch(/<input[^>]*value="approvals:decide"[^>]* checked/);
    expect(await listTokens(person.context)).toHaveLength(known);
    expect((await visitor.post("/account/tokens", fields)).status).toBe(200);
    expect(await listTokens(person.context)).toHaveLength(known + 1);
  });
});

describe("an app that decides", () => {
  const ask = async (visitor: Visitor) => {
    const app = await registerApp(organization);
    const { location } = await visitor.get(authorizePath(app, createPkce()));
    return must(location);
  };

  test("is allowed from an old session only after the password; the question keeps the tick", async () => {
    const person = await organization.addPerson();
    const { visitor } = await leftOpen(person);
    const path = await ask(visitor);
    const page = await visitor.get(path);
    expect(/<input[^>]*name="decide"[^>]*>/.exec(page.html)?.[0]).not.toContain("checked");
    const fields = { ...page.hidden(path), decide: "yes", answer: "allow" };
    const { location } = await visitor.post(path, fields);
    expect(await listGrants(person.context, { whose: "own" })).toHaveLength(0);
    const next = await confirm(visitor, location, person.password);
    const again = await visitor.get(next);
    expect(/<input[^>]*name="decide"[^>]*>/.exec(again.html)?.[0]).toContain("checked");
    expect(await listGrants(person.context, { whose: "own" })).toHaveLength(0);
    expect((await visitor.post(path, fields)).location).toMatch(/^\/oauth\/authorize\//);
    expect(
      (await listGrants(person.context, { whose: "own" })).map(({ scopes }) => scopes),
    ).toEqual([["approvals:read", "approvals:write", DECIDE]]);
  });

  test("is allowed from an old session where it only asks", async () => {
    const person = await organization.addPerson();
    const { visitor } = await leftOpen(person);
    const path = await ask(visitor);
    const fields = { ...(await visitor.get(path)).hidden(path), answer: "allow" };
    expect((await visitor.post(path, fields)).location).toMatch(/^\/oauth\/authorize\//);
  });
});

test("whoever makes one is told by mail, and of none that only asks", async () => {
  const person = await organization.addPerson();
  const { client } = await createClient(organization.context, {
    name: "Desk app",
    redirectUris: ["https://app.example.com/callback"],
  });
  await person.inPerson(async (there) => {
    const context = { ...there, services: { ...services, mail: { isEnabled: true } } };
    for (const scopes of [["approvals:write"], ["approvals:write", DECIDE]]) {
      await createToken(context, { name: "My script", scopes });
      await createGrant(context, { clientId: client.id, scopes, resource: null });
    }
  });
  const mails = await services.sql<{ subject: string }>(
    "select subject from mails where recipient = $1 order by created_at, id",
    [person.email],
  );
  expect(mails.map(({ subject }) => subject)).toEqual([
    "A token can now vote in your name",
    "Desk app can now vote in your name",
  ]);
});
