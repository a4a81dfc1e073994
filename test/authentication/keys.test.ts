// Cases 17–19 of docs/faults.md: API keys and personal tokens.
import {
  createApiKey,
  createOAuthSecret,
  createPersonalToken,
  disablePerson,
  oauthPrefixes,
  type OAuthSecretKind,
  revokeKey,
  revokeToken,
  setPassword,
  resetPassword,
  updateConnection,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, openServices, startServer, until } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const server = await startServer({ replicas: 2, env: { SAYSO_ROLE: "api" } });
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
});
const [here, there] = server.replicas.map((replica) => replica.url) as [string, string];

/** Returns the time of any replica's latest query, apart from LISTEN, in seconds. */
async function lastQuery(): Promise<number> {
  const [row] = await services.sql<{ seen: string }>(
    `select coalesce(extract(epoch from max(query_start)), 0)::text as seen from pg_stat_activity
     where datname = current_database() and application_name <> 'sayso-testkit' and pid <> pg_backend_pid()
       and query not like 'listen %'`,
  );
  return Number(must(row).seen);
}

const flip = (key: string) => key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");

// This comes first, while nobody has called the servers, because then nothing in the background queries the database.
describe("a key that can't be one (case 17)", () => {
  const headers: [string, () => string | null][] = [
    ["no header", () => null],
    ["an empty header", () => ""],
    ["no key after Bearer", () => "Bearer "],
    ["another scheme", () => `Basic ${Buffer.from(createApiKey()).toString("base64")}`],
    ["no scheme", () => createApiKey()],
    ["garbage", () => "Bearer garbage"],
    ["only the prefix", () => "Bearer gk_"],
    ["a wrong checksum", () => `Bearer ${flip(createApiKey())}`],
    ["a digit too few", () => `Bearer ${createApiKey().slice(0, -1)}`],
    ["a digit too many", () => `Bearer ${createApiKey()}0`],
    ["capital digits", () => `Bearer ${createApiKey().toUpperCase().replace("GK_", "gk_")}`],
    ["another prefix", () => `Bearer ${createApiKey().replace("gk_", "sk_")}`],
    [
      "a key's checksum under a token's prefix, damaged",
      () => `Bearer ${flip(createPersonalToken())}`,
    ],
    ["an app's secret", () => `Bearer ${createOAuthSecret("clientSecret")}`],
    ["an app's code", () => `Bearer ${createOAuthSecret("code")}`],
    ["a refresh token", () => `Bearer ${createOAuthSecret("refreshToken")}`],
    [
      "an access token with a wrong checksum",
      () => `Bearer ${flip(createOAuthSecret("accessToken"))}`,
    ],
    ["two keys", () => `Bearer ${createApiKey()} ${createApiKey()}`],
    ["ten thousand digits", () => `Bearer gk_${"0".repeat(10_000)}`],
    ["injected SQL", () => "Bearer gk_' or '1'='1"],
  ];

  beforeAll(() =>
    // A query of the server's start can still be under way.
    until(async () => {
      const before = await lastQuery();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return (await lastQuery()) <= before;
    }, "the servers ask nothing"),
  );

  test.each(headers)("%s is a 401 in the envelope, and costs no query", async (_, makeHeader) => {
    const before = await lastQuery();
    for (let i = 0; i < 20; i++) {
      const header = makeHeader();
      const answer = await api(here, null).call("GET", "/api/v1/approvals", {
        headers: header === null ? {} : { Authorization: header },
      });
      expect(answer).toMatchObject({ status: 401, error: { code: "UNAUTHORIZED" } });
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
    // The value falls when an idle connection was closed.
    expect(await lastQuery()).toBeLessThanOrEqual(before);
  });

  test("the instrument would have seen a query", async () => {
    const before = await lastQuery();
    expect((await api(here, createApiKey()).list()).status).toBe(401);
    expect(await lastQuery()).toBeGreaterThan(before);
  });

  test("a flood of well-formed keys that nobody made is a flood of 401", async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => api(here, createApiKey()).list()),
    );
    expect(answers.every((answer) => answer.status === 401)).toBe(true);
  });
});

const organization = await createOrganization(services, server);

