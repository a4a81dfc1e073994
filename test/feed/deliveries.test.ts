import {
  createClient,
  createGrant,
  createSubscription,
  endOrphanedSubscriptions,
  removeMember,
  revokeGrant,
} from "@sayso/core";
import { must } from "@sayso/must";
import { openStage, startReceiver, until, type Received } from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { EventPage } from "./readers.ts";
import { allDelivered, subscriptions, reportedAt, typesAt, verifies } from "./delivered.ts";

const stage = await openStage({ replicas: 2 });
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { machine, alice, owner, services, server, organization } = stage;
const mine = subscriptions(machine.api);

let path = "";
let counter = 0;
beforeEach(async () => {
  path = `/${++counter}`;
  receiver.answerWith({});
  // Subscriptions of other tests would get these events, too.
  await services.sql("update subscriptions set deleted_at = now() where deleted_at is null");
  await services.sql("update deliveries set status = 'gone' where status = 'pending'");
});

const subscribe = async (more: Record<string, unknown> = {}) => {
  const { status, body } = await mine.create({
    target_url: `${receiver.url}${path}`,
    event_types: ["approval.*"],
    ...more,
  });
  expect(status).toBe(201);
  return body;
};

const ask = async (more: Record<string, unknown> = {}): Promise<string> =>
  (await machine.api.create(more)).body.id;

const decided = async (more: Record<string, unknown> = {}): Promise<string> => {
  const id = await ask(more);
  await alice.api.approve(id, "Go ahead");
  return id;
};

const statusesOf = (subscriptionId: string) =>
  services
    .sql<{ status: string }>(
      "select status from deliveries where subscription_id = $1 order by created_at, id",
      [subscriptionId],
    )
    .then((rows) => rows.map(({ status }) => status));

test("an event arrives once, signed, and its body is the feed's item, byte for byte", async () => {
  const { secret } = await subscribe();
  const { body: before } = await machine.api.call<EventPage>("GET", "/api/v1/events?after=latest");
  const id = await decided({ metadata: { ключ: ["✓", 0.1, { deep: null }] }, source: "a\nb" });
  await allDelivered(services);
  const { body: page } = await machine.api.call<EventPage>(
    "GET",
    `/api/v1/events?types=approval.*&after=${before.next_cursor}`,
  );
  const reported = reportedAt(receiver, path);
  expect(reported).toHaveLength(3);
  expect(new Set(reported.map(({ body }) => body))).toEqual(
    new Set(page.data.map((item) => JSON.stringify(item))),
  );
  for (const one of reported) {
    expect(verifies(secret, one)).toBe(true);
    expect(one.headers["content-type"]).toContain("application/json");
    expect(one.json.request_id).toBe(id);
  }
  const ids = reported.map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids).size).toBe(3);
  const { data } = (await machine.api.deliveries({ request_id: id })).body;
  expect(data.map((delivery) => delivery.id).sort()).toEqual([...ids].sort());
});

test("the older header holds an HMAC of the body as well, as for callbacks", async () => {
  await subscribe({ event_types: ["approval.created"] });
  await ask();
  await allDelivered(services);
  expect(must(reportedAt(receiver, path)[0]).headers["x-okrunit-signature"]).toMatch(
    /^sha256=[0-9a-f]{64}$/,
  );
});

test("a callback beside it stays what it was, with its own secret and headers", async () => {
  const { secret } = await subscribe({ event_types: ["approval.approved"] });
  const callback = `${receiver.url}/callback${path}`;
  await decided({ callback_url: callback, callback_headers: { "X-Mine": "yes" } });
  await allDelivered(services);
  const [reported] = reportedAt(receiver, path);
  const [called] = reportedAt(receiver, `/callback${path}`);
  expect(verifies(secret, must(reported))).toBe(true);
  expect(must(reported).headers["x-mine"]).toBeUndefined();
  expect(verifies(machine.webhookSecret, must(called))).toBe(true);
  expect(verifies(secret, must(called))).toBe(false);
  expect(must(called).headers["x-mine"]).toBe("yes");
  expect(must(called).json.event).toBe("approval.decided");
  // The request's own answer reports only its callback.
  const { data } = (await machine.api.list()).body;
  expect(data.filter(({ id }) => id === must(called).json.id)).toHaveLength(1);
});

