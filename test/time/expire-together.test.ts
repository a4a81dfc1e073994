import { createApproval, type Context } from "@sayso/core";
import { must } from "@sayso/must";
import { openStage, startReceiver, until } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";

// docs/faults.md, time 60. The acceptance run uses 10,000.
const COUNT = Number(process.env.SAYSO_EXPIRE_TOGETHER ?? 2_000);

const stage = await openStage({ replicas: 2 });
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { services, machine, organization } = stage;

test(`60: ${COUNT} requests that expire at the same instant are all expired within 60 s, each with one event and one callback`, async () => {
  // Creates requests in the connection's name, past its hourly limit.
  const context: Context = {
    services,
    organizationId: organization.id,
    actor: {
      kind: "connection",
      connectionId: machine.id,
      ownerId: machine.ownerId,
      keyMadeBy: [],
      name: machine.name,
      canDecide: false,
      canDecideOwn: false,
      allowedActionTypes: null,
      maxPriority: null,
      defaultPriority: null,
      defaultTitle: null,
      defaultDescription: null,
      approversNeeded: "one" as const,
    },
  };
  const ask = () =>
    createApproval(context, {
      title: "Deploy",
      description: "To production",
      priority: "low",
      callbackUrl: `${receiver.url}/hook`,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
  for (let made = 0; made < COUNT; made += 500) {
    await Promise.all(Array.from({ length: Math.min(500, COUNT - made) }, ask));
  }
  const begun = performance.now();
  await services.sql("update requests set expires_at = now()");
  const waiting = async () =>
    must(
      (
        await services.sql<{ pending: number; unsent: number }>(
          `select count(*) filter (where status = 'pending')::int as pending,
         (select count(*)::int from deliveries where status = 'pending') as unsent from requests`,
        )
      )[0],
    );
  let expiredMs = 0;
  await until(async () => {
    const { pending, unsent } = await waiting();
    if (pending === 0 && expiredMs === 0) expiredMs = performance.now() - begun;
    return pending === 0 && unsent === 0;
  }, "all have expired, and all callbacks are sent");
  console.info(
    `${COUNT} expired after ${Math.round(expiredMs)} ms, called back after ${Math.round(performance.now() - begun)} ms`,
  );

  expect(receiver.requests.every((r) => r.json.status === "expired")).toBe(true);
  const ids = receiver.requests.map((r) => String(r.json.request_id));
  expect([ids.length, new Set(ids).size]).toEqual([COUNT, COUNT]);
  await expectAllSound(services);
});