describe("a credential that was taken back (case 18)", () => {
  /**
   * Uses a credential on both replicas without a pause and revokes it meanwhile.
   * Resolves when both replicas refuse it. The time for which a replica keeps a credential is tested with a clock that the test
   * turns (packages/core/src/authentication/authenticate.test.ts).
   */
  async function takeBack(credential: string, work: () => Promise<unknown>): Promise<void> {
    const replicas = [api(here, credential), api(there, credential)];
    const warm = await Promise.all(replicas.map((replica) => replica.list()));
    expect(warm.map((answer) => answer.status)).toEqual([200, 200]);
    const watching = replicas.map((replica) =>
      until(async () => {
        const { status } = await replica.list();
        expect([200, 401]).toContain(status);
        return status === 401;
      }, "the credential is refused"),
    );
    await work();
    await Promise.all(watching);
  }

  test("a revoked key is refused by every replica", async () => {
    const connection = await organization.addConnection();
    await takeBack(connection.key, () => revokeKey(organization.context, connection.keyId));
  });

  test("so is a revoked personal token", async () => {
    const person = await organization.addPerson();
    const { id, token } = await person.createToken(["approvals:read"]);
    await takeBack(token, () => revokeToken(person.context, id));
    expect((await person.api.list()).status).toBe(200);
  });

  test("so are the key of a connection that was switched off", async () => {
    const connection = await organization.addConnection();
    await takeBack(connection.key, () =>
      updateConnection(organization.context, connection.id, { isActive: false }),
    );
  });

  test("the tokens of somebody who was disabled (case 24)", async () => {
    const person = await organization.addPerson();
    await takeBack(person.token, () => disablePerson(organization.context, person.id));
  });

  test("the keys of the connections whose owner was disabled", async () => {
    const admin = await organization.addPerson({ role: "admin" });
    const connection = await organization.addConnection({ by: admin });
    await takeBack(connection.key, () => disablePerson(organization.context, admin.id));
  });

  test("the tokens of somebody whose password was changed (case 24)", async () => {
    const person = await organization.addPerson();
    const { token } = await resetPassword(organization.context, person.id);
    const change = () =>
      setPassword(services, {
        token,
        purposes: ["password_reset"],
        password: "nine other herons",
        userAgent: null,
        address: null,
      });
    await takeBack(person.token, change);
  });

  test("the tokens of somebody who is no longer a member", async () => {
    const person = await organization.addPerson();
    await takeBack(person.token, () =>
      services.sql("delete from memberships where person_id = $1", [person.id]),
    );
  });

  test("an expired key is refused", async () => {
    const connection = await organization.addConnection();
    await services.sql(
      "update connection_keys set expires_at = now() - interval '1 ms' where id = $1",
      [connection.keyId],
    );
    expect((await connection.api.list()).status).toBe(401);
  });
});

describe("a key in the address (case 19)", () => {
  test.each([
    "api_key",
    "apikey",
    "api-key",
    "key",
    "token",
    "access_token",
    "refresh_token",
    "client_secret",
    "authorization",
    "anything",
  ])(
    "as %s it is refused, even beside a good one in the header, and never logged",
    async (name) => {
      const { key, api: good } = await organization.addConnection();
      const path = `/api/v1/approvals?page=1&${name}=${key}`;
      for (const by of [api(here, null), good])
        expect(await by.call("GET", path)).toMatchObject({ status: 401 });
      expect((await good.list()).status).toBe(200);
      expect(server.replicas.map((replica) => replica.logs()).join()).not.toContain(key);
    },
  );

  test.each(Object.keys(oauthPrefixes) as OAuthSecretKind[])(
    "an app's secret (%s) is known by its looks, under any name",
    async (kind) => {
      const secret = createOAuthSecret(kind);
      const { api: good } = await organization.addConnection();
      const path = `/api/v1/approvals?page=1&search=${secret}`;
      expect(await good.call("GET", path)).toMatchObject({
        status: 401,
        error: { message: expect.stringContaining("treat this key as leaked") as string },
      });
      expect(server.replicas.map((replica) => replica.logs()).join()).not.toContain(secret);
    },
  );

  test("keys are not logged from the header, the path, the body or another header either", async () => {
    const { key, api: good } = await organization.addConnection();
    await good.list();
    await good.get(key);
    await api(here, null).call("GET", `/${key}`);
    await api(here, null).call("GET", `/requests/${key}`);
    await good.create({ title: key, priority: "wrong" });
    await good.call("GET", "/api/v1/approvals", {
      headers: {
        "X-Request-Id": key,
        "X-Api-Key": key,
        Referer: `https://example.com/?key=${key}`,
      },
    });
    expect(server.replicas.map((replica) => replica.logs()).join()).not.toContain(key);
  });

  test("no answer to a request without a key tells one", async () => {
    const answer = await api(here, null).list();
    expect(JSON.stringify(answer.body)).not.toMatch(/gk_[0-9a-f]/);
  });
});

test("only hashes of keys, tokens and sessions are stored", async () => {
  const connection = await organization.addConnection();
  const person = await organization.addPerson();
  const session = await person.signIn();
  for (const table of [
    "connection_keys",
    "personal_tokens",
    "sessions",
    "connections",
    "events",
    "people",
  ]) {
    const [row] = await services.sql<{ text: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as text from ${table} t`,
    );
    for (const secret of [
      connection.key,
      person.token,
      session,
      connection.webhookSecret,
      person.password,
    ]) {
      const spellings = [
        secret,
        secret.replace(/^[a-z]+_/, ""),
        Buffer.from(secret).toString("hex"),
      ];
      expect([table, spellings.some((spelling) => must(row).text.includes(spelling))]).toEqual([
        table,
        false,
      ]);
    }
  }
});