describe("who is told what:", () => {
  test("types, families, and nothing of before", async () => {
    const early = await ask();
    await allDelivered(services);
    const exact = await mine.create({
      target_url: `${receiver.url}${path}/exact`,
      event_types: ["approval.approved", "approval.commented"],
    });
    expect(exact.status).toBe(201);
    await subscribe();
    await machine.api.comment(early, "hm");
    await alice.api.approve(early);
    await allDelivered(services);
    expect(typesAt(receiver, `${path}/exact`).sort()).toEqual([
      "approval.approved",
      "approval.commented",
    ]);
    expect(typesAt(receiver, path)).toHaveLength(3);
  });

  test.each<[string, Record<string, string[]>, Record<string, unknown>[], boolean[]]>([
    [
      "priority",
      { priority: ["low", "critical"] },
      [{ priority: "low" }, { priority: "high" }],
      [true, false],
    ],
    [
      "action type",
      { action_type: ["deploy"] },
      [{ action_type: "deploy" }, { action_type: "x" }, {}],
      [true, false, false],
    ],
    ["source", { source: ["ci"] }, [{ source: "ci" }, { source: "ci2" }], [true, false]],
    [
      "several at once",
      { source: ["ci"], priority: ["high"] },
      [{ source: "ci" }, { source: "ci", priority: "low" }],
      [true, false],
    ],
  ])("a filter on %s", async (_, filter, requests, expected) => {
    await subscribe({ event_types: ["approval.created"], filter });
    const ids = [];
    for (const request of requests) ids.push(await ask(request));
    await allDelivered(services);
    const reported = reportedAt(receiver, path).map(({ json }) => json.request_id);
    expect(ids.map((id) => reported.includes(id))).toEqual(expected);
  });

  test("a filter on the status that follows from the event", async () => {
    await subscribe({ filter: { status: ["approved", "rejected"] } });
    const id = await decided();
    await machine.api.comment(id, "thanks");
    await allDelivered(services);
    expect(typesAt(receiver, path).sort()).toEqual(["approval.approved", "approval.commented"]);
  });

  test("several subscriptions each, with their own ids and secrets", async () => {
    const made = [];
    for (let n = 0; n < 5; n++)
      made.push(
        await subscribe({
          target_url: `${receiver.url}${path}/${n}`,
          event_types: ["approval.created"],
        }),
      );
    await ask();
    await allDelivered(services);
    const reported = made.map((_, n) => reportedAt(receiver, `${path}/${n}`));
    for (const [n, one] of reported.entries()) {
      expect(one).toHaveLength(1);
      expect(made.map(({ secret }) => verifies(secret, must(one[0])))).toEqual(
        made.map((__, m) => m === n),
      );
    }
    expect(new Set(reported.map(([one]) => must(one).headers["webhook-id"])).size).toBe(5);
    expect(new Set(reported.map(([one]) => must(one).body)).size).toBe(1);
  });

  test("what concerns the administration: admins, as long as they are", async () => {
    const admin = await organization.addPerson({ role: "admin" });
    const { body: made } = await subscriptions(admin.api).create({
      target_url: `${receiver.url}${path}`,
      event_types: ["template.*"],
    });
    const template = (name: string) =>
      owner.api.call("POST", "/api/v1/templates", { body: { name: `${name}${path}` } });
    await template("first");
    await allDelivered(services);
    expect(typesAt(receiver, path)).toEqual(["template.created"]);
    await services.sql("update memberships set role = 'member' where person_id = $1", [admin.id]);
    await template("second");
    await allDelivered(services);
    expect(typesAt(receiver, path)).toHaveLength(1);
    expect((await subscriptions(admin.api).get(made.id)).body.disabled_at).toBe(null);
  });

  test("nobody of what becomes of subscriptions, so that a failing one doesn't feed itself", async () => {
    receiver.answerWith({ status: 410 });
    await subscribe({ event_types: ["delivery.*", "subscription.*", "approval.created"] });
    const other = `${path}/other`;
    receiver.answerWith(({ path: at }) => ({ status: at === other ? 200 : 410 }));
    await subscribe({
      target_url: `${receiver.url}${other}`,
      event_types: ["delivery.*", "subscription.*"],
    });
    await ask();
    await allDelivered(services);
    expect(typesAt(receiver, path)).toEqual(["approval.created"]);
    expect(typesAt(receiver, other)).toEqual([]);
    // Subscriptions get a callback's failure.
    await decided({ callback_url: `${receiver.url}${path}/callback` });
    await allDelivered(services);
    expect(typesAt(receiver, other)).toEqual(["delivery.failed"]);
  });
});

