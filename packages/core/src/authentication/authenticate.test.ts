import { must } from "@sayso/must";
import { scopes } from "../credentials/scopes.ts";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { FullContext } from "../services.ts";
import { disablePerson } from "../members/disable-person.ts";
import { createToken } from "../personal-tokens/create-token.ts";
import { revokeToken } from "../personal-tokens/revoke-token.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { createApiKey, createPersonalToken } from "../credentials/api-key.ts";
import { createAuthenticator, type Authenticator } from "./authenticate.ts";
import { createConnection, type CreatedConnection } from "../connections/create-connection.ts";
import { deleteConnection } from "../connections/delete-connection.ts";
import { getConnection } from "../connections/get-connection.ts";
import { revokeKey } from "../connections/revoke-key.ts";
import { rotateKey } from "../connections/rotate-key.ts";
import { updateConnection } from "../connections/update-connection.ts";

let database: TestDatabase;
let owner: FullContext;
let made: CreatedConnection;
const authenticators: Authenticator[] = [];
let queries = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  owner = database.owner;
  countQueries(database.services.system);
});
beforeEach(async () => {
  made = await createConnection(owner, { name: "Bot", rateLimitPerHour: 7 });
  queries = 0;
});
afterAll(async () => {
  await Promise.all(authenticators.map((one) => one.close()));
  await database.close();
});

/** Counts every query that takes a connection out of the pool. */
function countQueries(pool: Pool): void {
  pool.on("acquire", () => queries++);
}

/** An authenticator with a cache of its own, as another process would have. */
function newReplica(): Authenticator {
  const authenticator = createAuthenticator(database.services);
  authenticators.push(authenticator);
  return authenticator;
}

afterEach(() => vi.restoreAllMocks());

/** Stops the clock by which answers age. It goes on only when the returned function adds milliseconds to it. */
function stopClock(): (ms: number) => void {
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  return (ms) => void (now += ms);
}

/**
 * Checks that each of these ways to ask accepts, and still does after `work`, and refuses a second later. Every answer
 * is asked for before the work, at which its age begins, so that no answer lives longer.
 */
async function expectRefusedASecondAfter(
  work: () => Promise<unknown>,
  ways: (() => Promise<unknown>)[],
): Promise<void> {
  const pass = stopClock();
  const askAll = () => Promise.all(ways.map((ask) => ask()));
  expect(await askAll()).not.toContain(null);
  await work();
  expect(await askAll(), "the answer comes from memory").not.toContain(null);
  pass(1000);
  expect(await askAll()).toEqual(ways.map(() => null));
}

const flip = (text: string): string => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");

