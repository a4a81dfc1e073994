import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillIn, type Scope } from "./evaluate.ts";

// Tests Make's template language, rule by rule: developers.make.com/custom-apps-documentation/block-elements/iml

const scope: Scope = {
  body: {
    data: [{ id: 1, tags: ["a", "b"] }, { id: 2 }],
    name: "Ada",
    empty: "",
    none: null,
    zero: 0,
  },
  headers: { "x-hook-type": "approval" },
  1: { order: { id: "17" } },
  parameters: {
    on: true,
    off: false,
    pairs: [
      { key: "a", value: 1 },
      { key: "b", value: null },
    ],
  },
};
const value = (text: string) => fillIn(text, scope);

describe("an expression", () => {
  test.each<[string, unknown]>([
    // A sole expression keeps its type.
    ["{{body.data}}", [{ id: 1, tags: ["a", "b"] }, { id: 2 }]],
    ["{{parameters.on}}", true],
    ["{{body.none}}", null],
    ["{{body.nothing.at.all}}", undefined],
    // An expression beside other text becomes part of the text.
    [" {{parameters.on}}", " true"],
    ["{{body.name}}{{body.zero}}", "Ada0"],
    ["<{{body.none}}{{body.nothing}}>", "<>"],
    // Paths: arrays count from 1, no index means the first item, and back ticks allow any name.
    ["{{body.data[2].id}}", 2],
    ["{{body.data[].tags[1]}}", "a"],
    ["{{body.data[0]}}", undefined],
    ["{{body.data[body.zero + 1].id}}", 1],
    ["{{headers.`x-hook-type`}}", "approval"],
    ["{{1.order.id}}", "17"],
    ["{{body.constructor}}", undefined],
    ["{{body.data.length}}", undefined],
    // Literals and operators, with the usual precedence.
    ["{{1 + 2 * 3}}", 7],
    ["{{(1 + 2) * 3}}", 9],
    ["{{10 - 2 - 3}}", 5],
    ["{{-2 + 5 % 3}}", 0],
    ["{{1.5 / 3}}", 0.5],
    ["{{'Hello, ' + body.name}}", "Hello, Ada"],
    ["{{\"}}\" + '{{'}}", "}}{{"],
    ["{{body.zero = 0}}", true],
    ["{{body.zero == '0'}}", false],
    ["{{body.zero !== 1 && 2 >= 2}}", true],
    ["{{!parameters.on | 1 < 2}}", true],
    ["{{parameters.off || body.name}}", "Ada"],
    // Calls: commas or semicolons separate the arguments.
    ["{{if(body.zero > 0, 'more', 'none')}}", "none"],
    ["{{if(parameters.on; 1; 2)}}", 1],
    ["{{ifempty(body.empty, ifempty(body.none, 'neither'))}}", "neither"],
    ["{{ifempty(body.zero, 1)}}", 0],
    ["{{switch(body.name, 'Bob', 1, 'Ada', 2, 3)}}", 2],
    ["{{join(body.data[].tags, '+')}}", "a+b"],
    ["{{toCollection(parameters.pairs, 'key', 'value')}}", { a: 1, b: null }],
    ["{{map(body.data, 'id')}}", [1, 2]],
    ["{{first(map(body.data, 'tags', 'id', 1))}}", ["a", "b"]],
    ["{{contains(split('a,b', ','), 'b')}}", true],
    ["{{length('')}}", 0],
    ["{{min(3, 100)}}", 3],
    ["{{encodeURL('a/b c')}}", "a%2Fb%20c"],
    ["{{replace('a+b+c', '+', '-')}}", "a-b-c"],
    ["{{replace('https://x.example//', '/[/]+$/', '')}}", "https://x.example"],
    ["{{replace('a/b', '/', '_')}}", "a_b"],
    ["{{sha256('abc')}}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    // RFC 4231, test case 2: a key makes it an HMAC.
    [
      "{{sha256('what do ya want for nothing?', 'hex', 'Jefe')}}",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "{{formatDate(parseDate('2026-03-25T10:04:12.005Z'), 'YYYY-MM-DDTHH:mm:ss.SSSZ')}}",
      "2026-03-25T10:04:12.005+00:00",
    ],
    [
      "{{addSeconds(parseDate('2026-03-25T10:00:00Z'), -30) < parseDate('2026-03-25T10:00:00Z')}}",
      true,
    ],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test.each([
    "{{body.}}",
    "{{1 +}}",
    "{{if(1, 2}}",
    "{{(1}}",
    "{{1 2}}",
    "{{body.data[1}}",
    "{{a @ b}}",
    "{{never ends",
    "{{}}",
  ])("%s is refused", (text) => {
    expect(() => value(text)).toThrow(SyntaxError);
  });

  test("of a function that Make doesn't have is refused", () => {
    expect(() => value("{{parseJSON(body)}}")).toThrow("Function 'parseJSON' not found!");
    expect(() => value("{{constructor('x')}}")).toThrow("not found");
  });
});

describe("an object", () => {
  test("is filled in, spread entries included; what is undefined stays out of JSON, null stays in", () => {
    const filled = fillIn(
      {
        "{{...}}": "{{toCollection(parameters.pairs, 'key', 'value')}}",
        name: "{{body.name}}",
        missing: "{{body.nothing}}",
        list: ["{{body.zero}}", 2, true],
      },
      scope,
    );
    expect(JSON.stringify(filled)).toBe('{"a":1,"b":null,"name":"Ada","list":[0,2,true]}');
  });

  test("has entries that don't see each other", () => {
    expect(fillIn({ first: "{{uuid}}", second: "{{first}}" }, {})).toMatchObject({
      second: undefined,
    });
  });
});

describe("for any values", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const json = fc.jsonValue({ maxDepth: 3 });

  test("a path gives what is there, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), json, (names, leaf) => {
        const holder = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), leaf);
        const path = ["holder", ...names].join(".");
        expect(fillIn(`{{${path}}}`, { holder })).toEqual(leaf);
      }),
    );
  });

  test("text without tags comes out as it went in", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("{{"));
        expect(fillIn(text, scope)).toBe(text);
      }),
    );
  });

  test("what came in as a value is never read as a template", () => {
    fc.assert(
      fc.property(fc.constantFrom("{{body}}", "{{", "a {{b}} c"), (text) => {
        expect(fillIn("{{text}} and {{text}}", { text })).toBe(`${text} and ${text}`);
      }),
    );
  });

  test("sums bind as they do in arithmetic", () => {
    const number = fc.nat({ max: 1000 });
    const operator = fc.constantFrom("+", "-", "*");
    fc.assert(
      fc.property(number, fc.array(fc.tuple(operator, number), { maxLength: 6 }), (start, rest) => {
        const text = [start, ...rest.flat()].join(" ");
        const levels: number[] = [start];
        for (const [sign, n] of rest) {
          if (sign === "*") levels.push(must(levels.pop()) * n);
          else levels.push(sign === "+" ? n : -n);
        }
        expect(fillIn(`{{${text}}}`, {})).toBe(levels.reduce((a, b) => a + b, 0));
      }),
    );
  });

  test("a challenge is the base64url of the verifier's hash, without padding", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        const challenge = fillIn(
          "{{replace(replace(replace(sha256(v, 'base64'), '+', '-'), '/', '_'), '=', '')}}",
          { v: a + b },
        );
        const hash = fillIn("{{sha256(v, 'hex')}}", { v: a + b }) as string;
        expect(challenge).toBe(Buffer.from(hash, "hex").toString("base64url"));
      }),
    );
  });
});
