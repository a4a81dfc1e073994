import MarkdownIt, { type MarkdownIt as Parser, type Token } from "markdown-it";
import { webAddress } from "./text.ts";

/** A part of a line of somebody else's Markdown. All its texts can hold hidden characters. */
export type Inline =
  | { kind: "text" | "code"; text: string }
  | { kind: "break" }
  | { kind: "strong" | "emphasis" | "struck"; content: Inline[] }
  /**
   * A link or a picture. `address` is what was written as its address beside its words; null: its words are the address.
   * `href` is where it leads; null: it is no web address, so it leads nowhere. `shown` is what is said of the address
   * beside the words: its host, or all of an address that leads nowhere; null: the words say it. Pictures are not
   * loaded: their words stand for them.
   */
  | {
      kind: "link" | "picture";
      content: Inline[];
      address: string | null;
      href: string | null;
      shown: string | null;
    };

/** A block of somebody else's Markdown. */
export type Block =
  | { kind: "paragraph" | "heading"; content: Inline[] }
  | { kind: "quote"; content: Block[] }
  /** `marker` is the bullet as it was written; null: the items are numbered. */
  | { kind: "list"; marker: string | null; items: { number: number | null; content: Block[] }[] }
  /** `label` is what was written behind the fence, such as the language. */
  | { kind: "code"; label: string; text: string }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" }
  /** The whole text as it was written, because its Markdown would have hidden a part of it. */
  | { kind: "plain"; text: string };

/** Deeper quotes and lists would leave no room for their text on a phone. */
const DEPTH_MAX = 6;

let parser: Parser | undefined;

/**
 * Reads somebody else's text as Markdown (CommonMark, tables, strikethrough, bare web addresses; line breaks are kept).
 * HTML, entities, backslashes and definitions of links are no Markdown here, and are shown as written.
 *
 * Guarantees that nothing is lost: each letter, digit and backslash of the text is in the blocks, in the same order. If
 * the Markdown would hide a part of it, such as a table's row that has more cells than its head, the blocks are one
 * `plain` block.
 */
export function readMarkdown(text: string): Block[] {
  const plain: Block[] = [{ kind: "plain", text }];
  parser ??= createParser();
  const tokens = parser.parse(text, {});
  const depths = depthsOf(tokens);
  if (depths > DEPTH_MAX) return plain;
  const blocks = readBlocks(new Reader(tokens));
  return lettersOf(text) === lettersOf(blocks.map(writtenBlock).join("")) ? blocks : plain;
}

function createParser(): Parser {
  const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
  // Each of these can make a part of the text disappear, or change what it says.
  markdown.disable(["reference", "entity", "escape"]);
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  // An address is shown as it is written, never decoded into letters that look alike.
  markdown.normalizeLinkText = (address) => address;
  markdown.normalizeLink = (address) => address;
  const { State } = markdown.inline;
  markdown.inline.State = class extends State {
    // Within a word, marks are part of it: 2*3*4 is no 234.
    override scanDelims(start: number) {
      return super.scanDelims(start, false);
    }
  };
  return markdown;
}

/** Returns the greatest number of quotes and lists that are within one another. */
function depthsOf(tokens: readonly Token[]): number {
  let [depth, greatest] = [0, 0];
  for (const { type, nesting } of tokens) {
    if (!/^(?:blockquote|bullet_list|ordered_list)_/.test(type)) continue;
    depth += nesting;
    greatest = Math.max(greatest, depth);
  }
  return greatest;
}

class Reader {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** Takes the next token, unless it closes what was opened before. */
  next(): Token | undefined {
    const token = this.tokens[this.at];
    if (token !== undefined) this.at++;
    return token?.nesting === -1 ? undefined : token;
  }
}

function readBlocks(reader: Reader): Block[] {
  const blocks: Block[] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    const block = readBlock(token, reader);
    if (block) blocks.push(block);
  }
  return blocks;
}

function readBlock(token: Token, reader: Reader): Block | null {
  switch (token.type) {
    case "paragraph_open":
      return { kind: "paragraph", content: readLine(reader) };
    case "heading_open":
      return { kind: "heading", content: readLine(reader) };
    case "blockquote_open":
      return { kind: "quote", content: readBlocks(reader) };
    case "bullet_list_open":
      return { kind: "list", marker: token.markup, items: readItems(reader) };
    case "ordered_list_open":
      return { kind: "list", marker: null, items: readItems(reader) };
    case "fence":
    case "code_block":
      return { kind: "code", label: token.info.trim(), text: token.content };
    case "table_open":
      return readTable(reader);
    case "hr":
      return { kind: "rule" };
    default:
      // What is read here would be missing in the blocks, so the text is shown as it was written.
      return null;
  }
}

