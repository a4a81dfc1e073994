// Cases 26, 28, 29 and 31 of docs/faults.md: the life of a code.
import { connect as connectTo } from "node:net";
import { must } from "@sayso/must";
import { api, until } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import {
  connect,
  createPkce,
  exchange,
  obtainCode,
  openReplicas,
  post,
  REDIRECT_URI,
  refresh,
  registerApp,
  type TokenAnswer,
} from "./app.ts";
import { hashOf, isRefusedSoon, reasonsOf } from "./traces.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { server, services, here, there, organization, ada, app } = replicas;
const other = await registerApp(organization, { name: "Another app" });
const phone = await registerApp(organization, { kind: "native", redirectUris: [REDIRECT_URI] });

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };

describe("the proof of who exchanges it (case 26)", () => {
  test("the challenge in the verifier's place gets nothing: that is what `plain` would take", async () => {
    const given = await obtainCode(here, ada, app);
    const verifier = hashOf(given.verifier).toString("base64url");
    expect(await exchange(here, app, { ...given, verifier })).toMatchObject(invalidGrant);
  });

  test.each<[string, Record<string, string>, string]>([
    ["a wrong verifier", { code_verifier: createPkce().verifier }, "invalid_grant"],
    ["an empty verifier", { code_verifier: "" }, "invalid_grant"],
    ["a verifier that is too short", { code_verifier: "a".repeat(42) }, "invalid_request"],
    ["a verifier that is too long", { code_verifier: "a".repeat(129) }, "invalid_request"],
    ["another redirect address", { redirect_uri: `${REDIRECT_URI}/` }, "invalid_grant"],
  ])("%s gets nothing, and the right one then still does", async (_, wrong, error) => {
    const given = await obtainCode(here, ada, app);
    const refused = await exchange(there, app, given, wrong);
    expect(refused).toMatchObject({ status: 400, body: { error } });
    expect(refused.body.access_token).toBeUndefined();
    expect((await exchange(here, app, given)).status).toBe(200);
  });

  test("an app without a secret needs it just as much", async () => {
    const given = await obtainCode(here, ada, phone);
    expect(
      await exchange(here, phone, { ...given, verifier: createPkce().verifier }),
    ).toMatchObject(invalidGrant);
    expect((await exchange(here, phone, given)).status).toBe(200);
  });
});

describe("a code that comes twice (case 28)", () => {
  test("is refused on the other replica, and what it gave dies everywhere within a second", async () => {
    const given = await obtainCode(here, ada, app);
    const first = await exchange(here, app, given);
    expect(first.status).toBe(200);
    for (const url of [here, there])
      expect((await api(url, must(first.body.access_token)).list()).status).toBe(200);
    expect(await exchange(there, app, given)).toMatchObject(invalidGrant);
    await isRefusedSoon([here, there], must(first.body.access_token));
    expect(await refresh(here, app, must(first.body.refresh_token))).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, must(first.body.access_token))).toEqual(["reuse"]);
  });

  test("twenty times at once over two replicas: one token, then none", async () => {
    const given = await obtainCode(here, ada, app);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => exchange(i % 2 ? here : there, app, given)),
    );
    expect(tally(answers)).toEqual({ 200: 1, 400: 19 });
    const tokens = answers.flatMap(({ body }) => body.access_token ?? []);
    expect(answers.filter(({ body }) => body.error === "invalid_grant")).toHaveLength(19);
    await isRefusedSoon([here, there], must(tokens[0]));
    expect(await reasonsOf(services, must(tokens[0]))).toEqual(["reuse"]);
  });

  test("at every spelling of the endpoint: there is but one", async () => {
    const given = await obtainCode(here, ada, app);
    const form = {
      grant_type: "authorization_code",
      code: given.code,
      redirect_uri: REDIRECT_URI,
      code_verifier: given.verifier,
      client_id: app.id,
      client_secret: must(app.secret),
    };
    const paths = ["token/", "Token", "TOKEN/", "%74oken", "./token/", "token//", "token;x"];
    for (const path of paths) {
      const response = await fetch(`${here}/api/v1/oauth/${path}`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      expect([path, response.status]).toEqual([path, 404]);
    }
    expect((await exchange(here, app, given)).status).toBe(200);
  });

  test("a thief without the verifier can't end the connection with it", async () => {
    const given = await obtainCode(here, ada, app);
    const { body } = await exchange(here, app, given);
    await exchange(here, app, { ...given, verifier: createPkce().verifier });
    expect((await refresh(here, app, must(body.refresh_token))).status).toBe(200);
  });
});

describe("many at once", () => {
  test("sixty people's codes at one replica are sixty connections: none waits for another's link to the database", async () => {
    const given = await Promise.all(Array.from({ length: 60 }, () => obtainCode(here, ada, app)));
    const answers = await Promise.all(given.map((one) => exchange(here, app, one)));
    expect(tally(answers)).toEqual({ 200: 60 });
  });

  test("callers who send their form slowly hold up nobody", async () => {
    const slow = Array.from({ length: 12 }, () => openSlowly(there));
    try {
      await Promise.all(slow.map((one) => one.hasBegun));
      expect((await connect(there, ada, app)).answer.status).toBe(200);
      expect((await api(there, ada.token).list()).status).toBe(200);
    } finally {
      slow.forEach((one) => one.end());
    }
  });
});

