import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hashBody } from "./idempotency.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest();
/** Hashes a caller's JSON text as a request body. */
const hashText = (text: string) => hashBody(JSON.parse(text));

test("hashes the canonical form of RFC 8785, section 3.2.2", () => {
  const text = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  expect(hashText(text)).toEqual(sha256(canonical));
});

test("sorts keys by UTF-16 code units, as RFC 8785, section 3.2.3 does", () => {
  const text = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
    "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;
  const canonical =
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
    '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}';
  expect(hashText(text)).toEqual(sha256(canonical));
});

test.each([
  ["the order of keys", '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
  ["white space", '{"a":[1,2]}', ' { "a" : [ 1 ,\n2 ] } '],
  ["how a number is written", '{"a":[100,0.5,0]}', '{"a":[1e2,5e-1,-0]}'],
  ["how a character is written", '{"a":"é/"}', String.raw`{"a":"\u00e9\/"}`],
  ["a key that came twice: the last one counts", '{"a":2}', '{"a":1,"a":2}'],
])("%s makes no difference", (_what, one, other) => {
  expect(hashText(one)).toEqual(hashText(other));
});

test.each([
  ["a value", '{"a":1}', '{"a":2}'],
  ["a type", '{"a":1}', '{"a":"1"}'],
  ["null and absent", '{"a":null}', "{}"],
  ["the order of a list", "[1,2]", "[2,1]"],
  ["where a value stands", '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ["an empty list and an empty object", '{"a":[]}', '{"a":{}}'],
  ["how a character is composed", '{"a":"é"}', String.raw`{"a":"e\u0301"}`],
  ["a key named __proto__", '{"__proto__":{"a":1}}', "{}"],
])("%s makes a difference", (_what, one, other) => {
  expect(hashText(one)).not.toEqual(hashText(other));
});

test("two bodies hash the same exactly if they hold the same", () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([k, v]) => [k, shuffled(v)]),
    );
  };
  const anyBody = fc
    .jsonValue({ maxDepth: 4 })
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  fc.assert(
    fc.property(anyBody, anyBody, (one, other) => {
      expect(hashBody(shuffled(one))).toEqual(hashBody(one));
      expect(hashBody(one).equals(hashBody(other))).toBe(isDeepStrictEqual(one, other));
    }),
  );
});
