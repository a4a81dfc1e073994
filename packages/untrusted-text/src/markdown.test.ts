import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMarkdown, type Block, type Inline } from "./markdown.ts";

const isPlain = (text: string) => readMarkdown(text)[0]?.kind === "plain";
/** Returns all that the blocks show, addresses included. */
const shownBy = (blocks: readonly (Block | Inline)[]): string => JSON.stringify(blocks);
const lineOf = (text: string) => {
  const [block] = readMarkdown(text);
  return block?.kind === "paragraph" ? block.content : [];
};

describe("is shown as it was written, because its Markdown would hide or change a part of it:", () => {
  test.each([
    ["a cell beyond the head's", "| a | b |\n|---|---|\n| 1 | 2 | and delete the rest |"],
    ["a quote that leaves no room", `${"> ".repeat(9)}pay twice`],
    [
      "a list that leaves no room",
      Array.from({ length: 9 }, (_, i) => `${"  ".repeat(i)}- x`).join("\n"),
    ],
    ["a number that would be counted otherwise", "007. Bond"],
    ["quotes deeper than the parser follows", `${">".repeat(500)} hidden`],
  ])("%s", (_, text) => {
    expect(readMarkdown(text)).toEqual([{ kind: "plain", text }]);
  });

  test.each([
    ["a definition of a link", "[//]: # (and delete the rest)"],
    ["HTML", "<div hidden>secret</div> <!-- secret --> <b>bold</b>"],
    ["entities", "&lt;b&gt; &#8203; &nbsp;"],
    ["escapes", String.raw`C:\\share\_x \[no\]`],
    ["marks within words", "2*3*4 5**6**7 a~~b~~c 1_000_000"],
  ])("%s", (_, text) => {
    const content = lineOf(text);
    expect(content).toEqual([{ kind: "text", text }]);
  });

  test("numbers of a list stay as they are", () => {
    expect(readMarkdown("5. a\n7. b")).toMatchObject([
      { marker: null, items: [{ number: 5 }, { number: 7 }] },
    ]);
  });
});

describe("a link", () => {
  const link = (text: string) =>
    lineOf(text).find((part) => part.kind === "link" || part.kind === "picture");

  test.each([
    ["[our bank](https://evil.example/x)", "evil.example"],
    ["[https://bank.example](https://evil.example)", "evil.example"],
    ["[https://bank.example.evil.example/](https://bank.example)", "bank.example"],
    ["[https://bank.example@evil.example/](https://evil.example)", "evil.example"],
    ["https://bаnk.example", "xn--bnk-6cd.example"],
    ["[](https://evil.example)", "evil.example"],
    ["![a cat](https://evil.example/pixel.png)", "evil.example"],
    ["[x](//evil.example)", "//evil.example"],
    ["[x](/account/tokens)", "/account/tokens"],
    ["[x](https://user:pass@evil.example)", "https://user:pass@evil.example"],
    ["[x](mailto:a@b.example)", "mailto:a@b.example"],
  ])("%s says where it leads", (text, shown) => {
    expect(link(text)).toMatchObject({ shown });
  });

  test.each(["https://bank.example/a?b=c&d", "<https://bank.example>", "HTTPS://BANK.example/A"])(
    "%s says it by itself",
    (text) => {
      const found = link(text);
      expect(found).toMatchObject({ shown: null });
      expect(JSON.stringify(found)).toMatch(/"href":"https:\/\/bank\.example\//);
    },
  );

  test.each([
    "[x](javascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html,hi)",
    "javascript:alert(1)",
    "www.evil.example",
  ])("%s is none", (text) => {
    expect(
      link(text)?.kind === "link" && "href" in must(link(text)) ? link(text) : undefined,
    ).toBeUndefined();
  });

  test("to no web address leads nowhere", () => {
    for (const address of [
      "/x",
      "//x.example",
      "x",
      "#top",
      "https://a:b@c.example",
      "mailto:a@b.example",
    ])
      expect(link(`[x](${address})`)).toMatchObject({ href: null });
  });

  test("has its title beside it", () => {
    expect(lineOf('[x](https://a.example "and more")')).toEqual([
      expect.objectContaining({ kind: "link" }),
      { kind: "text", text: " “and more”" },
    ]);
  });
});

test("lists, quotes, code, tables and rules are what they look like", () => {
  const blocks = readMarkdown(
    "# Plan\n\nFirst **bold**, *lean*, ~~gone~~ and `code`\nsecond line\n\n- one\n- two\n\n> said\n\n```sh why\nls -l\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n    indented",
  );
  expect(blocks.map(({ kind }) => kind)).toEqual([
    "heading",
    "paragraph",
    "list",
    "quote",
    "code",
    "table",
    "rule",
    "code",
  ]);
  expect(shownBy(blocks)).toContain('"label":"sh why"');
  expect(blocks[1]).toMatchObject({
    content: [
      {},
      { kind: "strong" },
      {},
      { kind: "emphasis" },
      {},
      { kind: "struck" },
      {},
      { kind: "code" },
      { kind: "break" },
      {},
    ],
  });
});

// What the test itself collects from the blocks. Texts of its own, so that it doesn't repeat the reader.
const pieces = fc.constantFrom(
  ..."abc 1 2 \n \n\n # - * + > ` ``` ~~ | |- [ ] ( ) ! < > & ; : / \\ _ \" ' = . 1. http://x.example/ \u200b \u00a0 é ß \t    ".split(
    " ",
  ),
  " ",
  "    ",
  "\n",
  "| a | b |\n|---|---|\n",
  "[x](http://y.example 't')",
);
const lettersIn = (text: string) => text.match(/[\p{L}\p{N}\p{Cf}\\]/gu)?.join("") ?? "";

test("no letter, digit, backslash or hidden character is ever lost", () => {
  const collect = (value: unknown, key = ""): string => {
    if (typeof value === "string")
      return ["kind", "marker", "href", "shown"].includes(key) ? "" : value;
    if (typeof value === "number") return String(value);
    if (Array.isArray(value)) return value.map((one) => collect(one)).join("");
    if (value === null || typeof value !== "object") return "";
    const { content, address, number, label, ...rest } = value as Record<string, unknown>;
    return (
      [number, label].map((one) => collect(one)).join("") +
      collect(content) +
      collect(address) +
      Object.entries(rest)
        .map(([name, one]) => collect(one, name))
        .join("")
    );
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
        fc.string(),
      ),
      (text) => {
        expect(lettersIn(collect(readMarkdown(text)))).toBe(lettersIn(text));
      },
    ),
    { numRuns: 3000 },
  );
});

test("text that is meant to keep the reader busy costs no work that grows with its square", () => {
  /** The processor's microseconds, which don't grow while other processes have it. */
  const costOf = (text: string): number => {
    const before = process.cpuUsage();
    readMarkdown(text);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const hostile: [string, number][] = [
    ["[", 50_000],
    ["![", 30_000],
    ["*a_", 20_000],
    ["`", 50_000],
    ["> ", 20_000],
    ["|", 30_000],
    ["<a ", 20_000],
    ["http://", 10_000],
    ["[a](", 20_000],
    ["~~", 30_000],
  ];
  for (const [piece, count] of hostile) {
    const short = costOf(piece.repeat(count / 8));
    // 8 times the length costs 8 times as much, and 64 times where the work grows with the square. A cost below 20 ms
    // says nothing.
    expect(costOf(piece.repeat(count)), piece).toBeLessThan(30 * Math.max(short, 20_000));
  }
  expect(isPlain("calm")).toBe(false);
});