describe("a key", () => {
  test("stands for its connection", async () => {
    const found = await newReplica().authenticateKey(made.key);
    expect(found).toMatchObject({
      actor: {
        kind: "connection",
        connectionId: made.connection.id,
        ownerId: made.connection.ownerId,
        canDecide: false,
        allowedActionTypes: null,
      },
      organizationId: owner.organizationId,
      rateLimitPerHour: 7,
      bucketId: made.connection.id,
    });
    const withoutReviews = scopes.filter((scope) => !scope.startsWith("reviews:"));
    expect([...must(found).scopes].sort()).toEqual(withoutReviews.sort());
  });

  test("of a connection for some action types only is for asking alone", async () => {
    await updateConnection(owner, made.connection.id, { allowedActionTypes: ["deploy"] });
    const found = await newReplica().authenticateKey(made.key);
    expect([...must(found).scopes].sort()).toEqual([
      "approvals:decide",
      "approvals:read",
      "approvals:write",
      "comments:write",
    ]);
  });

  test("that can't be one is refused without a query", async () => {
    const replica = newReplica();
    for (const garbage of [
      "",
      "gk_",
      "garbage",
      flip(made.key),
      made.key.toUpperCase(),
      `${made.key}0`,
      flip(createPersonalToken()),
    ]) {
      expect(await replica.authenticate(garbage)).toBeNull();
    }
    expect(queries).toBe(0);
  });

  test("costs one query however many ask at once, and none again for a while", async () => {
    stopClock();
    const replica = newReplica();
    const all = await Promise.all(
      Array.from({ length: 200 }, () => replica.authenticateKey(made.key)),
    );
    expect(all.every((one) => one !== null)).toBe(true);
    await replica.authenticateKey(made.key);
    expect(queries).toBe(1);
  });

  test("that nobody made is remembered as refused", async () => {
    stopClock();
    const replica = newReplica();
    const stranger = createApiKey();
    for (let i = 0; i < 5; i++) expect(await replica.authenticateKey(stranger)).toBeNull();
    expect(queries).toBe(1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["revoked", () => revokeKey(owner, made.keyId)],
    ["rotated without grace", () => rotateKey(owner, made.connection.id, 0)],
    [
      "of a connection switched off",
      () => updateConnection(owner, made.connection.id, { isActive: false }),
    ],
    ["of a deleted connection", () => deleteConnection(owner, made.connection.id)],
    [
      "expired",
      () =>
        database.services.system.query(
          "update connection_keys set expires_at = now() where id = $1",
          [made.keyId],
        ),
    ],
  ])("%s is refused by every replica within a second", async (_, work) => {
    await expectRefusedASecondAfter(
      work,
      [newReplica(), newReplica()].map((one) => () => one.authenticateKey(made.key)),
    );
  });

  test("whose lookup takes long is remembered from its beginning", async () => {
    const pass = stopClock();
    const replica = newReplica();
    const lookup = replica.authenticateKey(made.key);
    pass(900);
    expect(await lookup).not.toBeNull();
    await revokeKey(owner, made.keyId);
    expect(await replica.authenticateKey(made.key)).toBeNull();
  });

  test("of somebody who was disabled is refused", async () => {
    const personId = await database.addPerson("leaver@example.com", "correct horse battery", {
      role: "admin",
    });
    const theirs = await createConnection(
      { ...owner, actor: { kind: "person", personId, role: "admin", via: "session" } },
      { name: "Theirs" },
    );
    const replica = newReplica();
    await expectRefusedASecondAfter(
      () => disablePerson(owner, personId),
      [() => replica.authenticateKey(theirs.key)],
    );
  });

  test("lives on beside its successor while the grace of a rotation lasts", async () => {
    const [sooner, { key, previousKeysExpireAt }, later] = [
      Date.now(),
      await rotateKey(owner, made.connection.id, 60),
      Date.now(),
    ];
    const replica = newReplica();
    expect(await replica.authenticateKey(made.key)).not.toBeNull();
    expect(await replica.authenticateKey(key)).not.toBeNull();
    // A second more on both sides, because the database's clock can differ a little from this one.
    const rotatedAt = must(previousKeysExpireAt).getTime() - 60 * 60_000;
    expect(rotatedAt).toBeGreaterThan(sooner - 1000);
    expect(rotatedAt).toBeLessThan(later + 1000);
  });

  test("leaves its last use behind when the process ends", async () => {
    const replica = createAuthenticator(database.services);
    expect((await getConnection(owner, made.connection.id)).lastUsedAt).toBeNull();
    const sooner = Date.now();
    await replica.authenticateKey(made.key);
    await replica.close();
    const later = Date.now();
    const { lastUsedAt } = await getConnection(owner, made.connection.id);
    expect(must(lastUsedAt).getTime()).toBeGreaterThan(sooner - 1000);
    expect(must(lastUsedAt).getTime()).toBeLessThan(later + 1000);
  });
});

test("a personal token stands for its person until it is revoked", async () => {
  const personId = await database.addPerson("ada@example.com", "correct horse battery", {
    role: "admin",
  });
  const ada: FullContext = {
    ...owner,
    actor: { kind: "person", personId, role: "admin", via: "session" },
  };
  const { id, token } = await createToken(ada, { name: "CLI", scopes: ["approvals:read"] });
  const replica = newReplica();
  expect(await replica.authenticate(token)).toEqual({
    actor: {
      kind: "person",
      personId,
      role: "admin",
      via: "token",
      token: { id: expect.any(String) as string, name: "CLI" },
      mayDecide: false,
      canApprove: true,
    },
    organizationId: owner.organizationId,
    scopes: new Set(["approvals:read"]),
    rateLimitPerHour: 1000,
    bucketId: personId,
  });
  await expectRefusedASecondAfter(() => revokeToken(ada, id), [() => replica.authenticate(token)]);
});

test("a flood of made-up keys neither grows the cache without end nor drives a real key out", async () => {
  const replica = newReplica();
  await replica.authenticateKey(made.key);
  const flood = Array.from({ length: 6000 }, createApiKey);
  for (let i = 0; i < flood.length; i += 500)
    await Promise.all(flood.slice(i, i + 500).map((key) => replica.authenticateKey(key)));
  expect(replica.cacheSize).toBeLessThanOrEqual(5001);
  expect(await replica.authenticateKey(made.key)).not.toBeNull();
});