/** Reads the one line of a paragraph, a heading or a cell, up to its end. */
function readLine(reader: Reader): Inline[] {
  const content: Inline[] = [];
  for (let token = reader.next(); token; token = reader.next())
    content.push(...readInlines(new Reader(token.children ?? [])));
  return content;
}

function readItems(reader: Reader) {
  const items: { number: number | null; content: Block[] }[] = [];
  for (let token = reader.next(); token; token = reader.next())
    items.push({
      number: token.info === "" ? null : Number(token.info),
      content: readBlocks(reader),
    });
  return items;
}

function readTable(reader: Reader): Block {
  const [head = [], ...rows] = readRows(reader);
  return { kind: "table", head, rows };
}

/** Reads the rows of a table's head and body. */
function readRows(reader: Reader): Inline[][][] {
  const rows: Inline[][][] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    if (token.type !== "tr_open") rows.push(...readRows(reader));
    else {
      const cells: Inline[][] = [];
      while (reader.next()) cells.push(readLine(reader));
      rows.push(cells);
    }
  }
  return rows;
}

function readInlines(reader: Reader): Inline[] {
  const content: Inline[] = [];
  for (let token = reader.next(); token; token = reader.next())
    content.push(...readInline(token, reader));
  return content;
}

function readInline(token: Token, reader: Reader): Inline[] {
  switch (token.type) {
    case "text":
      return token.content === "" ? [] : [{ kind: "text", text: token.content }];
    case "code_inline":
      return [{ kind: "code", text: token.content }];
    case "softbreak":
    case "hardbreak":
      return [{ kind: "break" }];
    case "strong_open":
      return [{ kind: "strong", content: readInlines(reader) }];
    case "em_open":
      return [{ kind: "emphasis", content: readInlines(reader) }];
    case "s_open":
      return [{ kind: "struck", content: readInlines(reader) }];
    case "link_open":
      return readLink("link", token, "href", readInlines(reader));
    case "image":
      return readLink("picture", token, "src", readInlines(new Reader(token.children ?? [])));
    default:
      return [];
  }
}

function readLink(
  kind: "link" | "picture",
  token: Token,
  attribute: "href" | "src",
  content: Inline[],
): Inline[] {
  const address = String(token.attrGet(attribute) ?? "");
  const title = token.attrGet("title");
  const url = webAddress(address);
  const isItself = kind === "link" && url !== null && isAddress(content, url);
  const shown = isItself ? null : (url?.host ?? address);
  const isBare = token.markup === "linkify" || token.markup === "autolink";
  return [
    { kind, content, address: isBare ? null : address, href: url?.href ?? null, shown },
    // A title would be seen by those only who rest on the link with a mouse.
    ...(title ? [{ kind: "text", text: ` “${title}”` } as const] : []),
  ];
}

/** Whether the words are the address itself, with its host letter by letter. */
function isAddress(content: readonly Inline[], { protocol, host }: URL): boolean {
  const [only, ...others] = content;
  return (
    only?.kind === "text" &&
    others.length === 0 &&
    new RegExp(`^${protocol}//${host.replace(/[.[\]]/g, "\\$&")}(?:[/?#]|$)`, "i").test(only.text)
  );
}

// What the blocks hold of the text, in its order.

const writtenBlock = (block: Block): string => {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return writtenLine(block.content);
    case "quote":
      return block.content.map(writtenBlock).join("");
    case "list":
      return block.items
        .map(({ number, content }) => `${number ?? ""}${content.map(writtenBlock).join("")}`)
        .join("");
    case "code":
      return block.label + block.text;
    case "table":
      return [block.head, ...block.rows].flat().map(writtenLine).join("");
    case "rule":
      return "";
    case "plain":
      return block.text;
  }
};

const writtenLine = (content: readonly Inline[]): string => content.map(writtenInline).join("");

function writtenInline(part: Inline): string {
  switch (part.kind) {
    case "text":
    case "code":
      return part.text;
    case "break":
      return "";
    case "link":
    case "picture":
      return writtenLine(part.content) + (part.address ?? "");
    default:
      return writtenLine(part.content);
  }
}

/** Drops blanks and punctuation, of which Markdown's marks are made. */
const lettersOf = (text: string): string =>
  text.replace(/[\s\p{P}|`~<>+=^]+/gu, (part) => part.replace(/[^\\]/g, ""));
