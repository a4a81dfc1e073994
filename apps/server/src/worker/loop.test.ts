import { afterEach, expect, test, vi } from "vitest";
import { startLoop } from "./loop.ts";
import { createOrigins } from "./origins.ts";

afterEach(() => void vi.useRealTimers());

const never = (): void => expect.unreachable();
/** Resolves when the test has turned the clock so far. */
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("a loop runs at once, then when it is due, and at once when it is woken", async () => {
  vi.useFakeTimers();
  const at: number[] = [];
  const began = performance.now();
  const loop = startLoop({
    round: () => Promise.resolve(at.push(performance.now() - began) && 200),
    onError: never,
    afterErrorMs: 0,
    apartMs: 0,
  });
  await vi.advanceTimersByTimeAsync(80);
  loop.wake();
  await vi.advanceTimersByTimeAsync(300);
  await loop.stop();
  expect(at).toEqual([0, 80, 280]);
});

test("wake-ups during a round and close to each other become one round", async () => {
  vi.useFakeTimers();
  let rounds = 0;
  const loop = startLoop({
    round: () => sleep(20).then(() => ++rounds && 10_000),
    onError: never,
    afterErrorMs: 0,
    apartMs: 200,
  });
  for (let i = 0; i < 100; i++) loop.wake();
  await vi.advanceTimersByTimeAsync(60);
  for (let i = 0; i < 100; i++) loop.wake();
  await vi.advanceTimersByTimeAsync(600);
  await loop.stop();
  expect(rounds).toBe(2);
});

test("an error is told and doesn't end the loop; stopping waits for the round and begins no other", async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  const loop = startLoop({
    round: async () => {
      rounds++;
      await sleep(10);
      throw new Error("no");
    },
    onError: (error) => errors.push(error),
    afterErrorMs: 5,
    apartMs: 0,
  });
  await expect.poll(() => rounds).toBeGreaterThan(3);
  await loop.stop();
  const stoppedAt = rounds;
  await sleep(50);
  expect(rounds).toBe(stoppedAt);
  expect(errors.length).toBe(rounds);
});

test("an origin that fails loses its slots, one that succeeds earns some, and trouble makes claims careful", () => {
  let now = 0;
  const origins = createOrigins(() => now);
  const begin = (name: string, count: number) =>
    Array.from({ length: count }, () => origins.begin(name));
  expect(origins.perOrigin().count).toBe(32);
  const dead = begin("dead", 8);
  expect(origins.busy()).toEqual(["dead"]);
  now = 600;
  expect(origins.perOrigin().count).toBe(8);
  for (const attempt of dead) origins.end(attempt, "failed");
  for (let i = 0; i < 20; i++) origins.end(origins.begin("good"), "delivered");
  const last = origins.begin("dead");
  const good = begin("good", 27);
  expect(origins.busy()).toEqual(["dead"]);
  good.push(origins.begin("good"));
  expect(origins.busy()).toEqual(["dead", "good"]);
  now = 70_000;
  for (const attempt of [last, ...good]) origins.end(attempt, "delivered");
  expect(origins.perOrigin().count).toBe(32);
});

test("an attempt that takes long gives its slot back, but an origin can park only so many", () => {
  let now = 0;
  const origins = createOrigins(() => now);
  for (let round = 1; round <= 4; round++) {
    for (let i = 0; i < 8; i++) origins.begin("hanging");
    expect(origins.busy()).toEqual(["hanging"]);
    now += 251;
    expect(origins.busy()).toEqual(round < 4 ? [] : ["hanging"]);
  }
});