describe("a secret that is rotated", () => {
  test("signs beside the new one for 24 hours", async () => {
    const { id, secret } = await subscribe({ event_types: ["approval.created"] });
    const { secret: next } = (await mine.rotate(id)).body;
    await ask();
    await allDelivered(services);
    const [reported] = reportedAt(receiver, path);
    expect([secret, next].map((one) => verifies(one, must(reported)))).toEqual([true, true]);
    await services.sql(
      "update subscriptions set previous_secret_until = now() - interval '1 second' where id = $1",
      [id],
    );
    await ask();
    await allDelivered(services);
    const later = reportedAt(receiver, path)[1];
    expect([secret, next].map((one) => verifies(one, must(later)))).toEqual([false, true]);
  });
});

test("a test event arrives like any other, whatever the types and filter", async () => {
  const { id, secret } = await subscribe({
    event_types: ["approval.expired"],
    filter: { source: ["nobody"] },
  });
  const { status, body } = await mine.test(id);
  expect(status).toBe(200);
  await allDelivered(services);
  const [reported, ...others] = reportedAt(receiver, path);
  expect(others).toEqual([]);
  expect(must(reported).headers["webhook-id"]).toBe(body.delivery_id);
  expect(verifies(secret, must(reported))).toBe(true);
  expect(must(reported).json).toMatchObject({
    type: "subscription.tested",
    organization_id: organization.id,
    request: null,
    data: { subscription_id: id },
  });
  const { data } = (await machine.api.deliveries()).body;
  expect(data.find((one) => one.id === body.delivery_id)).toMatchObject({
    subscription_id: id,
    request_id: null,
    status: "delivered",
    event: "subscription.tested",
  });
});

