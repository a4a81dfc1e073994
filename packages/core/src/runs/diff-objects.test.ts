import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffObjects, type Difference } from "./diff-objects.ts";
import { showDifferences } from "./show-difference.ts";

describe("the differences between two objects", () => {
  test.each<[string, unknown, unknown, Difference[]]>([
    ["none", { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ["the order of keys is none", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["a value", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "/a/b", before: 1, after: 2 }]],
    ["what is new", {}, { a: null }, [{ path: "/a", after: null }]],
    ["what is gone", { a: 0 }, {}, [{ path: "/a", before: 0 }]],
    [
      "a list is one value",
      { a: [1, 2] },
      { a: [2] },
      [{ path: "/a", before: [1, 2], after: [2] }],
    ],
    ["a kind", { a: {} }, { a: [] }, [{ path: "/a", before: {}, after: [] }]],
    ["keys with signs", { "a/b~c": 1 }, {}, [{ path: "/a~1b~0c", before: 1 }]],
    [
      "names of Object's own",
      {},
      JSON.parse('{"__proto__":1}'),
      [{ path: "/__proto__", after: 1 }],
    ],
    ["the whole", 1, { a: 1 }, [{ path: "", before: 1, after: { a: 1 } }]],
  ])("%s", (_, before, after, differences) => {
    expect(diffObjects(before, after)).toEqual(differences);
  });

  test("are no more than asked for", () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]));
    expect(diffObjects({}, many, 7)).toHaveLength(7);
  });

  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>);

  test("are none exactly where the objects are equal, and make the one from the other", () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const plain = (value: unknown) =>
          JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const [from, to] = [plain(before), plain(after)];
        expect(diffObjects(from, plain(from))).toEqual([]);
        expect(apply(from, diffObjects(from, to))).toEqual(to);
      }),
    );
  });
});

test("shown as HTML, whatever they hold is text", () => {
  const html = showDifferences(
    diffObjects({ "<i>": "<script>" }, { "<i>": "\"'&", more: "x".repeat(900) }),
  );
  expect(html).toContain('<th scope="row">/&lt;i&gt;</th>');
  expect(html).toContain("<del>&quot;&lt;script&gt;&quot;</del>");
  expect(html).not.toMatch(/<script|<i>/);
  expect(html.length).toBeLessThan(1500);
  expect(showDifferences([])).toContain("Nothing differs");
});

test("shown as HTML, many of them are cut, and it says how many", () => {
  const many = Object.fromEntries(Array.from({ length: 140 }, (_, i) => [`k${i}`, i]));
  const html = showDifferences(diffObjects({}, many));
  expect(html.match(/<tr>/g)).toHaveLength(101);
  expect(html).toContain("And 40 more");
});

/** Returns the object with the differences applied. */
function apply(before: Record<string, unknown>, differences: Difference[]): unknown {
  const changed = structuredClone(before);
  for (const difference of differences) {
    const keys = difference.path
      .slice(1)
      .split("/")
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = must(keys.pop());
    const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, changed);
    if ("after" in difference)
      Object.defineProperty(parent, last, {
        value: difference.after,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else delete parent[last];
  }
  return changed;
}
