import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  createOrganization,
  openStage,
  startReceiver,
  type Received,
  type ReceiverAnswer,
  letExpire,
  HANG_MS,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";
import {
  attempted,
  decide,
  deliveryOf,
  plainHmac,
  pullForward,
  secondsToNext,
  verifiesBy,
} from "./deliveries.ts";

// docs/faults.md, webhooks 63, 64 and 67–73, over HTTP to a real receiver.

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { services, server, organization, machine, alice, owner } = stage;

const answers = new Map<string, ReceiverAnswer>();
receiver.answerWith(({ path }) => answers.get(path) ?? {});
let paths = 0;
/** Creates an address of its own that gives this answer. */
const endpoint = (answer: ReceiverAnswer = {}) => {
  const path = `/endpoint-${++paths}`;
  answers.set(path, answer);
  return {
    path,
    url: receiver.url + path,
    answer: (next: ReceiverAnswer) => answers.set(path, next),
    received: () => receiver.requests.filter((r) => r.path === path),
  };
};
/** The longest time from the end of an attempt until it is recorded, from which the next one is counted. */
const RECORDING_SECONDS = HANG_MS / 1000;
const webhookIds = (received: readonly Received[]) => [
  ...new Set(received.map((r) => r.headers["webhook-id"])),
];

// These callbacks take 15 s, so they run beside all other tests.
const slowReceivers = await Promise.all([startReceiver(), startReceiver()]);
afterAll(() => Promise.all(slowReceivers.map((one) => one.stop())));
const slow = Promise.all(
  (["hang", "drip"] as const).map(async (fault, i) => {
    must(slowReceivers[i]).answerWith({ fault });
    return attempted(stage, await decide(stage, must(slowReceivers[i]).url), 1);
  }),
);

// The last test about these callbacks awaits them. A run of other tests alone ends earlier, so it ignores their errors.
slow.catch(() => undefined);

const busyReceiver = await startReceiver();
afterAll(() => busyReceiver.stop());
busyReceiver.answerWith((_, index) => ({ status: index < 2 ? 409 : 500 }));
const busy = decide(stage, busyReceiver.url).then((id) => attempted(stage, id, 4));

describe("a callback", () => {
  test("carries the caller's headers and both signatures, which standardwebhooks and a plain HMAC verify", async () => {
    const { url, received } = endpoint();
    const id = await decide(stage, url, {
      callback_headers: { "X-Custom-Token": "your-secret" },
      metadata: { user_id: "4821" },
    });
    await attempted(stage, id, 1);
    const [callback] = received();
    expect(must(callback).headers).toMatchObject({
      "content-type": expect.stringContaining("application/json") as string,
      "x-custom-token": "your-secret",
    });
    expect(verifiesBy(machine.webhookSecret, must(callback))).toBe(true);
    expect(must(callback).headers["x-okrunit-signature"]).toBe(
      plainHmac(machine.webhookSecret, must(callback).body),
    );
    const other = await organization.addConnection();
    expect(verifiesBy(other.webhookSecret, must(callback))).toBe(false);
    expect(
      verifiesBy(machine.webhookSecret, {
        ...must(callback),
        body: must(callback).body.replace("approved", "rejected"),
      }),
    ).toBe(false);
  });

  test("of a request that a person made is signed with a secret of their own", async () => {
    const { url, received } = endpoint();
    const { id } = (await alice.api.create({ callback_url: url })).body;
    await owner.api.reject(id);
    await receiver.waitFor((r) => r.json.request_id === id);
    const path = "/api/v1/webhook-secrets";
    const { body } = await alice.api.call<{ data: string[] }>("GET", path);
    expect(body.data.map((secret) => verifiesBy(secret, must(received()[0])))).toEqual([true]);
  });

  test("70: tells its place among the events of its request, so that a receiver can order what comes out of order", async () => {
    const { url, received } = endpoint();
    const { id } = (await machine.api.create({ callback_url: url, required_approvals: 2 })).body;
    await machine.api.comment(id, "hm");
    await alice.api.approve(id);
    await owner.api.approve(id);
    await attempted(stage, id, 1);
    const [last] = await services.sql<{ id: string; sequence: number }>(
      "select id, sequence from events where request_id = $1 order by sequence desc limit 1",
      [id],
    );
    expect(must(received()[0]).json).toMatchObject({
      event: "approval.decided",
      sequence: must(last).sequence,
      event_id: must(last).id,
      request_id: id,
      status: "approved",
    });
    expect(must(last).sequence).toBe(5);
  });

  test("comes once for each way to end, with that status", async () => {
    const { url, received } = endpoint();
    const ask = async () => (await machine.api.create({ callback_url: url })).body.id;
    const [approved, rejected, cancelled] = [await ask(), await ask(), await ask()];
    await alice.api.approve(approved);
    await alice.api.reject(rejected, "no");
    await machine.api.cancel(cancelled, "moot");
    const expired = (
      await machine.api.create({
        callback_url: url,
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      })
    ).body.id;
    await letExpire(services, expired);
    await receiver.waitFor((r) => r.json.request_id === expired);
    await sleep(700);
    const reported = received().map((r) => [r.json.id, r.json.status, r.json.comment]);
    expect(reported.sort()).toEqual(
      [
        [approved, "approved", null],
        [rejected, "rejected", "no"],
        [cancelled, "cancelled", "moot"],
        [expired, "expired", null],
      ].sort(),
    );
  });
});

