/**
 * The characters that show nothing, or turn the direction of the text after them, and so can make a text look like
 * another: control and format characters, line separators, fillers, and variation selectors and joiners outside of
 * emoji.
 */
const hidden =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** Emoji, which joiners and selectors are part of. */
const emoji =
  /[0-9#*]\ufe0f\u20e3|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*/gu;

const names: Record<string, string> = {
  "00A0": "NO-BREAK SPACE",
  "00AD": "SOFT HYPHEN",
  "034F": "COMBINING GRAPHEME JOINER",
  "061C": "ARABIC LETTER MARK",
  "115F": "HANGUL CHOSEONG FILLER",
  "1160": "HANGUL JUNGSEONG FILLER",
  "180E": "MONGOLIAN VOWEL SEPARATOR",
  "200B": "ZERO WIDTH SPACE",
  "200C": "ZERO WIDTH NON-JOINER",
  "200D": "ZERO WIDTH JOINER",
  "200E": "LEFT-TO-RIGHT MARK",
  "200F": "RIGHT-TO-LEFT MARK",
  "2028": "LINE SEPARATOR",
  "2029": "PARAGRAPH SEPARATOR",
  "202A": "LEFT-TO-RIGHT EMBEDDING",
  "202B": "RIGHT-TO-LEFT EMBEDDING",
  "202C": "POP DIRECTIONAL FORMATTING",
  "202D": "LEFT-TO-RIGHT OVERRIDE",
  "202E": "RIGHT-TO-LEFT OVERRIDE",
  "2060": "WORD JOINER",
  "2066": "LEFT-TO-RIGHT ISOLATE",
  "2067": "RIGHT-TO-LEFT ISOLATE",
  "2068": "FIRST STRONG ISOLATE",
  "2069": "POP DIRECTIONAL ISOLATE",
  "2800": "BRAILLE PATTERN BLANK",
  "3164": "HANGUL FILLER",
  FEFF: "ZERO WIDTH NO-BREAK SPACE",
  FFA0: "HALFWIDTH HANGUL FILLER",
};

/** A stretch of visible text, or a hidden character with its code point in hex and its name. */
export type Piece = { shown: string } | { hidden: string; name: string };

/**
 * Splits somebody else's text into pieces, so that a page can show hidden characters by name (CVE-2021-42574 describes
 * attacks with them). The pieces hold the whole text, in order.
 */
export function piecesOf(text: string): Piece[] {
  const inEmoji = new Set<number>();
  for (const match of text.matchAll(emoji)) {
    for (let i = match.index; i < match.index + match[0].length; i++) inEmoji.add(i);
  }
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(hidden)) {
    if (inEmoji.has(match.index)) continue;
    if (match.index > end) found.push({ shown: text.slice(end, match.index) });
    const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    found.push({ hidden: code, name: names[code] ?? "invisible character" });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ shown: text.slice(end) });
  return found;
}

/** Returns the same on one line and as plain text, for places that can't hold elements, such as `<title>`. */
export const plainLine = (text: string): string =>
  piecesOf(text.replace(/[\n\r\t]+/g, " "))
    .map((piece) => ("hidden" in piece ? `[U+${piece.hidden}]` : piece.shown))
    .join("");

/** Returns the address if it is an absolute http(s) address to which a link can lead; otherwise null. */
export function webAddress(text: string | null): URL | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" ? url : null;
}
