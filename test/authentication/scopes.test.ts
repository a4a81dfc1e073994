// Case 20 of docs/faults.md: every route of the catalogue with every scope and every kind of credential.
import {
  allScopes,
  allSurfaces,
  joinSurfaces,
  streamedItem,
  type AnyOperation,
} from "@sayso/catalogue";
import { ALL_SCOPES } from "@sayso/core";
import { must } from "@sayso/must";
import { api, openStage, type Answer } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCredentials, scopesOf, type Caller, type CredentialKind } from "./credentials.ts";

const stage = await openStage();
afterAll(() => stage.close());
const { owner, organization, server, services, machine, alice } = stage;
const operations = Object.entries<AnyOperation>(joinSurfaces(allSurfaces).operations);
const closed = operations.filter(([, operation]) => operation.scope !== null);
const adminOnly = closed.filter(([, operation]) => operation.adminOnly);
const kinds = await openCredentials(services, organization, server);

const tokenWith = async (scopes: readonly string[]) => (await owner.createToken(scopes)).token;

const nowhere = "01234567-89ab-7def-8123-456789abcdef";
const call = (
  operation: AnyOperation,
  { token = null, headers }: { token?: string | null; headers?: Caller },
) =>
  api(server.url, token).call(
    operation.http.method,
    operation.http.path.replaceAll(/\{\w+\}/g, nowhere),
    {
      headers,
      ...(operation.input.body && { body: {} }),
      // An open stream would not end, so this one is refused.
      ...(streamedItem(operation) && { query: { after: "nowhere" } }),
    },
  );

/** Returns the scope that an answer names as missing, in any surface's form of a refusal. */
const lackedScope = ({ body }: Answer): string | undefined =>
  /\b[a-z-]+:(?:read|write|decide)\b/.exec(JSON.stringify(body))?.[0];

/** Operations that no app may call, although its person may. The refusal comes before the lookup of the named thing. */
const neverByApps = new Set(["updateConnection"]);
/** Operations that end the session of their caller. */
const endsSession = new Set(["signOut"]);
/** The statuses of a call that the scope check let through: its body is empty and its id belongs to nothing. */
const LET_THROUGH = [200, 201, 400, 404];

test("there are routes, kinds of credentials and scopes to cross", () => {
  expect(closed.length).toBeGreaterThanOrEqual(37);
  expect(Object.keys(kinds)).toHaveLength(6);
  expect(allScopes.length).toBeGreaterThanOrEqual(11);
  expect(new Set(allScopes)).toEqual(ALL_SCOPES);
});

describe.each(closed)("%s", (name, operation) => {
  // All calls together exceed the limit of one hour.
  beforeAll(() => services.sql("delete from rate_windows"));
  const scope = must(operation.scope);
  const isOpenTo = (kind: CredentialKind) =>
    (!operation.adminOnly || kind.administers) &&
    (operation.caller !== "session" || kind.stands === "session") &&
    (operation.caller !== "person" || kind.stands !== "machine") &&
    (!neverByApps.has(name) || kind.stands !== "person" || !kind.hasConnection);

  test.each(Object.entries(kinds))(
    `by %s: only with ${scope}${operation.adminOnly ? ", and only for who administers" : ""}`,
    async (_kind, kind) => {
      // If a credential with all other scopes is refused, so is a credential with any one of them.
      const others = allScopes.filter((other) => other !== scope);
      const callers = kind.fixedScopes ? [allScopes] : [[scope], others];
      for (const scopes of callers) {
        const headers =
          endsSession.has(name) && kind.anew ? await kind.anew() : await kind.withScopes(scopes);
        const answer = await call(operation, { headers });
        const seen = [scopes, answer.status, lackedScope(answer)];
        if (!scopesOf(kind, scopes).has(scope)) expect(seen).toEqual([scopes, 403, scope]);
        else if (!isOpenTo(kind)) expect(seen).toEqual([scopes, 403, undefined]);
        else expect(LET_THROUGH).toContain(answer.status);
      }
    },
  );

  test("without a credential is a 401", async () => {
    expect((await call(operation, {})).status).toBe(401);
  });
});

describe.each(Object.entries(kinds).filter(([, kind]) => !kind.fixedScopes))("%s", (_, kind) => {
  test("with all scopes but one is refused for that one, whatever else it may do", async () => {
    for (const scope of new Set(closed.map(([, operation]) => must(operation.scope)))) {
      const [, operation] = must(closed.find(([, of]) => of.scope === scope && !of.adminOnly));
      const headers = await kind.withScopes(allScopes.filter((other) => other !== scope));
      const answer = await call(operation, { headers });
      expect([answer.status, lackedScope(answer)]).toEqual([403, scope]);
    }
  });

  test("without any scope opens nothing", async () => {
    const headers = await kind.withScopes([]);
    for (const [name, operation] of closed)
      expect([name, (await call(operation, { headers })).status]).toEqual([name, 403]);
  });
});

describe.each(adminOnly)("%s, which is for admins", (_, operation) => {
  test("is a 403 for a member and for a machine, also one that may decide", async () => {
    const decider = await organization.addConnection({ canDecide: true });
    for (const credential of [alice.token, machine.key, decider.key]) {
      expect((await call(operation, { token: credential })).status).toBe(403);
    }
  });
});

test("a made-up scope opens nothing", async () => {
  const token = await tokenWith(["approvals:*", "*", "admin", "approvals:READ"]);
  expect((await api(server.url, token).list()).status).toBe(403);
});

describe("a signed-in person's session on the API", () => {
  const withCookie = async (headers: Record<string, string> = {}) => ({
    headers: { Cookie: `sayso_session=${await alice.signIn()}`, ...headers },
  });
  const anybody = api(server.url, null);

  test("reads", async () => {
    expect((await anybody.call("GET", "/api/v1/approvals", await withCookie())).status).toBe(200);
  });

  test.each<[string, Record<string, string>, number]>([
    ["from Sayso's own pages", { Origin: server.url }, 201],
    [
      "from Sayso's own pages, as the browser itself says",
      { "Sec-Fetch-Site": "same-origin", Origin: server.url },
      201,
    ],
    ["from nowhere in particular", {}, 401],
    ["from another site", { Origin: "https://evil.example.com" }, 401],
    [
      "from another site, as the browser itself says",
      { "Sec-Fetch-Site": "cross-site", Origin: server.url },
      401,
    ],
    ["from a page without an origin", { Origin: "null" }, 401],
    ["from a site whose name begins like ours", { Origin: `${server.url}.evil.example.com` }, 401],
  ])("writes %s: as it should", async (_, headers, status) => {
    const options = await withCookie(headers);
    const body = { title: "t", description: "d", priority: "low" };
    expect((await anybody.call("POST", "/api/v1/approvals", { ...options, body })).status).toBe(
      status,
    );
  });

  test("counts for nothing beside a wrong key", async () => {
    const { headers } = await withCookie({ Authorization: "Bearer gk_wrong" });
    expect((await anybody.call("GET", "/api/v1/approvals", { headers })).status).toBe(401);
  });
});
