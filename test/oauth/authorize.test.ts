// Cases 26, 33 and 34 of docs/faults.md: the form of an authorization request, and its answer.
import { must } from "@sayso/must";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor, signedIn, type Seen } from "../pages/visitor.ts";
import {
  answerConsent,
  authorizePath,
  createPkce,
  openReplicas,
  post,
  REDIRECT_URI,
  registerApp,
  type App,
} from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { here, organization, ada, app } = replicas;
const narrow = await registerApp(organization, { scopes: ["approvals:read", "comments:write"] });
const phone = await registerApp(organization, {
  kind: "native",
  redirectUris: ["http://localhost:7000/callback?of=us"],
});

const ask = (
  of: App,
  more: Record<string, string | undefined> = {},
  pkce = createPkce(),
): Promise<Seen> => createVisitor(here).get(authorizePath(of, pkce, more));

/** Returns the error that the redirect carries to the app. */
function errorOf(seen: Seen): Record<string, string> {
  const [address, query] = (seen.location ?? "").split(/[?#]/);
  expect([seen.status, address]).toEqual([303, REDIRECT_URI]);
  return Object.fromEntries(new URLSearchParams(query));
}
const isAsked = (seen: Seen): boolean => /^\/oauth\/consent\/[\w-]+$/.test(seen.location ?? "");

describe("without a proof of who will exchange the code (case 26)", () => {
  const { challenge } = createPkce();
  test.each<[string, Record<string, string | undefined>]>([
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }],
    ["the method plain", { code_challenge_method: "plain" }],
    ["no method, which means plain", { code_challenge_method: undefined }],
    ["a method that nobody knows", { code_challenge_method: "S512" }],
    ["a method without a challenge", { code_challenge: undefined }],
    ["a challenge that is too short", { code_challenge: challenge.slice(1) }],
    [
      "a challenge with a character that can't be in one",
      { code_challenge: `${challenge.slice(1)}=` },
    ],
  ])("%s: the app is told, nobody is asked", async (_, more) => {
    for (const of of [app, narrow])
      expect(errorOf(await ask(of, { scope: "approvals:read", ...more }))).toMatchObject({
        error: "invalid_request",
        state: "xyz",
      });
  });
});

describe("state and iss (case 33)", () => {
  const states = [
    "a b+c&d=e%20f%2B#g?h",
    "\"<script>alert('x')</script>\\",
    "zażółć 日本 🦢",
    "‮\u0001\t\r\nx",
    "%00%",
    "x".repeat(2000),
    '{"nested":["json",1]}',
  ];

  test.each(states)(
    "%j comes back as it was sent, with iss, after a yes, a no and an error",
    async (state) => {
      const visitor = await signedIn(here, ada);
      for (const answer of ["allow", "refuse"] as const) {
        const back = await answerConsent(
          visitor,
          authorizePath(app, createPkce(), { state }),
          answer,
        );
        expect(back.searchParams.get("state")).toBe(state);
        expect(back.searchParams.getAll("iss")).toEqual([here]);
        expect(back.searchParams.get("error")).toBe(answer === "refuse" ? "access_denied" : null);
        expect(back.searchParams.has("code")).toBe(answer === "allow");
      }
      expect(errorOf(await ask(app, { state, scope: "nonsense" }))).toMatchObject({
        state,
        iss: here,
      });
    },
  );

  test("no state was sent, none comes back", async () => {
    const back = await answerConsent(
      await signedIn(here, ada),
      authorizePath(app, createPkce(), { state: undefined }),
    );
    expect([...back.searchParams.keys()].sort()).toEqual(["code", "iss"]);
  });

  test("what the registered address has in its query stays", async () => {
    const redirect_uri = "http://localhost:8000/callback?of=us";
    const path = authorizePath(phone, createPkce(), { redirect_uri });
    const back = await answerConsent(await signedIn(here, ada), path);
    expect([back.searchParams.get("of"), back.searchParams.has("code")]).toEqual(["us", true]);
  });

  test("a NUL in any parameter is the app's mistake, not the server's", async () => {
    for (const name of ["state", "nonce", "login_hint", "ui_locales"])
      expect(errorOf(await ask(app, { [name]: "a\0b" }))).toMatchObject({
        error: "invalid_request",
      });
  });
});

