// Cases 30 and 32 of docs/faults.md: refresh tokens rotate, and reuse of one ends the family.
import { must } from "@sayso/must";
import { api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { connect, openReplicas, refresh, registerApp, type TokenAnswer } from "./app.ts";
import { hashOf, isRefusedSoon, reasonsOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, ada, app } = replicas;
const phone = await registerApp(organization, {
  kind: "native",
  redirectUris: ["https://app.example.com/callback"],
});

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };
const works = async (token: string | undefined): Promise<boolean> =>
  (await api(there, must(token)).list()).status === 200;
/** Pretends that the token was used this many seconds earlier. */
const age = (token: string, seconds: number) =>
  services.sql(
    "update oauth_tokens set consumed_at = consumed_at - make_interval(secs => $2) where token_hash = $1",
    [hashOf(token), seconds],
  );
const refreshAtOnce = (token: string, times: number): Promise<TokenAnswer[]> =>
  Promise.all(Array.from({ length: times }, (_, i) => refresh(i % 2 ? here : there, app, token)));

describe.each([
  ["a web app", () => app],
  ["an app without a secret", () => phone],
])("%s", (_, which) => {
  test("gets a new refresh token each time, and every access token works until it expires", async () => {
    let { refresh: token, access } = await connect(here, ada, which());
    const seen = new Set([token]);
    const all = [access];
    for (let i = 0; i < 4; i++) {
      const { status, body } = await refresh(i % 2 ? here : there, which(), token);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        token_type: "Bearer",
        expires_in: 3600,
        scope: "approvals:read approvals:write",
        user_email: ada.email,
        org_name: organization.name,
      });
      ({ access_token: access = "", refresh_token: token = "" } = body);
      all.push(access);
      expect(seen.has(token)).toBe(false);
      seen.add(token);
    }
    expect(await Promise.all(all.map(works))).toEqual(all.map(() => true));
  });
});

describe("two refreshes at the same instant (case 30)", () => {
  test.each([2, 10])("%i over two replicas are one chain, and it goes on", async (times) => {
    const { refresh: token } = await connect(here, ada, app);
    const answers = await refreshAtOnce(token, times);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    const accesses = answers.map(({ body }) => body.access_token);
    expect(new Set(accesses).size).toBe(times);
    expect(await Promise.all(accesses.map(works))).toEqual(accesses.map(() => true));

    const [successor] = successors;
    const again = await refreshAtOnce(must(successor), times);
    expect(new Set(again.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect((await refresh(here, app, must(must(again[0]).body.refresh_token))).status).toBe(200);
    expect(await reasonsOf(services, token)).toEqual([null]);
  });

  test("who lost the answer may ask again within 10 s, and gets the same refresh token", async () => {
    const { refresh: token } = await connect(here, ada, app);
    const first = await refresh(here, app, token);
    await age(token, 5);
    const second = await refresh(there, app, token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
    expect(second.body.access_token).not.toBe(first.body.access_token);
  });

  test("the grace begins with the first use, however often it is used again", async () => {
    const { refresh: token, access } = await connect(here, ada, app);
    for (let i = 0; i < 3; i++) {
      expect((await refresh(here, app, token)).status).toBe(200);
      await age(token, 3.5);
    }
    expect(await refresh(here, app, token)).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, access)).toEqual(["reuse"]);
  });
});

describe("a refresh token that comes back", () => {
  test("after the grace ends the family: every token of it, on every replica, within a second", async () => {
    const { refresh: token, access } = await connect(here, ada, app);
    const { body } = await refresh(here, app, token);
    const sister = await connect(here, ada, app);
    await age(token, 11);
    expect(await refresh(there, app, token)).toMatchObject(invalidGrant);
    await Promise.all(
      [access, must(body.access_token)].map((one) => isRefusedSoon([here, there], one)),
    );
    expect(await refresh(here, app, must(body.refresh_token))).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, access)).toEqual(["reuse"]);
    // Another connection of the same person to the same app is not affected.
    expect((await refresh(here, app, sister.refresh)).status).toBe(200);
  });

  test("within the grace, when what followed it was used already, ends the family as well", async () => {
    const { refresh: first, access } = await connect(here, ada, app);
    const second = must((await refresh(here, app, first)).body.refresh_token);
    const third = must((await refresh(there, app, second)).body.refresh_token);
    expect(await refresh(here, app, first)).toMatchObject(invalidGrant);
    expect(await refresh(there, app, third)).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, access)).toEqual(["reuse"]);
  });

  test("is noticed even when only its hash's place is left of what followed it", async () => {
    const { refresh: first, access } = await connect(here, ada, app);
    const second = must((await refresh(here, app, first)).body.refresh_token);
    await services.sql("delete from oauth_tokens where token_hash = $1", [hashOf(second)]);
    expect(await refresh(here, app, first)).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, access)).toEqual(["reuse"]);
  });

  test("is told in the audit trail, once", async () => {
    const { refresh: first, access } = await connect(here, ada, app);
    await refresh(here, app, first);
    await age(first, 11);
    await refreshAtOnce(first, 6);
    const [grant] = await services.sql<{ id: string }>(
      "select grant_id as id from oauth_tokens where token_hash = $1",
      [hashOf(access)],
    );
    const events = await services.sql<{ actor_kind: string; data: object }>(
      "select actor_kind, data from events where type = 'grant.revoked' and data->>'grant_id' = $1",
      [must(grant).id],
    );
    expect(events).toEqual([
      {
        actor_kind: "system",
        data: { grant_id: must(grant).id, client_id: app.id, person_id: ada.id, reason: "reuse" },
      },
    ]);
  });

  test("that has expired refreshes nothing", async () => {
    const { refresh: token } = await connect(here, ada, app);
    await services.sql(
      "update oauth_tokens set expires_at = now() - interval '1 second' where token_hash = $1",
      [hashOf(token)],
    );
    expect(await refresh(here, app, token)).toMatchObject(invalidGrant);
  });
});

describe("the scope of a refresh (case 32)", () => {
  test.each([
    ["one that was not allowed", "approvals:read comments:write"],
    ["an unknown one", "approvals:read everything"],
    ["only others", "kpis:read"],
  ])("%s is invalid_scope, and the refresh token still works", async (_, scope) => {
    const { refresh: token, access } = await connect(here, ada, app);
    expect(await refresh(there, app, token, { scope })).toMatchObject({
      status: 400,
      body: { error: "invalid_scope" },
    });
    expect(await reasonsOf(services, access)).toEqual([null]);
    expect((await refresh(here, app, token)).body.scope).toBe("approvals:read approvals:write");
  });

  test("a narrower one narrows this access token, and nothing that comes later", async () => {
    const { refresh: token } = await connect(here, ada, app);
    const narrow = await refresh(here, app, token, { scope: "approvals:read" });
    expect(narrow.body.scope).toBe("approvals:read");
    const reading = api(there, must(narrow.body.access_token));
    expect((await reading.list()).status).toBe(200);
    expect((await reading.create()).status).toBe(403);
    const wide = await refresh(there, app, must(narrow.body.refresh_token));
    expect(wide.body.scope).toBe("approvals:read approvals:write");
    expect((await api(here, must(wide.body.access_token)).create()).status).toBe(201);
  });

  test("a resource that was not asked for at first can't be had later", async () => {
    const { refresh: token } = await connect(here, ada, app, { scope: "flows:read" });
    expect(await refresh(here, app, token, { resource: `${here}/organizations` })).toMatchObject({
      status: 400,
      body: { error: "invalid_target" },
    });
  });
});
