// docs/security.md and docs/faults.md name a test for every threat and fault. Each of these tests exists.
import { existsSync, readFileSync } from "node:fs";
import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";

const security = readFileSync("docs/security.md", "utf8");
const numbered = (page: string): [number, string][] =>
  page
    .split("\n")
    .map((line) => /^\| +(\d+) +\|.*\| *(.+?) *\|$/.exec(line))
    .filter((found) => found !== null)
    .map(([, number = "", shownBy = ""]) => [Number(number), shownBy]);
const lines = {
  threat: numbered(security),
  fault: numbered(readFileSync("docs/faults.md", "utf8")),
};

test.each(Object.entries(lines))("every %s has a number of its own, without gaps", (_, all) => {
  expect(all.length).toBeGreaterThan(40);
  const numbers = all.map(([number]) => number).toSorted((a, b) => a - b);
  expect(numbers).toEqual(all.map((_, i) => i + 1));
});

describe.each(
  Object.entries(lines).flatMap(([kind, all]) => all.map((line) => [kind, ...line] as const)),
)("%s %i", (_kind, _number, shownBy) => {
  test(`is shown by a test that exists: ${shownBy}`, () => {
    const [, file = "", name] = /^`([^`]+)`(?:: "([^"]+)")?$/.exec(shownBy) ?? [];
    expect(existsSync(file), `there is no ${file}`).toBe(true);
    if (name !== undefined) expect(readFileSync(file, "utf8")).toContain(name);
  });
});

test("every promise says by which faults and threats it is shown, and these are there", () => {
  const promises = [...security.matchAll(/^\| P(\d+) .*\| *([^|]+?) *\|$/gm)];
  expect(promises.map(([, number]) => Number(number))).toEqual(promises.map((_, i) => i + 1));
  for (const [, , shownBy = ""] of promises)
    for (const [, kind, numbers = ""] of shownBy.matchAll(/(fault|threat)s ([\d, –]+)/g)) {
      const known = lines[kind as keyof typeof lines].map(([number]) => String(number));
      expect(numbers.match(/\d+/g)).not.toBeNull();
      expect(known).toEqual(expect.arrayContaining(must(numbers.match(/\d+/g))));
    }
});