describe("a subscription ends", () => {
  const expectQuiet = async (before: readonly Received[]) => {
    await ask();
    await allDelivered(services);
    expect(reportedAt(receiver, path)).toEqual(before);
  };

  test("67: when it answers 410: switched off with an event, nothing more is sent", async () => {
    const { id } = await subscribe({ event_types: ["approval.created"] });
    receiver.answerWith({ status: 500 });
    await ask();
    await until(() => reportedAt(receiver, path).length === 1, "the first attempt");
    receiver.answerWith({ status: 410 });
    await ask();
    await until(async () => (await mine.get(id)).body.disabled_at !== null, "it is switched off");
    expect((await mine.get(id)).body.disabled_reason).toBe("gone");
    expect(await statusesOf(id)).toEqual(["gone", "gone"]);
    await expectQuiet(reportedAt(receiver, path).slice());
    const { data } = (
      await machine.api.call<EventPage>("GET", "/api/v1/events?types=subscription.*&limit=100")
    ).body;
    expect(
      data.filter(({ data: reported }) => reported.subscription_id === id).at(-1),
    ).toMatchObject({
      type: "subscription.disabled",
      actor: { kind: "system" },
      data: { reason: "gone" },
    });
    expect(await mine.test(id)).toMatchObject({ status: 409, error: { code: "INVALID_STATE" } });
    const [delivery] = (await machine.api.deliveries({ status: "gone" })).body.data;
    expect((await machine.api.replay(must(delivery).id)).status).toBe(409);
    // The platform activates its workflow again.
    receiver.answerWith({});
    const again = await mine.create({
      target_url: `${receiver.url}${path}`,
      event_types: ["approval.created"],
    });
    expect(again.status).toBe(201);
    await ask();
    await allDelivered(services);
    expect(reportedAt(receiver, path).length).toBeGreaterThan(2);
  });

  test("after five days of nothing but failures, not before, and a success begins anew", async () => {
    const { id } = await subscribe({ event_types: ["approval.created"] });
    const failingFor = (days: number) =>
      services.sql(
        "update subscriptions set failing_since = now() - make_interval(days => $2) where id = $1",
        [id, days],
      );
    receiver.answerWith({ status: 500 });
    await ask();
    await until(async () => (await mine.get(id)).body.failing_since !== null, "it fails");
    receiver.answerWith({});
    await failingFor(6);
    await ask();
    await until(async () => (await mine.get(id)).body.failing_since === null, "it is well");
    receiver.answerWith({ status: 500 });
    await failingFor(4);
    await ask();
    await until(() => reportedAt(receiver, path).length >= 3, "an attempt on the fourth day");
    expect((await mine.get(id)).body.disabled_at).toBe(null);
    await failingFor(6);
    await ask();
    await until(async () => (await mine.get(id)).body.disabled_at !== null, "it is switched off");
    expect((await mine.get(id)).body.disabled_reason).toBe("failing");
    expect(await statusesOf(id)).not.toContain("pending");
  });

  test("when it is deleted: also what was to be tried again", async () => {
    const { id } = await subscribe({ event_types: ["approval.created"] });
    receiver.answerWith({ status: 500 });
    await ask();
    await until(
      async () => (await mine.get(id)).body.failing_since !== null,
      "an attempt is recorded",
    );
    await mine.delete(id);
    expect(await statusesOf(id)).toEqual(["gone"]);
    await services.sql("update deliveries set next_attempt_at = now() where subscription_id = $1", [
      id,
    ]);
    receiver.answerWith({});
    await expectQuiet(reportedAt(receiver, path).slice());
  });

  test("when what is enqueued and its deletion cross", async () => {
    const { id } = await subscribe({ event_types: ["approval.created"] });
    await services.sql("update subscriptions set deleted_at = now() where id = $1", [id]);
    await services.sql(
      `insert into deliveries (id, organization_id, subscription_id, event_id, event_type, url, origin, body)
       values (gen_random_uuid(), $1, $2, gen_random_uuid(), 'approval.created', $3, $4, '{}')`,
      [organization.id, id, `${receiver.url}${path}`, receiver.url],
    );
    await allDelivered(services);
    expect(await statusesOf(id)).toEqual(["gone"]);
    expect(reportedAt(receiver, path)).toEqual([]);
  });

  test("with its connection; while that is only switched off it rests", async () => {
    const doomed = await organization.addConnection();
    const { body: made } = await subscriptions(doomed.api).create({
      target_url: `${receiver.url}${path}`,
      event_types: ["approval.created"],
    });
    await owner.api.call("PATCH", `/api/v1/connections/${doomed.id}`, {
      body: { is_active: false },
    });
    await ask();
    await allDelivered(services);
    expect(reportedAt(receiver, path)).toEqual([]);
    await owner.api.call("PATCH", `/api/v1/connections/${doomed.id}`, {
      body: { is_active: true },
    });
    await ask();
    await allDelivered(services);
    expect(reportedAt(receiver, path)).toHaveLength(1);
    await owner.api.call("DELETE", `/api/v1/connections/${doomed.id}`);
    await expectQuiet(reportedAt(receiver, path).slice());
    await endOrphanedSubscriptions(services);
    expect((await subscriptions(owner.api).get(made.id)).body.disabled_reason).toBe("owner_gone");
  });

  test("with its person, and with what a person allowed an app", async () => {
    const leaver = await organization.addPerson();
    const { body: hers } = await subscriptions(leaver.api).create({
      target_url: `${receiver.url}${path}`,
      event_types: ["approval.created"],
    });
    const { client } = await createClient(organization.context, {
      name: "Zap",
      redirectUris: ["https://app.example.com/callback"],
    });
    const grantId = await createGrant(alice.context, {
      clientId: client.id,
      scopes: ["approvals:read"],
      resource: null,
    });
    const profile = {
      connectionId: client.connectionId,
      name: "Zap",
      allowedActionTypes: null,
      maxPriority: null,
      defaultPriority: null,
      defaultTitle: null,
      defaultDescription: null,
      approversNeeded: "one" as const,
    };
    const { subscription: granted } = await createSubscription(
      {
        ...alice.context,
        actor: {
          kind: "person",
          personId: alice.id,
          role: "member",
          via: "oauth",
          grantId,
          through: profile,
        },
      },
      { targetUrl: `${receiver.url}${path}`, eventTypes: ["approval.created"] },
    );
    await ask();
    await allDelivered(services);
    expect(reportedAt(receiver, path)).toHaveLength(2);
    await removeMember(organization.context, leaver.id);
    await revokeGrant(alice.context, grantId);
    await expectQuiet(reportedAt(receiver, path).slice());
    await endOrphanedSubscriptions(services);
    for (const id of [hers.id, granted.id])
      expect((await subscriptions(owner.api).get(id)).body.disabled_reason).toBe("owner_gone");
  });
});