describe("64: the schedule", () => {
  test("tries ten times over 75 hours, with the same webhook-id and a timestamp and signature of each attempt's own, then gives up", async () => {
    const { url, received } = endpoint({ status: 500, body: "no" });
    const id = await decide(stage, url);
    const delays = [
      5,
      5 * 60,
      30 * 60,
      2 * 3600,
      5 * 3600,
      10 * 3600,
      14 * 3600,
      20 * 3600,
      24 * 3600,
    ];
    for (const [i, seconds] of delays.entries()) {
      const delivery = await attempted(stage, id, i + 1);
      expect(delivery).toMatchObject({ status: "pending", last_status_code: 500 });
      expect(secondsToNext(delivery)).toBeGreaterThan(seconds * 0.8 - 0.5);
      expect(secondsToNext(delivery)).toBeLessThan(seconds * 1.2 + RECORDING_SECONDS);
      await pullForward(stage, id);
    }
    const given = await attempted(stage, id, 10);
    expect(given).toMatchObject({ status: "failed", next_attempt_at: null, delivered_at: null });
    expect(given.attempts.map((a) => [a.attempt, a.status_code, a.response_body])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i + 1, 500, "no"]),
    );
    expect(received()).toHaveLength(10);
    expect(webhookIds(received())).toEqual([given.id]);
    expect(received().every((r) => verifiesBy(machine.webhookSecret, r))).toBe(true);
    expect((await machine.api.get(id)).body.callback_delivered).toBe(false);
    const failures = await services.sql(
      "select 1 from events where type = 'delivery.failed' and data ->> 'delivery_id' = $1",
      [given.id],
    );
    expect(failures).toHaveLength(1);
  });

  const httpDate = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
  test.each([
    ["waits as long as a 503 asks", 503, "120", 120, 122],
    ["waits as long as a 429 asks", 429, "90", 90, 92],
    ["waits until the date that a 503 names", 503, httpDate(7200), 5400, 7201],
    ["never waits less than the schedule says", 503, "1", 3.5, 7],
    ["waits a day at most", 429, "9999999", 86_400, 86_402],
    ["doesn't heed what another error asks", 500, "1000", 3.5, 7],
    ["doesn't heed what is no time", 503, "soon", 3.5, 7],
  ])("%s", async (_what, status, retryAfter, least, most) => {
    const { url } = endpoint({ status, headers: { "Retry-After": retryAfter } });
    const delivery = await attempted(stage, await decide(stage, url), 1);
    expect(delivery).toMatchObject({ status: "pending", last_status_code: status });
    expect(secondsToNext(delivery)).toBeGreaterThanOrEqual(least - Math.min(1, least / 10));
    expect(secondsToNext(delivery)).toBeLessThanOrEqual(most + RECORDING_SECONDS);
  });

  test("tries again by itself when the time has come", async () => {
    const { url, answer, received } = endpoint({ status: 500 });
    const id = await decide(stage, url);
    await attempted(stage, id, 1);
    answer({ status: 204 });
    const delivery = await attempted(stage, id, 2);
    expect(delivery).toMatchObject({ status: "delivered", last_status_code: 204 });
    expect(must(received()[1]).at - must(received()[0]).at).toBeGreaterThan(3_900);
    expect((await machine.api.get(id)).body.callback_delivered).toBe(true);
  });
});

test("a receiver that is not ready yet is asked again within seconds, and that takes nothing from the schedule", async () => {
  // The schedule alone would put the third attempt minutes later. The fourth comes 5 s after it, as after any failure.
  const delivery = await busy;
  expect(delivery.attempts.map((a) => a.status_code)).toEqual([409, 409, 500, 500]);
  expect(secondsToNext(delivery)).toBeGreaterThan(239);
  expect(secondsToNext(delivery)).toBeLessThan(360 + RECORDING_SECONDS);
});