describe("an expired code (case 29)", () => {
  test("lives for 60 s by the database's clock, and is worth nothing afterwards", async () => {
    const given = await obtainCode(here, ada, app);
    const [row] = await services.sql<{ seconds: number }>(
      "select extract(epoch from expires_at - created_at)::float8 as seconds from oauth_tokens where token_hash = $1",
      [hashOf(given.code)],
    );
    expect(row?.seconds).toBe(60);
    await services.sql(
      "update oauth_tokens set expires_at = now() - interval '1 second' where token_hash = $1",
      [hashOf(given.code)],
    );
    expect(await exchange(here, app, given)).toMatchObject(invalidGrant);
  });

  test("a replica whose clock is an hour off gives and takes codes and tokens like the others (case 58)", async () => {
    const [, replica] = server.replicas;
    for (const offset of [3_600_000, -3_600_000]) {
      await must(replica).shiftClock(offset);
      try {
        const one = await exchange(there, app, await obtainCode(here, ada, app));
        const two = await exchange(here, app, await obtainCode(there, ada, app));
        const stale = await obtainCode(here, ada, app);
        await services.sql(
          "update oauth_tokens set expires_at = now() - interval '1 second' where token_hash = $1",
          [hashOf(stale.code)],
        );
        expect([one.status, two.status]).toEqual([200, 200]);
        expect(await exchange(there, app, stale)).toMatchObject(invalidGrant);
        for (const { body } of [one, two]) {
          for (const url of [here, there]) {
            expect((await api(url, must(body.access_token)).list()).status).toBe(200);
            const reported = await post(url, "introspect", app, { token: must(body.access_token) });
            expect(reported.body.active).toBe(true);
          }
        }
      } finally {
        await must(replica).shiftClock(0);
      }
    }
  });

  test("an expired access token opens nothing, and is told to be inactive", async () => {
    const { access } = await connect(here, ada, app);
    await services.sql(
      "update oauth_tokens set expires_at = now() - interval '1 second' where token_hash = $1",
      [hashOf(access)],
    );
    expect((await api(there, access).list()).status).toBe(401);
    expect((await post(here, "introspect", app, { token: access })).body).toEqual({
      active: false,
    });
  });
});

describe("what was given to one app, in the hands of another (case 31)", () => {
  test("a code is refused, and the right app can still use it", async () => {
    const given = await obtainCode(here, ada, app);
    for (const thief of [other, phone])
      expect(await exchange(there, thief, given)).toMatchObject(invalidGrant);
    expect((await exchange(here, app, given)).status).toBe(200);
  });

  test("so is a code that was used, and nothing is revoked by it", async () => {
    const given = await obtainCode(here, ada, app);
    const { body } = await exchange(here, app, given);
    expect(await exchange(there, other, given)).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, must(body.access_token))).toEqual([null]);
  });

  test("a refresh token is refused, fresh or used, and nothing is revoked by it", async () => {
    const { access, refresh: token } = await connect(here, ada, app);
    expect(await refresh(there, other, token)).toMatchObject(invalidGrant);
    expect(await refresh(there, phone, token)).toMatchObject(invalidGrant);
    const next = await refresh(here, app, token);
    await services.sql(
      "update oauth_tokens set consumed_at = now() - interval '1 minute' where token_hash = $1",
      [hashOf(token)],
    );
    expect(await refresh(there, other, token)).toMatchObject(invalidGrant);
    expect(await reasonsOf(services, access)).toEqual([null]);
    expect((await refresh(here, app, must(next.body.refresh_token))).status).toBe(200);
  });

  test("an access token can neither be looked at nor revoked", async () => {
    const { access, refresh: token } = await connect(here, ada, app);
    for (const secret of [access, token]) {
      expect(await post(there, "introspect", other, { token: secret })).toMatchObject({
        status: 200,
        body: { active: false },
      });
      expect((await post(there, "revoke", other, { token: secret })).status).toBe(200);
    }
    expect(await reasonsOf(services, access)).toEqual([null]);
    expect((await api(there, access).list()).status).toBe(200);
    expect((await refresh(here, app, token)).status).toBe(200);
  });

  test("a kind of token is worth nothing as another kind", async () => {
    const given = await obtainCode(here, ada, app);
    const { access, refresh: token } = await connect(here, ada, app);
    for (const wrong of [access, token, must(app.secret), "", "sc_", `${given.code}0`])
      expect((await exchange(here, app, { ...given, code: wrong })).status).toBe(400);
    for (const wrong of [access, given.code, must(app.secret), "sr_"])
      expect((await refresh(here, app, wrong)).status).toBe(400);
    for (const wrong of [token, given.code, must(app.secret)])
      expect((await api(here, wrong).list()).status).toBe(401);
    expect(await reasonsOf(services, access)).toEqual([null]);
  });
});

function tally(answers: readonly TokenAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Announces a form and sends only its beginning. */
function openSlowly(url: string): { hasBegun: Promise<void>; end(): void } {
  const { hostname, port } = new URL(url);
  const socket = connectTo(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(
    "POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n" +
      "Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=",
  );
  const hasBegun = until(() => socket.bytesWritten > 100, "the slow caller has begun");
  return { hasBegun, end: () => socket.destroy() };
}
