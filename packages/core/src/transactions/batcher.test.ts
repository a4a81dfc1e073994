import { setImmediate as turn } from "node:timers/promises";
import { must } from "@sayso/must";
import { afterEach, expect, test, vi } from "vitest";
import { createBatcher } from "./batcher.ts";
import { DomainError } from "../errors.ts";

afterEach(() => void vi.useRealTimers());

/** Stops the clock by which batches age: it goes on with `vi.advanceTimersByTime`. */
const stopClock = (): void =>
  void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });

/** A batcher that records its batches and ends them when the test says so. */
function openBatcher(limits?: { inFlight?: number; size?: number }) {
  const batches: {
    group: string;
    items: number[];
    end: () => void;
    fail: (error: unknown) => void;
  }[] = [];
  const run = createBatcher<number, string>(
    (group, items) =>
      new Promise((resolve, reject) =>
        batches.push({
          group,
          items,
          end: () => resolve(items.map((i) => `${group}${i}`)),
          fail: reject,
        }),
      ),
    limits,
  );
  return { run, batches, seen: () => batches.map((b) => b.items) };
}

test("items of one tick share a batch, and each gets its own result", async () => {
  const { run, batches, seen } = openBatcher();
  const results = Promise.all([run("a", 1), run("a", 2), run("a", 3)]);
  await turn();
  expect(seen()).toEqual([[1, 2, 3]]);
  must(batches[0]).end();
  expect(await results).toEqual(["a1", "a2", "a3"]);
});

test("a lone item starts at the end of its tick", async () => {
  const { run, seen } = openBatcher();
  void run("a", 1);
  expect(seen()).toEqual([]);
  await turn();
  expect(seen()).toEqual([[1]]);
});

test("groups never share a batch", async () => {
  const { run, batches } = openBatcher();
  const results = Promise.all([run("a", 1), run("b", 2), run("a", 3)]);
  await turn();
  expect(batches.map((b) => [b.group, b.items])).toEqual([
    ["a", [1, 3]],
    ["b", [2]],
  ]);
  batches.forEach((b) => b.end());
  expect(await results).toEqual(["a1", "b2", "a3"]);
});

test("what comes while a batch is young goes together; what comes later doesn't wait for it", async () => {
  stopClock();
  const { run, batches, seen } = openBatcher({ inFlight: 2 });
  const results: Promise<string>[] = [];
  const add = async (i: number) => {
    results.push(run("a", i));
    await turn();
  };
  for (const i of [1, 2, 3]) await add(i);
  expect(seen()).toEqual([[1]]);
  vi.advanceTimersByTime(20);
  expect(seen()).toEqual([[1], [2, 3]]);
  for (const i of [4, 5]) await add(i);
  vi.advanceTimersByTime(40);
  // No more batches are under way than allowed.
  expect(seen()).toEqual([[1], [2, 3]]);
  must(batches[0]).end();
  await turn();
  expect(seen()).toEqual([[1], [2, 3], [4, 5]]);
  batches.slice(1).forEach((b) => b.end());
  expect(await Promise.all(results)).toEqual(["a1", "a2", "a3", "a4", "a5"]);
});

test("a full batch doesn't wait for a young one", async () => {
  stopClock();
  const { run, seen } = openBatcher({ inFlight: 2, size: 2 });
  void run("a", 1);
  await turn();
  void run("a", 2);
  void run("a", 3);
  await turn();
  expect(seen()).toEqual([[1], [2, 3]]);
});

test("the next batch begins at once when the one under way has ended", async () => {
  stopClock();
  const { run, batches, seen } = openBatcher({ inFlight: 2 });
  void run("a", 1);
  await turn();
  void run("a", 2);
  await turn();
  must(batches[0]).end();
  await turn();
  expect(seen()).toEqual([[1], [2]]);
});

test("a busy group doesn't hold up another", async () => {
  const { run, batches } = openBatcher({ inFlight: 1 });
  void run("busy", 1);
  await turn();
  void run("busy", 2);
  const other = run("free", 3);
  await turn();
  expect(batches.map((b) => b.group)).toEqual(["busy", "free"]);
  must(batches[1]).end();
  expect(await other).toBe("free3");
});

test("a batch is never larger than allowed", async () => {
  const { run, batches, seen } = openBatcher({ inFlight: 2, size: 2 });
  const results = Promise.all([1, 2, 3, 4, 5].map((i) => run("a", i)));
  await turn();
  expect(seen()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  must(batches[1]).end();
  await expect.poll(() => seen()[2]).toEqual([5]);
  must(batches[0]).end();
  must(batches[2]).end();
  expect(await results).toEqual(["a1", "a2", "a3", "a4", "a5"]);
});

test("an item that fails a batch fails alone", async () => {
  const tried: number[][] = [];
  const run = createBatcher<number, number>(async (_, items) => {
    tried.push(items);
    await turn();
    if (items.includes(2)) throw new Error("two is not wanted");
    return items.map((i) => i * 10);
  });
  const results = await Promise.allSettled([run("a", 1), run("a", 2), run("a", 3)]);
  expect(results).toEqual([
    { status: "fulfilled", value: 10 },
    { status: "rejected", reason: new Error("two is not wanted") },
    { status: "fulfilled", value: 30 },
  ]);
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test("while the database is away a batch fails as a whole, at once: nothing is tried again one by one", async () => {
  let runs = 0;
  const run = createBatcher<number, number>(async () => {
    runs++;
    await turn();
    throw new DomainError("unavailable", "away");
  });
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => run("a", i)));
  expect(
    results.every(
      (r) => r.status === "rejected" && (r.reason as DomainError).code === "unavailable",
    ),
  ).toBe(true);
  expect(runs).toBe(1);
});

test("while the database is away nobody waits for it twice: who has waited behind a batch fails with it", async () => {
  stopClock();
  const { run, batches, seen } = openBatcher({ inFlight: 1 });
  const results = Promise.allSettled([run("a", 1)]);
  await turn();
  const waited = Promise.allSettled([run("a", 2), run("a", 3)]);
  vi.advanceTimersByTime(600);
  const next = run("a", 4);
  must(batches[0]).fail(new DomainError("unavailable", "away"));
  expect((await results)[0].status).toBe("rejected");
  expect((await waited).map((r) => r.status)).toEqual(["rejected", "rejected"]);
  await turn();
  expect(seen()).toEqual([[1], [4]]);
  must(batches[1]).end();
  expect(await next).toBe("a4");
});

test("goes on after a failure", async () => {
  const { run, batches } = openBatcher({ inFlight: 1 });
  const failed = run("a", 1);
  await turn();
  const next = run("a", 2);
  must(batches[0]).fail(new Error("no"));
  await expect(failed).rejects.toThrow("no");
  await turn();
  must(batches[1]).end();
  expect(await next).toBe("a2");
});

test("a batch that returns too few results fails, so that nobody waits for ever", async () => {
  const run = createBatcher<number, number>((_group, items) => Promise.resolve(items.slice(1)));
  await expect(Promise.all([run("a", 1), run("a", 2)])).rejects.toThrow("returned 0 results");
});
