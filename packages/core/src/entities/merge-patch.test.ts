import fc from "fast-check";
import { expect, test } from "vitest";
import { isJsonObject, mergePatch, type JsonObject } from "./merge-patch.ts";

// The test cases of RFC 7396, appendix A, whose target and patch are objects.
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [["c"], { a: "b" }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched with %j is %j", (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test("__proto__ is data and pollutes nothing", () => {
  const patch = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":1}}',
  ) as JsonObject;
  const merged = mergePatch(mergePatch({}, patch), patch);
  expect(JSON.stringify(merged)).toBe(JSON.stringify(patch));
  expect(({} as JsonObject).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});

const object = fc.dictionary(
  fc.constantFrom("a", "b", "__proto__", "c"),
  fc.jsonValue({ maxDepth: 3 }),
  { noNullPrototype: true },
);
const holdsNull = (value: unknown): boolean =>
  value === null || (isJsonObject(value) && Object.values(value).some(holdsNull));

test("patching twice is patching once, and changes neither argument", () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const before = JSON.stringify([target, patch]);
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
      expect(JSON.stringify([target, patch])).toBe(before);
    }),
  );
});

test("an object without nulls is what nothing becomes when it is patched with it", () => {
  fc.assert(
    fc.property(object, (patch) => {
      fc.pre(!holdsNull(patch));
      expect(mergePatch(null, patch)).toEqual(patch);
    }),
  );
});
