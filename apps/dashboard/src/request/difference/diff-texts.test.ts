import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import { diffLines, diffLists, diffWords } from "./diff-texts.ts";

const marked = (before: string, after: string) =>
  diffWords(before, after)
    .map(({ kind, text }) => ({ same: text, removed: `[-${text}]`, added: `[+${text}]` })[kind])
    .join("");

test("words that differ are told, the others are kept", () => {
  expect(marked("limit is 20 %", "limit is 15 %")).toBe("limit is [-20][+15] %");
  expect(marked("", "new")).toBe("[+new]");
  expect(marked("same", "same")).toBe("same");
});

test("lines that differ are told, with their words where they stand for one another", () => {
  const lines = diffLines("a\nprice: 20\nz", "a\nprice: 15\nz\nend");
  expect(lines.map(({ kind, words }) => [kind, words.map(({ text }) => text).join("")])).toEqual([
    ["same", "a"],
    ["removed", "price: 20"],
    ["added", "price: 15"],
    ["same", "z"],
    ["added", "end"],
  ]);
  expect(lines[1]?.words).toEqual([
    { kind: "same", text: "price: " },
    { kind: "removed", text: "20" },
  ]);
});

describe("whatever the lists", () => {
  // A linear congruential generator (Knuth) with a fixed seed makes the same lists each time.
  let seed = 42;
  const next = (below: number) => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const list = () => Array.from({ length: next(12) }, () => must("abcd"[next(4)]));

  test("both can be put together again, and nothing common is told twice", () => {
    for (let round = 0; round < 500; round++) {
      const [before, after] = [list(), list()];
      const runs = diffLists(before, after);
      const without = (kind: string) =>
        runs.filter((run) => run.kind !== kind).flatMap(({ items }) => items);
      expect(without("added")).toEqual(before);
      expect(without("removed")).toEqual(after);
    }
  });

  test("large ones that have nothing in common are told whole, at once", () => {
    const of = (name: string) => Array.from({ length: 5000 }, (_, i) => `${name}${i}`);
    const runs = diffLists(["head", ...of("a")], ["head", ...of("b")]);
    expect(runs.map(({ kind, items }) => [kind, items.length])).toEqual([
      ["same", 1],
      ["removed", 5000],
      ["added", 5000],
    ]);
  });
});
