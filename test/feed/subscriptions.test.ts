import {
  createClient,
  createGrant,
  createSubscription,
  listSubscriptions,
  type Context,
} from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization, openStage, startReceiver } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { subscriptions } from "./delivered.ts";

const stage = await openStage({ replicas: 2 });
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { machine, alice, bob, owner, services, server, organization } = stage;
const theirs = await createOrganization(services, server);

const mine = subscriptions(machine.api);
let counter = 0;
const body = (more: Record<string, unknown> = {}) => ({
  target_url: `${receiver.url}/${++counter}`,
  event_types: ["approval.approved"],
  ...more,
});

test("is made, read, listed and deleted", async () => {
  const asked = body({
    event_types: ["approval.rejected", "approval.approved", "approval.approved"],
    filter: { priority: ["high"], source: ["b", "a"] },
    description: "Deploys",
  });
  const made = await mine.create(asked);
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: made.body.id,
    target_url: asked.target_url,
    event_types: ["approval.approved", "approval.rejected"],
    filter: { priority: ["high"], source: ["a", "b"] },
    description: "Deploys",
    connection_id: machine.id,
    grant_id: null,
    person_id: null,
    failing_since: null,
    disabled_at: null,
    disabled_reason: null,
    created_at: expect.any(String) as string,
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/) as string,
  });
  const { secret: _, ...shown } = made.body;
  expect((await mine.get(shown.id)).body).toEqual(shown);
  expect((await mine.list()).body.data).toContainEqual(shown);
  expect(await mine.delete(shown.id)).toMatchObject({
    status: 200,
    body: { id: shown.id, deleted: true },
  });
  expect((await mine.get(shown.id)).status).toBe(404);
  expect((await mine.delete(shown.id)).status).toBe(404);
  expect((await mine.test(shown.id)).status).toBe(404);
  expect((await mine.rotate(shown.id)).status).toBe(404);
  expect((await mine.list()).body.data.map(({ id }) => id)).not.toContain(shown.id);
});

describe("the same again", () => {
  test("is the same one with the same secret, however it is spelt", async () => {
    const asked = body({
      event_types: ["approval.approved", "approval.rejected"],
      filter: { priority: ["high", "low"], source: [] },
    });
    const first = await mine.create(asked);
    const again = await mine.create({
      ...asked,
      event_types: ["approval.rejected", "approval.approved"],
      filter: { priority: ["low", "high"] },
      description: "another word for it",
    });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
  });

  test.each<[string, Record<string, unknown>]>([
    ["address", { target_url: "http://127.0.0.1:4999/elsewhere" }],
    ["set of types", { event_types: ["approval.*"] }],
    ["filter", { filter: { priority: ["critical"] } }],
  ])("with another %s is another one", async (_, change) => {
    const asked = body();
    const first = await mine.create(asked);
    const other = await mine.create({ ...asked, ...change });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
    expect(other.body.secret).not.toBe(first.body.secret);
  });

  test("by somebody else is theirs", async () => {
    const asked = body();
    const [ours, alices] = [await mine.create(asked), await subscriptions(alice.api).create(asked)];
    expect([ours.status, alices.status]).toEqual([201, 201]);
    expect(alices.body).toMatchObject({ person_id: alice.id, connection_id: null });
  });

  test("after it was deleted is a new one", async () => {
    const asked = body();
    const first = await mine.create(asked);
    await mine.delete(first.body.id);
    const second = await mine.create(asked);
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test("×20 at once on two servers is one subscription with one secret", async () => {
    for (let round = 0; round < 5; round++) {
      const asked = body();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          subscriptions(api(must(server.replicas[n % 2]).url, machine.key)).create(asked),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        ...Array.from({ length: 19 }, () => 200),
        201,
      ]);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      expect(new Set(answers.map((answer) => answer.body.secret)).size).toBe(1);
    }
  });

  test("gives the newest secret after a rotation", async () => {
    const asked = body();
    const { body: made } = await mine.create(asked);
    const { body: rotated } = await mine.rotate(made.id);
    expect(rotated.secret).not.toBe(made.secret);
    expect(Date.parse(rotated.old_secret_expires_at) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await mine.create(asked)).body).toMatchObject({ id: made.id, secret: rotated.secret });
  });
});