describe("what is asked for", () => {
  test.each<[string, Record<string, string | undefined>, string]>([
    ["an unknown scope", { scope: "everything" }, "invalid_scope"],
    ["an unknown scope beside a known one", { scope: "approvals:read admin" }, "invalid_scope"],
    ["OpenID Connect's scope", { scope: "openid approvals:read" }, "invalid_scope"],
    ["a scope in capitals", { scope: "APPROVALS:READ" }, "invalid_scope"],
    ["a scope with a line break", { scope: "approvals:read\napprovals:write" }, "invalid_scope"],
    ["scopes twice", { scope: "approvals:read approvals:read nonsense" }, "invalid_scope"],
    [
      "a token at once (the implicit flow)",
      { response_type: "token" },
      "unsupported_response_type",
    ],
    ["an id_token", { response_type: "code id_token", nonce: "n" }, "unsupported_response_type"],
    ["nothing", { response_type: undefined }, "invalid_request"],
    ["a page that submits itself", { response_mode: "form_post" }, "unsupported_response_mode"],
    ["the answer in a fragment", { response_mode: "fragment" }, "unsupported_response_mode"],
    ["no question to the person", { prompt: "none" }, "login_required"],
    ["a request object", { request: "ey.ey.x" }, "request_not_supported"],
    ["a pushed request", { request_uri: "urn:x" }, "request_uri_not_supported"],
    ["another resource", { resource: "https://other.example.com" }, "invalid_target"],
    [
      "a resource with no scope of its own",
      { resource: `${here}/organizations`, scope: "approvals:read" },
      "invalid_scope",
    ],
  ])("%s is refused, and the app is told in its redirect address", async (_, more, error) => {
    expect(errorOf(await ask(app, more))).toMatchObject({ error, state: "xyz", iss: here });
  });

  test("a scope that this app may not have is refused, with a page for nobody", async () => {
    expect(errorOf(await ask(narrow, { scope: "approvals:read approvals:write" }))).toMatchObject({
      error: "invalid_scope",
    });
    expect(isAsked(await ask(narrow, { scope: "comments:write approvals:read" }))).toBe(true);
  });

  test.each<[string, Record<string, string | undefined>]>([
    ["no scope", { scope: undefined }],
    ["an empty scope", { scope: "" }],
    ["only a space", { scope: " " }],
  ])(
    "%s: the app gets those that it was registered with, never that for deciding",
    async (_, more) => {
      const visitor = await signedIn(here, ada);
      const pkce = createPkce();
      for (const of of [app, narrow]) {
        const back = await answerConsent(visitor, authorizePath(of, pkce, more), "allow", {});
        const { body } = await post(here, "token", of, {
          grant_type: "authorization_code",
          code: back.searchParams.get("code") ?? "",
          redirect_uri: REDIRECT_URI,
          code_verifier: pkce.verifier,
        });
        const registered = of.client.scopes.filter((scope) => scope !== "approvals:decide");
        expect(body.scope?.split(" ").sort()).toEqual([...registered].sort());
      }
    },
  );

  test("an app that is registered for deciding alone has to name it", async () => {
    const decider = await registerApp(organization, { scopes: ["approvals:decide"] });
    expect(errorOf(await ask(decider, { scope: undefined }))).toMatchObject({
      error: "invalid_scope",
    });
  });

  test("the refusal without PKCE says how to switch it on in n8n and Make", async () => {
    const { error_description: reported } = errorOf(
      await ask(app, { code_challenge: undefined, code_challenge_method: undefined }),
    );
    expect(reported).toMatch(/code_challenge.*S256.*n8n.*grant type PKCE.*Make/);
  });

  test("two states are one too many", async () => {
    const seen = await createVisitor(here).get(`${authorizePath(app, createPkce())}&state=b`);
    expect(errorOf(seen)).toMatchObject({ error: "invalid_request" });
  });

  test("other spellings of the endpoint are no endpoint", async () => {
    const { search } = new URL(authorizePath(app, createPkce()), here);
    for (const path of [
      "/oauth/authorize/",
      "/OAuth/Authorize",
      "/oauth/%61uthorize",
      "//oauth/authorize",
    ]) {
      const seen = await createVisitor(here).get(path + search);
      expect([path, seen.status]).toEqual([path, 404]);
    }
  });

  test("only GET and HEAD are taken", async () => {
    const visitor = createVisitor(here);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const seen = await visitor.send(method, authorizePath(app, createPkce()));
      expect([seen.status, seen.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });
});

describe("the question itself (case 34)", () => {
  test("may stand in no frame, and its answers neither", async () => {
    const visitor = await signedIn(here, ada);
    const asked = await visitor.get(authorizePath(app, createPkce()));
    const page = await visitor.get(must(asked.location));
    const wrong = await ask(app, { redirect_uri: "https://evil.example.com" });
    for (const seen of [page, wrong]) {
      expect(seen.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(seen.headers.get("x-frame-options")).toBe("DENY");
    }
  });

  test("a form from elsewhere allows nothing", async () => {
    const visitor = await signedIn(here, ada);
    const { location } = await visitor.get(authorizePath(app, createPkce()));
    const fields = {
      ...(await visitor.get(must(location))).hidden(must(location)),
      answer: "allow",
    };
    const foreign = await visitor.post(must(location), fields, {
      origin: "https://evil.example.com",
    });
    const unsigned = await visitor.post(must(location), { answer: "allow" });
    expect([foreign.status, unsigned.status]).toEqual([403, 403]);
    const [row] = await replicas.services.sql<{ n: number }>(
      "select count(*)::int as n from oauth_interactions where payload ? 'result'",
    );
    expect(row?.n).toBe(0);
  });

  test("is for the browser that the app sent, also when somebody else is signed in", async () => {
    const victim = await signedIn(here, ada);
    const attacker = await signedIn(here, await organization.addPerson());
    const { location } = await attacker.get(authorizePath(app, createPkce()));
    const seen = await victim.get(must(location));
    expect(seen.status).toBe(404);
  });

  test("two answers at the same instant are one connection", async () => {
    const visitor = await signedIn(here, await organization.addPerson());
    const { location } = await visitor.get(authorizePath(app, createPkce()));
    const fields = {
      ...(await visitor.get(must(location))).hidden(must(location)),
      answer: "allow",
    };
    const before = await countGrants();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => visitor.post(must(location), fields)),
    );
    expect(answers.some((answer) => answer.location?.startsWith("/oauth/authorize/"))).toBe(true);
    expect((await countGrants()) - before).toBe(1);
  });
});

const countGrants = async (): Promise<number> =>
  must(
    (await replicas.services.sql<{ n: number }>("select count(*)::int as n from oauth_grants"))[0],
  ).n;