test("67: a 410 ends all attempts at once and tells so", async () => {
  const { url, received } = endpoint({ status: 410 });
  const id = await decide(stage, url);
  const delivery = await attempted(stage, id, 1);
  expect(delivery).toMatchObject({ status: "gone", next_attempt_at: null });
  await services.sql("update deliveries set next_attempt_at = now() where request_id = $1", [id]);
  await sleep(1_200);
  expect(received()).toHaveLength(1);
  expect(
    await services.sql(
      "select 1 from events where type = 'delivery.failed' and data ->> 'delivery_id' = $1",
      [delivery.id],
    ),
  ).toHaveLength(1);
});

test("69: a callback that was received but whose answer was lost comes again under the same webhook-id", async () => {
  const { url, answer, received } = endpoint({ fault: "cut" });
  const id = await decide(stage, url);
  const first = await attempted(stage, id, 1);
  expect(first).toMatchObject({ status: "pending", last_status_code: null });
  expect(first.last_error).not.toBe("");
  answer({ status: 200 });
  await pullForward(stage, id);
  expect((await attempted(stage, id, 2)).status).toBe("delivered");
  expect(received().length).toBeGreaterThanOrEqual(2);
  expect(webhookIds(received())).toEqual([first.id]);
  expect(new Set(received().map((r) => r.body)).size).toBe(1);
});

test("an endless answer is cut, and at most 4 kB of it are kept", async () => {
  const { url } = endpoint({ body: "é".repeat(5_000_000) });
  const delivery = await attempted(stage, await decide(stage, url), 1);
  expect(delivery.status).toBe("delivered");
  expect(Buffer.byteLength(must(must(delivery.attempts[0]).response_body))).toBeLessThanOrEqual(
    4096,
  );
});

