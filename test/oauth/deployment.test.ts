// The authorization server in production conditions: behind a proxy, on a database that disappears, in a process that
// dies.
import { must } from "@sayso/must";
import { api, openServices, startServer, type ServerProcess } from "@sayso/testkit";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import {
  authorizePath,
  createPkce,
  exchange,
  obtainCode,
  openReplicas,
  post,
  refresh,
} from "./app.ts";

const replicas = await openReplicas();
const { server, here, there, organization, ada, app } = replicas;
const publicUrl = "https://sayso.example.com";
const behindProxy = await startServer({
  database: server.database,
  env: { SAYSO_URL: publicUrl, HOST: "127.0.0.1", SAYSO_ROLE: "api" },
});
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await behindProxy.stop();
  await replicas.close();
});

describe("behind a proxy that takes the TLS away", () => {
  test("all addresses are SAYSO_URL's, whatever the request says of itself", async () => {
    for (const headers of [
      {},
      { "X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "http" },
      { Forwarded: "host=evil.example.com;proto=http" },
    ]) {
      const response = await fetch(`${behindProxy.url}/.well-known/oauth-authorization-server`, {
        headers: headers as Record<string, string>,
      });
      const metadata = (await response.json()) as Record<string, unknown>;
      expect(metadata.issuer).toBe(publicUrl);
      for (const [name, value] of Object.entries(metadata))
        if (/_endpoint$|_uri$/.test(name))
          expect([name, String(value).startsWith(`${publicUrl}/`)]).toEqual([name, true]);
    }
  });

  test("a person is asked, allows and is sent back, with cookies that only TLS carries", async () => {
    const visitor = createVisitor(behindProxy.url);
    visitor.cookies.set("__Host-sayso_session", await ada.signIn());
    const pkce = createPkce();
    const asked = await visitor.get(authorizePath(app, pkce));
    expect(asked.location).toMatch(/^\/oauth\/consent\//);
    const page = await visitor.get(must(asked.location));
    const fields = { ...page.hidden(must(asked.location)), answer: "allow" };
    const allowed = await visitor.post(must(asked.location), fields);
    expect(allowed.location).toMatch(new RegExp(`^${publicUrl}/oauth/authorize/`));
    const back = await visitor.get(must(allowed.location).slice(publicUrl.length));
    for (const { headers } of [asked, back]) {
      expect(headers.getSetCookie().length).toBeGreaterThan(0);
      for (const cookie of headers.getSetCookie())
        expect(cookie).toMatch(/; secure; httponly(;|$)/i);
    }
    const { searchParams } = new URL(must(back.location));
    expect(searchParams.get("iss")).toBe(publicUrl);
    const code = must(searchParams.get("code"));
    const answer = await exchange(behindProxy.url, app, { code, verifier: pkce.verifier });
    expect(answer.status).toBe(200);
    expect((await api(behindProxy.url, must(answer.body.access_token)).list()).status).toBe(200);
  });
});

/** Locks a row that every new token needs, so that a token request stops in its middle: after the code is used. */
async function holdTokens<T>(work: () => Promise<T>): Promise<T> {
  const holder = new pg.Client({ connectionString: server.databaseUrl });
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("select from organizations where id = $1 for update", [organization.id]);
    return await work();
  } finally {
    await holder.end();
  }
}

/** Resolves when a token request of this process waits in its middle. */
async function untilHeld(): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await services.sql(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and application_name = 'sayso server' and query like '%insert into oauth_tokens%'`,
          )
        ).length,
    )
    .toBeGreaterThan(0);
}

describe("when the database does not answer", () => {
  test("a token request is a 503 in OAuth's words, and has used up nothing", async () => {
    const given = await obtainCode(here, ada, app);
    const refused = await holdTokens(() => exchange(here, app, given));
    expect(refused).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(refused.body.access_token).toBeUndefined();
    const answer = await exchange(here, app, given);
    expect(answer.status).toBe(200);
    const token = must(answer.body.refresh_token);
    expect((await holdTokens(() => refresh(there, app, token))).status).toBe(503);
    const first = await refresh(here, app, token);
    expect(first.status).toBe(200);
    expect((await refresh(here, app, must(first.body.refresh_token))).status).toBe(200);
  });

  test("so is one whose link is cut in its middle", async () => {
    const given = await obtainCode(here, ada, app);
    const refused = await holdTokens(async () => {
      const asking = exchange(here, app, given);
      await untilHeld();
      await services.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
           and application_name = 'sayso server' and wait_event_type = 'Lock'`,
      );
      return asking;
    });
    expect(refused).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
    expect((await exchange(there, app, given)).status).toBe(200);
  });

  test("people are told so on the page, and apps at every endpoint", async () => {
    const holder = new pg.Client({ connectionString: server.databaseUrl });
    await holder.connect();
    try {
      await holder.query("begin; lock table oauth_clients in access exclusive mode");
      const [asked, ...answers] = await Promise.all([
        createVisitor(here).get(authorizePath(app, createPkce())),
        post(here, "token", app, { grant_type: "client_credentials" }),
        post(here, "revoke", app, { token: "x" }),
        post(here, "introspect", app, { token: "x" }),
      ]);
      expect([asked.status, asked.location]).toEqual([503, null]);
      expect(asked.html).toContain("Something went wrong in Sayso");
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 503, body: { error: "temporarily_unavailable" } });
        expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
      }
    } finally {
      await holder.end();
    }
    expect((await createVisitor(here).get(authorizePath(app, createPkce()))).status).toBe(303);
  });

  test("a process that dies in the middle of an exchange has used up nothing", async () => {
    const given = await obtainCode(here, ada, app);
    const mortal: ServerProcess = await startServer({
      database: server.database,
      env: { SAYSO_ROLE: "api" },
    });
    await holdTokens(async () => {
      const lost = exchange(mortal.url, app, given).catch(() => "lost");
      await untilHeld();
      await mortal.kill9();
      expect(await lost).toBe("lost");
    });
    expect((await exchange(there, app, given)).status).toBe(200);
  });
});
