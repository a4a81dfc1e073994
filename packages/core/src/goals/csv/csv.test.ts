import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRows } from "./goal-tables.ts";
import { readCsv } from "./read-csv.ts";
import { readText, writeCsv } from "./write-csv.ts";

const texts = (csv: string) => readCsv(csv).map((record) => record.map(({ text }) => text));

describe("a table is read", () => {
  test.each<[string, string, string[][]]>([
    [
      "with CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "with LF and without an end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["with CR", "a\r1\r", [["a"], ["1"]]],
    ["with a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    ["with quotes", '"a ""b""","c,d"\n', [['a "b"', "c,d"]]],
    [
      "with line breaks in quotes",
      '"a\r\nb",c\nd,e',
      [
        ["a\r\nb", "c"],
        ["d", "e"],
      ],
    ],
    ["with empty values", ",,\n", [["", "", ""]]],
    ["with empty lines", "a\n\n\nb\n", [["a"], ["b"]]],
    ["of nothing", "", []],
  ])("%s", (_, csv, rows) => {
    expect(texts(csv)).toEqual(rows);
  });

  test("each value knows where it stands, also after line breaks in quotes", () => {
    const [, second] = readCsv('"a\nb\nc",d\ne,f\n');
    expect(second).toEqual([
      { text: "e", line: 4, column: 1 },
      { text: "f", line: 4, column: 2 },
    ]);
  });

  test.each([
    ['a,b"c\n', "line 1, column 2: a value with a quote"],
    ['a\n"b', "line 2, column 1: the quote that begins here never ends"],
    ['a,"b"c\n', "line 1, column 2: after the closing quote"],
  ])("and refused where it is none: %j", (csv, words) => {
    expect(() => readCsv(csv)).toThrow(words);
  });
});

test("whatever is written is read again, and no cell of it is a formula", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("=1+1", "'=x", "-", "@a", "'", "\t", ";", "\uff1d1", " ", '"', "\r", "\n", "a"),
  );
  const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
      (rows) => {
        const read = texts(writeCsv(rows));
        expect(read.map((row) => row.map(readText))).toEqual(rows);
        for (const cell of read.flat()) {
          expect(cell).not.toMatch(/^[\t\r]/);
          // Spreadsheets can take a semicolon, a tab or a line's end for the end of a cell.
          for (const piece of cell.split(/[;\t\r\n]/))
            expect(piece).not.toMatch(/^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
        }
      },
    ),
  );
});

test("numbers are written as they are: a negative one is no formula", () => {
  expect(writeCsv([[-1.5, 1e21, null, true, "-1"]])).toBe("-1.5,1e+21,,true,'-1\r\n");
});

test.each([
  ["full-width signs", "\uff1d1+1", "'\uff1d1+1"],
  ["a formula behind a semicolon", "a;=1+1", "a;'=1+1"],
  ["one behind a semicolon, a space and a quote", 'a; "=1+1', '"a;\' ""=1+1"'],
  ["one on the second line", "a\n@b", '"a\n\'@b"'],
  ["nothing behind a comma: it stands in quotes", "a,-1", '"a,-1"'],
  ["nothing within a word", "a=b;c-d", "a=b;c-d"],
])("what is written is guarded against %s", (_, text, written) => {
  expect(writeCsv([[text]])).toBe(`${written}\r\n`);
});

describe("the columns of a table", () => {
  const rows = (csv: string) => readRows("kpis", readCsv(csv));

  test("stand in any order, and may be left out", () => {
    const [row] = rows("Target, NAME\n 12.5 ,K\n");
    expect([must(row).number("target"), must(row).text("name"), must(row).text("unit")]).toEqual([
      12.5,
      "K",
      undefined,
    ]);
  });

  test.each([
    ["", "line 1, column 1: the first line must name the columns"],
    ["name,colour\n", "line 1, column 2: the first line must name"],
    ["name,name\n", "line 1, column 2: the first line must name"],
    ["name\na,b\n", "line 2, column 2: there are only 1 columns"],
  ])("are refused where they are none: %j", (csv, words) => {
    expect(() => rows(csv)).toThrow(words);
  });

  test.each(["9007199254740993", "1.0000000000000001", "1e-400"])(
    "hold numbers that survive, not %s",
    (number) => {
      const [row] = rows(`name,target\nK,${number}\n`);
      expect(() => must(row).number("target")).toThrow(
        "line 2, column 2: target can't be kept exactly",
      );
    },
  );

  test.each(["1,5", "0x10", "one", "NaN", "Infinity", "1e999", "1 000"])(
    "hold numbers, not %s",
    (number) => {
      const [row] = rows(`name,target\nK,"${number}"\n`);
      expect(() => must(row).number("target")).toThrow("line 2, column 2: target must be a number");
    },
  );
});
