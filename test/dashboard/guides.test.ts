// A guide names each button as the page does.
import { readFile } from "node:fs/promises";
import { must } from "@sayso/must";
import { expect, test } from "vitest";

const page = await readFile("apps/dashboard/src/strings/en/deciding.ts", "utf8");
const named = (key: string): string =>
  must(must(new RegExp(`^ {2}${key}: "(.+)",$`, "m").exec(page))[1]);

test.each([
  ["voting-connections.md", ["title", "allow", "ownToo", "stop"]],
  ["dashboard.md", ["allow"]],
])("%s calls the switches of deciding as the page does", async (guide, keys) => {
  const text = (await readFile(`docs/guides/${guide}`, "utf8")).replaceAll(/\s+/g, " ");
  for (const key of keys) expect(text).toContain(named(key));
  expect(text).not.toContain("Its votes count");
});
