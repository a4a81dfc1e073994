import { expect, test } from "vitest";
import { must } from "./index.ts";

test("returns a value that is there, also an empty one", () => {
  for (const value of [0, "", false, Number.NaN, "x"]) expect(must(value)).toBe(value);
});

test.each([null, undefined])("throws for %s, at the line of its caller", (value) => {
  const call = () => must(value);
  expect(call).toThrow(`A value must be there, but is ${value}.`);
  try {
    call();
  } catch (error) {
    expect(error).toHaveProperty(
      "stack",
      expect.stringMatching(/^.*\n\s+at call .*index\.test\.ts/),
    );
  }
});
