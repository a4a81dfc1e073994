import { must } from "@sayso/must";
import { api, openStage, startReceiver, startServer } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { attempted, decide } from "./deliveries.ts";

// A process that decides a request stores the callback as claimed by itself, if it has room for the delivery.

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { services, machine, alice, bob } = stage;

/**
 * Returns for how many seconds each delivery was claimed when it was stored; 0: it wasn't claimed. The numbers are
 * right until the next claim.
 */
const claims = async (requestIds: string[]): Promise<number[]> => {
  const rows = await services.sql<{ seconds: number }>(
    `select extract(epoch from next_attempt_at - created_at)::float8 as seconds from deliveries
     where request_id = any ($1)`,
    [requestIds],
  );
  return rows.map(({ seconds }) => seconds);
};

test("it is sent without another claim, once", async () => {
  const id = await decide(stage, receiver.url);
  const { attempts } = await attempted(stage, id, 1);
  expect(attempts).toHaveLength(1);
  expect(await claims([id])).toEqual([30]);
  expect(receiver.requests.filter(({ json }) => json.id === id)).toHaveLength(1);
});

test("places that were kept for decisions that lost a race are given back", async () => {
  const rounds = Array.from({ length: 40 }, async (_, round) => {
    const { body } = await machine.api.create({ callback_url: `${receiver.url}/race` });
    const answers = await Promise.all([
      alice.api.approve(body.id),
      bob.api.approve(body.id),
      round % 2 ? machine.api.cancel(body.id) : bob.api.reject(body.id, "no"),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await attempted(stage, body.id, 1);
    return body.id;
  });
  const ids = await Promise.all(rounds);
  const after = await decide(stage, receiver.url);
  await attempted(stage, after, 1);
  expect(await claims([after])).toEqual([30]);
  for (const id of ids)
    expect(receiver.requests.filter(({ json }) => json.id === id)).toHaveLength(1);
});

test("where an origin has no place left, a worker claims it when it has", async () => {
  const slow = await startReceiver();
  slow.answerWith({ delayMs: 200 });
  const ids = await Promise.all(Array.from({ length: 30 }, () => decide(stage, slow.url)));
  await Promise.all(ids.map((id) => attempted(stage, id, 1)));
  const seconds = await claims(ids);
  expect(seconds).toContain(30);
  expect(seconds.some((claimed) => claimed > 30)).toBe(true);
  expect(slow.requests).toHaveLength(30);
  await slow.stop();
});

test("a process without a worker leaves it to those that have one", async () => {
  const { database } = stage.server;
  await must(stage.server.replicas[0]).stop();
  const front = await startServer({ database, env: { SAYSO_ROLE: "api" } });
  const { body } = await api(front.url, machine.key).create({ callback_url: receiver.url });
  await api(front.url, alice.token).approve(body.id);
  expect(await claims([body.id])).toEqual([0]);
  const worker = await startServer({ database, env: { SAYSO_ROLE: "worker" } });
  await receiver.waitFor(({ json }) => json.id === body.id);
  await Promise.all([front.stop(), worker.stop()]);
});
