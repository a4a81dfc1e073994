// docs/security.md names a test for every threat; each is there.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const page = readFileSync("docs/security.md", "utf8");
const threats = page
  .split("\n")
  .map((line) => /^\| +(\d+) +\|.*\| *(.+?) *\|$/.exec(line))
  .filter((found) => found !== null)
  .map(([, number = "", shownBy = ""]): [number, string] => [Number(number), shownBy]);

test("every threat has a number of its own, without gaps", () => {
  expect(threats.length).toBeGreaterThan(40);
  const numbers = threats.map(([number]) => number).toSorted((a, b) => a - b);
  expect(numbers).toEqual(threats.map((_, i) => i + 1));
});

describe.each(threats)("threat %i", (_, shownBy) => {
  test(`is shown by a test that exists: ${shownBy}`, () => {
    const [, file = "", name] = /^`([^`]+)`(?:: "([^"]+)")?$/.exec(shownBy) ?? [];
    expect(existsSync(file), `there is no ${file}`).toBe(true);
    if (name !== undefined) expect(readFileSync(file, "utf8")).toContain(name);
  });
});
