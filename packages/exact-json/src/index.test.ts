import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findInexactNumbers, InexactNumberError, parseExactJson, survives } from "./index.ts";

describe("a number survives if its text has the value of the shortest text of its double", () => {
  test.each([
    ...["0", "-0", "-0.0", "0e999999999999999999999", "1.0", "1.50", "1e3", "1E+3", "100e-2"],
    ...["9007199254740991", "9007199254740992", "-9007199254740994", "1000000000000000000000"],
    ...["0.1", "0.30000000000000004", "1e23", "1.7976931348623157e308", "5e-324"],
    ...["123456789012345", "0.00000000000000000001", "0.10000000000000000000"],
  ])("%s does", (decimal) => expect(survives(decimal)).toBe(true));

  test.each([
    ...["9007199254740993", "1e400", "-1e400", "1e-400", "1.0000000000000001"],
    ...["123456789012345678901234567890", "0.1000000000000000055511151231257827", "3e-324"],
    ...["1e99999999999999999999999", "1e-99999999999999999999999", "12345678901234567890.5"],
  ])("%s doesn't", (decimal) => expect(survives(decimal)).toBe(false));

  test("every double's own text does, however it is spelled", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        expect(survives(JSON.stringify(double))).toBe(true);
        expect(survives(double.toExponential())).toBe(true);
      }),
    );
  });

  test("of whole numbers exactly those whose double is written in the same digits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (whole) => {
        const shortest = String(Number(whole));
        const [, digits = "", fraction = "", power = "0"] =
          /^(-?\d+)(?:\.(\d+))?(?:e\+(\d+))?$/.exec(shortest) ?? [];
        const same = BigInt(digits + fraction.padEnd(Number(power), "0")) === whole;
        expect(survives(String(whole))).toBe(same);
      }),
    );
  });
});

describe("the place", () => {
  const pointers = (text: string) => findInexactNumbers(text).map(({ pointer }) => pointer);

  test("is a JSON Pointer, also behind names and texts that look like JSON", () => {
    expect(
      pointers(
        String.raw`{"a":[{"x":"[1e400,\"","b/c~d":[0,1e400]},-1e400],"":1e400,"é\\":{"\"":1e-400},"z":[[],{},1e400]}`,
      ),
    ).toEqual(["/a/0/b~1c~0d/1", "/a/1", "/", '/é\\/"', "/z/2"]);
    expect(pointers("1e400")).toEqual([""]);
    expect(pointers('{"9007199254740993":"9007199254740993"}')).toEqual([]);
  });

  test("is found in any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, isIndented) => {
        const marked = { list: [value, { "the/place": "HERE" }, value] };
        const text = JSON.stringify(marked, null, isIndented ? 2 : 0);
        expect(findInexactNumbers(text)).toEqual([]);
        expect(pointers(text.replace('"HERE"', "1e400"))).toEqual(["/list/1/the~1place"]);
      }),
    );
  });

  test("is told of the first 20", () => {
    const found = findInexactNumbers(
      JSON.stringify(Array(30).fill("x")).replaceAll('"x"', "1e400"),
    );
    expect(found.map(({ path }) => path)).toEqual([...Array(20).keys()].map((i) => [String(i)]));
  });
});

test("reading refuses, or gives what JSON.parse gives", () => {
  expect(parseExactJson('{"a":[1,2.50,1e3]}')).toEqual({ a: [1, 2.5, 1000] });
  expect(() => parseExactJson("{")).toThrow(SyntaxError);
  expect(() => parseExactJson('{"id":9007199254740993}')).toThrow(InexactNumberError);
  expect(() => parseExactJson('{"id":9007199254740993}')).toThrow(
    "the number 9007199254740993 at /id can't be kept exactly (it would become 9007199254740992); send it as text",
  );
});

test.each([
  ["zeros before a digit", (length: number) => `[0.${"0".repeat(length)}1]`],
  ["zeros after a digit", (length: number) => `[1${"0".repeat(length)}]`],
  ["digits", (length: number) => `[${"9".repeat(length)}]`],
  ["backslashes", (length: number) => `["${"\\\\".repeat(length / 2)}"]`],
  ["escaped quotes", (length: number) => `["${'\\"'.repeat(length / 2)}"]`],
])("a megabyte of %s takes no time that grows with its square", (_, textOf) => {
  /** The processor's microseconds, which don't grow while other processes have it. */
  const costOf = (text: string): number => {
    const before = process.cpuUsage();
    findInexactNumbers(text);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const short = costOf(textOf(100_000));
  // 9 times the length costs 9 times as much, and 81 times where the work grows with the square. A cost below 20 ms
  // says nothing.
  expect(costOf(textOf(900_000))).toBeLessThan(35 * Math.max(short, 20_000));
});
