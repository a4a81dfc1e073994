import { must } from "@sayso/must";
import { make, until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allowAs, createEngine, openMakeStage, type MakeStage } from "./make-stage.ts";

// Both ways to connect, against the real server. The app has to show the server's refusals.

let stage: MakeStage;
beforeAll(async () => {
  stage = await openMakeStage();
});
afterAll(() => stage.close());

const ask = { title: "Refund order 17", description: "It arrived broken", priority: "high" };
const failure = (expected: object): unknown =>
  expect.objectContaining({ name: "MakeError", ...expected });

describe("an API key", () => {
  test("connects, and the connection is named after the organization", async () => {
    const connected = await stage.engine.connect("apiKey", {
      url: `${stage.server.url}//`,
      apiKey: stage.machine.key,
    });
    expect(connected).toMatchObject({
      uid: stage.organization.id,
      metadata: { type: "text", value: stage.organization.name },
      data: { url: stage.server.url },
    });
    const [request] = await stage.engine.run("requestApproval", {
      connection: connected,
      parameters: ask,
    });
    expect(request).toMatchObject({ status: "pending", connection_id: stage.machine.id });
  });

  test("that is wrong makes no connection", async () => {
    const parameters = { url: stage.server.url, apiKey: "gk_wrong" };
    await expect(stage.engine.connect("apiKey", parameters)).rejects.toEqual(
      failure({ type: "InvalidAccessTokenError", statusCode: 401 }),
    );
  });

  test("at an address where nobody answers makes no connection", async () => {
    const parameters = { url: "http://127.0.0.1:1", apiKey: stage.machine.key };
    await expect(stage.engine.connect("apiKey", parameters)).rejects.toEqual(
      failure({ type: "ConnectionError", statusCode: null }),
    );
  });

  test("never reaches the log", () => {
    const log = JSON.stringify(stage.engine.log);
    expect(log).toContain("/api/v1/org");
    expect(log).not.toContain(stage.machine.key);
    expect(log).not.toContain("gk_wrong");
  });
});

describe("OAuth", () => {
  test("sends an S256 challenge of a verifier that is long enough, and acts in the person's name", async () => {
    const browse = await allowAs(stage.server.url, stage.alice);
    let asked: URL | undefined;
    const connected = await stage.engine.connect(
      "oauth",
      await stage.oauthParameters(),
      (address) => {
        asked = address;
        return browse(address);
      },
    );
    expect(must(asked).searchParams.get("code_challenge_method")).toBe("S256");
    expect(must(asked).searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(must(asked).searchParams.get("redirect_uri")).toBe("https://www.make.com/oauth/cb/app");
    expect(connected.metadata?.value).toBe(`${stage.alice.email} (${stage.organization.name})`);
    const [request] = await stage.engine.run("requestApproval", {
      connection: connected,
      parameters: ask,
    });
    expect(request).toMatchObject({ created_by: stage.alice.id, source: "make" });
  });

  test("with another verifier than the challenge was made of is refused by the server", async () => {
    const { app } = await createEngine();
    const { token } = must(app.connections.oauth).communication;
    (must(token).body as Record<string, unknown>).code_verifier = "{{uuid}}{{uuid}}";
    const engine = make.createInterpreter(app);
    await expect(
      engine.connect(
        "oauth",
        await stage.oauthParameters(),
        await allowAs(stage.server.url, stage.bob),
      ),
    ).rejects.toEqual(failure({ statusCode: 400 }));
  });

  test.each(["clientId", "clientSecret"])("with a wrong %s makes no connection", async (name) => {
    const parameters = { ...(await stage.oauthParameters()), [name]: "wrong" };
    const browse = await allowAs(stage.server.url, stage.bob);
    await expect(stage.engine.connect("oauth", parameters, browse)).rejects.toThrow();
  });

  test("renews a token that is about to end, and the old refresh token with it", async () => {
    const connected = await stage.connectAs(stage.alice);
    const before = { ...connected.data };
    const parameters = { limit: 1 };
    await stage.engine.run("searchRequests", { connection: connected, parameters });
    expect(connected.data.accessToken).toBe(before.accessToken);
    connected.data.expires = new Date(Date.now() + 60_000);
    await stage.engine.run("searchRequests", { connection: connected, parameters });
    expect(connected.data.accessToken).not.toBe(before.accessToken);
    expect(connected.data.refreshToken).not.toBe(before.refreshToken);
    expect((connected.data.expires as Date).getTime()).toBeGreaterThan(Date.now() + 50 * 60_000);
    await stage.engine.run("searchRequests", { connection: connected, parameters });
  });

  test("that was taken back fails as an access token that is no longer good", async () => {
    const connected = await stage.connectAs(stage.bob);
    await stage.engine.invalidate(connected);
    await until(
      () =>
        stage.engine
          .run("searchRequests", { connection: connected, parameters: { limit: 1 } })
          .then(
            () => false,
            (error: unknown) => (error as make.MakeError).type === "InvalidAccessTokenError",
          ),
      "the token is refused",
    );
  });

  test("leaves no token, code, verifier or secret in the log", async () => {
    const parameters = await stage.oauthParameters();
    const browse = await allowAs(stage.server.url, stage.alice);
    const codes: string[] = [];
    const connected = await stage.engine.connect("oauth", parameters, async (address) => {
      const back = await browse(address);
      codes.push(must(back.searchParams.get("code")));
      return back;
    });
    connected.data.expires = new Date();
    const tokens = [connected.data.accessToken, connected.data.refreshToken] as string[];
    await stage.engine.refresh(connected);
    const log = JSON.stringify(stage.engine.log);
    const secrets = [
      ...codes,
      ...tokens,
      connected.data.accessToken as string,
      connected.data.refreshToken as string,
      parameters.clientSecret as string,
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
    expect(log).toContain("/api/v1/oauth/token");
    expect(log).not.toMatch(/"code_verifier":"(?!\[sanitized\])/);
  });
});
