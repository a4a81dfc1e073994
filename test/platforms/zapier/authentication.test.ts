import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openZapierStage, type AuthData, type ZapierStage } from "./connect.ts";
import { thrownBy, shownError } from "./zapier.ts";

let stage: ZapierStage;

beforeAll(async () => {
  stage = await openZapierStage();
});
afterAll(() => stage.close());

const testAccount = (authData: Record<string, unknown>, environment = {}) =>
  stage.zapier.run("authentication.test", { authData }, { environment });

describe("connecting", () => {
  test("asks for what the app needs, with PKCE, and gets tokens that are renewed", async () => {
    const { results } = await stage.zapier.run<string>("authentication.oauth2Config.authorizeUrl", {
      inputData: { state: "s", redirect_uri: "https://zapier.com/return/" },
    });
    const asked = new URL(results);
    expect(asked.origin).toBe(stage.server.url);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: "code",
      state: "s",
      client_id: stage.environment.CLIENT_ID,
      redirect_uri: "https://zapier.com/return/",
      scope: expect.stringContaining("approvals:read approvals:write") as string,
    });
    expect(stage.account).toMatchObject({
      access_token: expect.any(String) as string,
      refresh_token: expect.any(String) as string,
    });
  });

  test("names the account by organization and person", async () => {
    expect((await testAccount(stage.account)).results).toEqual({
      organization_id: stage.organization.id,
      organization: stage.organization.name,
      person: stage.bob.email,
    });
  });

  test("a token that is refused makes Zapier renew it, and the step then works", async () => {
    const account = await stage.connect(stage.alice);
    const stale = { ...account, access_token: "expired" };
    const create = (authData: Record<string, unknown>) =>
      stage.zapier.run<{ id: string; created_by: string }>(
        "creates.createRequest.operation.perform",
        {
          authData,
          inputData: { title: "Renewed", description: "In the middle", priority: "low" },
        },
      );
    expect((await thrownBy(create(stale))).name).toBe("RefreshAuthError");
    const { results: renewed } = await stage.zapier.run<AuthData>(
      "authentication.oauth2Config.refreshAccessToken",
      { authData: stale },
    );
    expect(renewed.access_token).not.toBe(account.access_token);
    expect(renewed.refresh_token).not.toBe(account.refresh_token);
    expect((await create({ ...stale, ...renewed })).results).toMatchObject({
      created_by: stage.alice.id,
    });
  });

  test("a connection that was taken back has to be made anew", async () => {
    const refresh = (refresh_token: string) =>
      stage.zapier.run("authentication.oauth2Config.refreshAccessToken", {
        authData: { refresh_token },
      });
    const thrown = await thrownBy(refresh("no-such-token"));
    expect(thrown.name).toBe("ExpiredAuthError");
    expect(thrown.message).toMatch(/^Connect Sayso again: \S/);
  });
});

describe("a test that fails says what is wrong", () => {
  test("a server that can't be reached", async () => {
    const gone = { SAYSO_URL: "http://127.0.0.1:9" };
    expect(shownError(await thrownBy(testAccount(stage.account, gone))).message).toMatch(
      /^Zapier can't reach Sayso at http:\/\/127\.0\.0\.1:9\. Check the URL/,
    );
  });

  test("an environment without an address", async () => {
    for (const SAYSO_URL of ["", "sayso.example.com"])
      expect(shownError(await thrownBy(testAccount(stage.account, { SAYSO_URL }))).message).toMatch(
        /SAYSO_URL is .*: set it to where Sayso answers, such as https:/,
      );
  });

  test("a token that is no token", async () => {
    expect((await thrownBy(testAccount({ access_token: "nonsense" }))).name).toBe(
      "RefreshAuthError",
    );
  });

  test("a wrong client secret", async () => {
    const environment = { CLIENT_SECRET: "wrong" };
    const exchange = stage.zapier.run(
      "authentication.oauth2Config.refreshAccessToken",
      { authData: { refresh_token: stage.account.refresh_token } },
      { environment },
    );
    expect(shownError(await thrownBy(exchange)).message).toBe(
      "CLIENT_ID or CLIENT_SECRET is wrong",
    );
  });
});