test("64: what fails is tried again under the same id, and is in the log until then", async () => {
  const { id } = await subscribe({ event_types: ["approval.created"] });
  receiver.answerWith({ status: 503 });
  const requestId = await ask();
  await until(
    async () => (await mine.get(id)).body.failing_since !== null,
    "an attempt is recorded",
  );
  const [waiting] = (await machine.api.deliveries({ request_id: requestId })).body.data;
  expect(waiting).toMatchObject({
    subscription_id: id,
    status: "pending",
    last_status_code: 503,
    attempts: [{ attempt: 1, status_code: 503 }],
  });
  receiver.answerWith({});
  await services.sql("update deliveries set next_attempt_at = now() where id = $1", [
    must(waiting).id,
  ]);
  await allDelivered(services);
  const reported = reportedAt(receiver, path);
  expect(new Set(reported.map(({ headers }) => headers["webhook-id"]))).toEqual(
    new Set([must(waiting).id]),
  );
  expect(new Set(reported.map(({ body }) => body)).size).toBe(1);
  expect(must((await machine.api.deliveries({ request_id: requestId })).body.data[0]).status).toBe(
    "delivered",
  );
  expect((await machine.api.replay(must(waiting).id)).status).toBe(200);
  await allDelivered(services);
  expect(reportedAt(receiver, path)).toHaveLength(3);
});

test("65, 66: private addresses, metadata and redirects are never reached", async () => {
  const canary = await startReceiver();
  try {
    receiver.answerWith({ status: 302, headers: { Location: `${canary.url}/canary` } });
    const made = [
      await subscribe({ event_types: ["approval.created"] }),
      ...(await Promise.all(
        [
          "http://169.254.169.254/latest/",
          "http://10.0.0.1/",
          "http://[::ffff:169.254.169.254]/",
        ].map(
          async (target_url) =>
            (
              await mine.create({
                target_url: `${target_url}${path}`,
                event_types: ["approval.created"],
              })
            ).body,
        ),
      )),
    ];
    const requestId = await ask();
    await until(async () => {
      const { data } = (await machine.api.deliveries({ request_id: requestId })).body;
      return data.length >= made.length && data.every(({ attempts }) => attempts.length === 1);
    }, "each was tried once");
    const { data } = (await machine.api.deliveries({ request_id: requestId })).body;
    const ours = data.filter((one) => made.some(({ id }) => id === one.subscription_id));
    expect(ours.map(({ status }) => status)).toEqual(made.map(() => "pending"));
    expect(canary.requests).toEqual([]);
    expect(
      ours.filter(({ last_error }) =>
        /not allowed|blocked|metadata|private/i.test(last_error ?? ""),
      ),
    ).toHaveLength(3);
    for (const { id } of made) await mine.delete(id);
  } finally {
    await canary.stop();
  }
});

test("the delivery log shows a machine its own only", async () => {
  const other = await organization.addConnection();
  const { secret } = await subscribe({ event_types: ["approval.created"] });
  await ask();
  await allDelivered(services);
  expect((await other.api.deliveries()).body.data).toEqual([]);
  const [ours] = (await machine.api.deliveries()).body.data;
  expect((await other.api.replay(must(ours).id)).status).toBe(404);
  expect(server.logs()).not.toContain(secret);
});
