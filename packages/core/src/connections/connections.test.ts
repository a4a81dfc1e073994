import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FullContext } from "../services.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { createConnection } from "./create-connection.ts";
import { createKey } from "./create-key.ts";
import { deleteConnection } from "./delete-connection.ts";
import { getConnection } from "./get-connection.ts";
import { listConnections } from "./list-connections.ts";
import { listKeys } from "./list-keys.ts";
import { readWebhookSecrets } from "./read-webhook-secrets.ts";
import { rotateKey } from "./rotate-key.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
import { updateConnection } from "./update-connection.ts";

let database: TestDatabase;
let owner: FullContext;
let member: FullContext;

beforeAll(async () => {
  database = await openTestDatabase();
  owner = database.owner;
  const personId = await database.addPerson("member@example.com", "correct horse battery");
  member = { ...owner, actor: { kind: "person", personId, role: "member", via: "session" } };
});
afterAll(() => database.close());

const asMachine = (connectionId: string): FullContext => ({
  ...owner,
  actor: {
    kind: "connection",
    connectionId,
    ownerId: "",
    keyMadeBy: [],
    name: "Bot",
    canDecide: true,
    canDecideOwn: false,
    allowedActionTypes: null,
    maxPriority: null,
    defaultPriority: null,
    defaultTitle: null,
    defaultDescription: null,
    approversNeeded: "one" as const,
  },
});

describe("a connection", () => {
  test("may only ask, 100 times an hour, unless an admin says otherwise", async () => {
    const { connection, key, webhookSecret } = await createConnection(owner, { name: "Bot" });
    expect(connection).toMatchObject({
      name: "Bot",
      isActive: true,
      canDecide: false,
      rateLimitPerHour: 100,
      allowedActionTypes: null,
      defaultPriority: null,
      apiKeyPrefix: key.slice(0, 11),
      lastUsedAt: null,
    });
    expect(webhookSecret).toMatch(/^whsec_/);
  });

  test.each(["n8n", "zapier", "make"] as const)(
    "made for %s fills in what its clients leave out",
    async (preset) => {
      const { connection } = await createConnection(owner, { name: preset, preset });
      expect(connection).toMatchObject({
        preset,
        defaultPriority: "medium",
        defaultDescription: "No description given",
      });
      const other = await createConnection(owner, { name: preset, preset, defaultPriority: null });
      expect(other.connection.defaultPriority).toBeNull();
    },
  );

  test("is the business of admins: members read, machines see themselves only", async () => {
    const { connection } = await createConnection(owner, { name: "Private" });
    const machine = asMachine(connection.id);
    for (const by of [member, machine]) {
      await expect(createConnection(by, { name: "Mine" })).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(updateConnection(by, connection.id, { canDecide: true })).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(deleteConnection(by, connection.id)).rejects.toMatchObject({
        code: "forbidden",
      });
      await expect(rotateKey(by, connection.id)).rejects.toMatchObject({ code: "forbidden" });
      await expect(listKeys(by)).rejects.toMatchObject({ code: "forbidden" });
    }
    expect((await listConnections(member)).length).toBeGreaterThan(1);
    expect((await listConnections(machine)).map(({ id }) => id)).toEqual([connection.id]);
    const other = await createConnection(owner, { name: "Other" });
    await expect(getConnection(machine, other.connection.id)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(rotateKey(machine, other.connection.id)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is changed field by field; every faulty field is named", async () => {
    const { connection } = await createConnection(owner, { name: "Before", maxPriority: "low" });
    const changed = await updateConnection(owner, connection.id, {
      name: "After",
      allowedActionTypes: ["deploy"],
    });
    expect(changed).toMatchObject({
      name: "After",
      allowedActionTypes: ["deploy"],
      maxPriority: "low",
    });
    const refused = updateConnection(owner, connection.id, {
      name: " ",
      rateLimitPerHour: 10_001,
      allowedActionTypes: [],
    });
    await expect(refused).rejects.toMatchObject({
      code: "validation_failed",
      details: {
        fields: [
          { field: "name" },
          { field: "rate_limit_per_hour" },
          { field: "allowed_action_types" },
        ],
      },
    });
  });

  test("that is deleted is gone, and its keys with it", async () => {
    const { connection, keyId } = await createConnection(owner, { name: "Gone" });
    await deleteConnection(owner, connection.id);
    await expect(getConnection(owner, connection.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(deleteConnection(owner, connection.id)).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await listKeys(owner)).find(({ id }) => id === keyId)).toMatchObject({
      status: "revoked",
    });
  });
});

test("every replaced webhook secret signs beside the new one for 24 hours", async () => {
  const { connection, webhookSecret } = await createConnection(owner, { name: "Rotating" });
  const { webhookSecret: next, previousSignsUntil } = await rotateWebhookSecret(
    owner,
    connection.id,
  );
  const { rows } = await database.services.system.query<{ now: Buffer; before: Buffer }>(
    "select webhook_secret as now, previous_webhook_secret as before from connections where id = $1",
    [connection.id],
  );
  const { secrets } = database.services;
  expect([must(rows[0]).now, must(rows[0]).before].map((sealed) => secrets.open(sealed))).toEqual([
    next,
    webhookSecret,
  ]);
  expect((previousSignsUntil.getTime() - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
});

test("a connection reads the secrets that sign its own callbacks, and a person their own", async () => {
  const { connection, webhookSecret } = await createConnection(owner, { name: "Reading" });
  const machine = asMachine(connection.id);
  expect(await readWebhookSecrets(machine)).toEqual([webhookSecret]);
  const { webhookSecret: next } = await rotateWebhookSecret(owner, connection.id);
  expect(await readWebhookSecrets(machine)).toEqual([next, webhookSecret]);
  await database.services.system.query(
    "update connections set previous_webhook_secret_until = now() where id = $1",
    [connection.id],
  );
  expect(await readWebhookSecrets(machine)).toEqual([next]);
  const [own, ...others] = await readWebhookSecrets(owner);
  expect([own?.startsWith("whsec_"), own === next, others]).toEqual([true, false, []]);
  await deleteConnection(owner, connection.id);
  await expect(readWebhookSecrets(machine)).rejects.toMatchObject({ code: "not_found" });
});

test("a connection may have several keys; a rotation ends them all after the grace", async () => {
  const { connection } = await createConnection(owner, { name: "Two keys" });
  await createKey(owner, connection.id);
  const { keyId, previousKeysExpireAt } = await rotateKey(owner, connection.id, 10_080);
  const keys = (await listKeys(owner)).filter((key) => key.connectionId === connection.id);
  expect(keys).toHaveLength(3);
  expect(keys.filter(({ expiresAt }) => expiresAt === null).map(({ id }) => id)).toEqual([keyId]);
  expect((must(previousKeysExpireAt).getTime() - Date.now()) / 86_400_000).toBeCloseTo(7, 1);
  for (const minutes of [-1, 1.5, 10_081]) {
    await expect(rotateKey(owner, connection.id, minutes)).rejects.toMatchObject({
      code: "validation_failed",
    });
  }
});