describe("is refused by name:", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["no address", { target_url: undefined }, "target_url"],
    ["an address of another scheme", { target_url: "ftp://example.com/" }, "target_url"],
    ["an address with a password", { target_url: "https://a:b@example.com/" }, "target_url"],
    ["no types", { event_types: [] }, "event_types"],
    ["types that aren't a list", { event_types: "approval.*" }, "event_types"],
    ["a type that doesn't exist", { event_types: ["approval.aproved"] }, "event_types.0"],
    ["everything", { event_types: ["*"] }, "event_types.0"],
    ["a filter's field that doesn't exist", { filter: { prioriti: ["high"] } }, "filter.prioriti"],
    [
      "a filter's value that doesn't exist",
      { filter: { priority: ["higher"] } },
      "filter.priority.0",
    ],
    ["a filter that isn't a list", { filter: { source: "a" } }, "filter.source"],
    ["a description without end", { description: "x".repeat(501) }, "description"],
  ])("%s", async (_, change, field) => {
    const { status, error } = await mine.create({ ...body(), ...change });
    expect([status, error?.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(error?.details?.fields?.map((fault) => fault.field)).toContain(field);
  });

  test("types that only admins see, for everybody but them", async () => {
    const asked = body({ event_types: ["person.*"] });
    for (const by of [machine.api, alice.api])
      expect(await subscriptions(by).create(asked)).toMatchObject({
        status: 403,
        error: { code: "FORBIDDEN", details: { type: "person.*" } },
      });
    expect((await subscriptions(owner.api).create(asked)).status).toBe(201);
  });

  test("the hundred-and-first", async () => {
    const busy = await organization.addConnection();
    const own = subscriptions(busy.api);
    await services.sql(
      `insert into subscriptions (id, organization_id, connection_id, target_url, origin, event_types, filter, fingerprint, secret)
       select gen_random_uuid(), $1, $2, 'http://127.0.0.1:9/', 'http://127.0.0.1:9', '{approval.created}', '{}', sha256(n::text::bytea), ''
       from generate_series(1, 99) n`,
      [organization.id, busy.id],
    );
    expect((await own.create(body())).status).toBe(201);
    expect(await own.create(body())).toMatchObject({
      status: 409,
      error: { code: "CONFLICT", details: { limit: 100 } },
    });
    await services.sql("update subscriptions set deleted_at = now() where connection_id = $1", [
      busy.id,
    ]);
  });
});

describe("belongs to who made it:", () => {
  test("others don't see it, an admin sees and deletes it", async () => {
    const { body: made } = await mine.create(body());
    const { body: hers } = await subscriptions(alice.api).create(body());
    const otherMachine = await organization.addConnection();
    for (const by of [otherMachine.api, bob.api, theirs.owner.api]) {
      const others = subscriptions(by);
      expect((await others.list()).body.data).toEqual([]);
      for (const id of [made.id, hers.id])
        for (const call of [others.get, others.delete, others.test, others.rotate])
          expect((await call(id)).status).toBe(404);
    }
    expect((await subscriptions(alice.api).get(made.id)).status).toBe(404);
    const all = subscriptions(owner.api);
    const ids = (await all.list()).body.data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([made.id, hers.id]));
    expect((await all.delete(hers.id)).status).toBe(200);
    expect((await subscriptions(alice.api).get(hers.id)).status).toBe(404);
  });

  test("an app's belongs to what one person allowed it, not to the app's other people", async () => {
    const { client } = await createClient(organization.context, {
      name: "Zap",
      redirectUris: ["https://app.example.com/callback"],
    });
    const actAs = async (person: typeof alice): Promise<Context> => {
      const grantId = await createGrant(person.context, {
        clientId: client.id,
        scopes: ["approvals:read", "approvals:write"],
        resource: null,
      });
      return {
        ...person.context,
        actor: {
          kind: "person",
          personId: person.id,
          role: person.role,
          via: "oauth",
          grantId,
          through: {
            connectionId: client.connectionId,
            name: "Zap",
            allowedActionTypes: null,
            maxPriority: null,
            defaultPriority: null,
            defaultTitle: null,
            defaultDescription: null,
            approversNeeded: "one" as const,
          },
        },
      };
    };
    const [alices, bobs] = [await actAs(alice), await actAs(bob)];
    const input = { targetUrl: "https://example.com/", eventTypes: ["approval.*"] };
    const [first, second] = [
      await createSubscription(alices, input),
      await createSubscription(bobs, input),
    ];
    expect(first.subscription).toMatchObject({
      connectionId: client.connectionId,
      personId: alice.id,
    });
    expect(second.isNew).toBe(true);
    expect(await listSubscriptions(alices)).toEqual([first.subscription]);
    expect(await listSubscriptions(alice.context)).not.toContainEqual(first.subscription);
    // An admin's app can't administer.
    const owners = await actAs(owner);
    expect(await listSubscriptions(owners)).toEqual([]);
    await expect(
      createSubscription(owners, { ...input, eventTypes: ["person.*"] }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});

test("secrets are stored sealed, and shown by nothing but making and rotating", async () => {
  const { body: made } = await mine.create(body());
  const shown = [
    await mine.get(made.id),
    await mine.list(),
    await owner.api.call("GET", "/api/v1/events?types=subscription.*"),
  ];
  for (const { body: answer } of shown) {
    expect(JSON.stringify(answer)).not.toContain(made.secret);
    expect(JSON.stringify(answer)).not.toContain('"secret"');
  }
  const rows = await services.sql<{ text: string }>("select s::text as text from subscriptions s");
  const events = await services.sql<{ text: string }>("select e::text as text from events e");
  expect(JSON.stringify([rows, events])).not.toContain(made.secret.slice(6));
  expect(server.logs()).not.toContain(made.secret.slice(6));
});
