import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { readHeads, writeHeads } from "./feed-hints.ts";

const heads = (count: number) =>
  new Map(Array.from({ length: count }, (_, n) => [randomUUID(), n + 1] as const));

test("heads come out as they went in", () => {
  for (const count of [1, 2, 100]) {
    const some = heads(count);
    expect(readHeads(writeHeads(some))).toEqual(some);
  }
});

test("too many for one hint say only that there are some", () => {
  const text = writeHeads(heads(1000));
  expect(text).toBe("");
  expect(readHeads(text)).toBe(null);
});

test("what fits, fits into a NOTIFY", () => {
  for (let count = 1; count < 300; count++)
    expect(writeHeads(heads(count)).length).toBeLessThan(8000);
});

test.each(["x", "a:b", "a:-1", ":5", "a:1,b", "a:1e9"])("%j is no hint", (text) => {
  expect(readHeads(text)).toBe(null);
});