describe("71: after a rotation of the webhook secret", () => {
  test("both secrets verify for 24 hours, then only the new one", async () => {
    const connection = await organization.addConnection();
    const rotated = await owner.api.call<{ webhook_secret: string; old_secret_expires_at: string }>(
      "POST",
      `/api/v1/connections/${connection.id}/rotate-webhook-secret`,
    );
    expect(rotated.status).toBe(200);
    const secret = rotated.body.webhook_secret;
    const hours = (Date.parse(rotated.body.old_secret_expires_at) - Date.now()) / 3_600_000;
    expect(Math.abs(hours - 24)).toBeLessThan(0.1);

    const next = async () => {
      const { url, received } = endpoint();
      const id = await decide({ machine: connection, alice }, url);
      await attempted({ machine: connection }, id, 1);
      return must(received()[0]);
    };
    const during = await next();
    expect(String(during.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    expect([verifiesBy(connection.webhookSecret, during), verifiesBy(secret, during)]).toEqual([
      true,
      true,
    ]);
    expect(during.headers["x-okrunit-signature"]).toBe(plainHmac(secret, during.body));

    await services.sql(
      "update connections set previous_webhook_secret_until = now() - interval '1 second' where id = $1",
      [connection.id],
    );
    const after = await next();
    expect([verifiesBy(connection.webhookSecret, after), verifiesBy(secret, after)]).toEqual([
      false,
      true,
    ]);
  });
});

describe("redelivery", () => {
  test("sends a delivered callback again under the same webhook-id", async () => {
    const { url, received } = endpoint();
    const id = await decide(stage, url);
    const { id: deliveryId } = await attempted(stage, id, 1);
    for (const by of [machine, owner]) expect((await by.api.replay(deliveryId)).status).toBe(200);
    await expect.poll(() => received().length).toBeGreaterThanOrEqual(2);
    expect((await attempted(stage, id, 2)).status).toBe("delivered");
    expect(webhookIds(received())).toEqual([deliveryId]);
    expect((await machine.api.get(id)).body.callback_delivered).toBe(true);
  });

  test("sends everything again that was given up", async () => {
    const elsewhere = await createOrganization(services, server);
    const connection = await elsewhere.addConnection();
    const { url, answer, received } = endpoint({ status: 500 });
    const ids = await Promise.all(
      [1, 2, 3].map(() => decide({ machine: connection, alice: elsewhere.owner }, url)),
    );
    for (const id of ids) {
      await attempted({ machine: connection }, id, 1);
      await services.sql(
        "update deliveries set attempts = 9, next_attempt_at = now() where request_id = $1",
        [id],
      );
      expect((await attempted({ machine: connection }, id, 2)).status).toBe("failed");
    }
    answer({ status: 200 });
    const replayed = await elsewhere.owner.api.call("POST", "/api/v1/webhooks/replay", {
      body: { failed_since: new Date(Date.now() - 60_000).toISOString() },
    });
    expect(replayed).toMatchObject({ status: 200, body: { replayed: 3 } });
    for (const id of ids)
      expect((await attempted({ machine: connection }, id, 3)).status).toBe("delivered");
    expect(webhookIds(received())).toHaveLength(3);
  });

  test("73: by a stranger is a 404 and sends nothing; a member may not either", async () => {
    const { url, received } = endpoint();
    const id = await decide(stage, url);
    const { id: deliveryId } = await attempted(stage, id, 1);
    const elsewhere = await createOrganization(services, server);
    const [sibling, foreign] = [
      await organization.addConnection(),
      await elsewhere.addConnection(),
    ];
    for (const stranger of [elsewhere.owner, foreign, sibling]) {
      expect(await stranger.api.replay(deliveryId)).toMatchObject({
        status: 404,
        error: { code: "NOT_FOUND" },
      });
      expect((await stranger.api.deliveries({ request_id: id })).body.data).toEqual([]);
    }
    expect((await alice.api.replay(deliveryId)).status).toBe(403);
    expect((await owner.api.replay(id)).status).toBe(404);
    await sleep(800);
    expect(received()).toHaveLength(1);
    expect((await deliveryOf(stage, id)).attempts).toHaveLength(1);
  });
});

test("68: one dead endpoint with sixty callbacks waiting doesn't delay 99 others", async () => {
  // Each receiver has a port of its own, because Sayso distinguishes endpoints by their origin.
  const good = await Promise.all(Array.from({ length: 99 }, () => startReceiver()));
  const deadOrigin = await startReceiver();
  deadOrigin.answerWith({ fault: "hang" });
  try {
    await Promise.all(Array.from({ length: 60 }, () => decide(stage, deadOrigin.url)));
    const isOf = (requestId: string) => (r: Received) => r.json.request_id === requestId;
    const called = await Promise.all(
      good.map(async (one) => {
        const requestId = await decide(stage, one.url);
        await one.waitFor(isOf(requestId));
        return { one, requestId, abandoned: deadOrigin.abandoned };
      }),
    );
    // An attempt that hangs keeps its place until it is abandoned. The first of the others waited for none of them, and
    // the last not for all.
    expect(Math.min(...called.map(({ abandoned }) => abandoned))).toBe(0);
    expect(Math.max(...called.map(({ abandoned }) => abandoned))).toBeLessThan(60);
    // A delivery can still go to a port that belonged to another receiver before.
    for (const { one, requestId } of called)
      expect(one.requests.filter(isOf(requestId))).toHaveLength(1);
    // 8 slots and 32 parked deliveries.
    expect(deadOrigin.requests.length).toBeLessThanOrEqual(40);
  } finally {
    await Promise.all([...good, deadOrigin].map((one) => one.stop()));
  }
});

test("68: nor does it delay others on its host, where an automation platform has all of theirs", async () => {
  const host = await startReceiver();
  host.answerWith(({ path }) => (path === "/dead" ? { fault: "hang" } : {}));
  try {
    await Promise.all(Array.from({ length: 30 }, () => decide(stage, `${host.url}/dead`)));
    await host.waitFor((r) => r.path === "/dead");
    const abandoned = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const requestId = await decide(stage, `${host.url}/good-${i}`);
        await host.waitFor((r) => r.json.request_id === requestId);
        return host.abandoned;
      }),
    );
    // An attempt that hangs keeps its place until it is abandoned. The first of the others waited for none of them, and
    // the last not for all.
    expect(Math.min(...abandoned)).toBe(0);
    expect(Math.max(...abandoned)).toBeLessThan(30);
  } finally {
    await host.stop();
  }
});

test("63: an answer that never comes, or never ends, is cut after 15 s and counts as a failure", async () => {
  for (const delivery of await slow) {
    expect(delivery.status).toBe("pending");
    const [attempt] = delivery.attempts;
    expect(must(attempt).duration_ms).toBeGreaterThan(14_900);
    expect(must(attempt).error).toContain("15000 ms");
    expect(Buffer.byteLength(must(attempt).response_body ?? "")).toBeLessThanOrEqual(4096);
  }
});

test("afterwards every request is sound", async () => {
  await expectAllSound(services);
});
