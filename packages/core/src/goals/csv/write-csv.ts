/**
 * The pattern of text that a spreadsheet runs as a formula, with the apostrophes that `writeCsv` adds. Spreadsheets
 * read full-width signs as plain ones.
 */
const run = String.raw`'*[^\S\t\r\n]*(?:"[^\S\t\r\n]*)*[=+\-@＝＋－＠]`;
/**
 * The places where a spreadsheet would run it (OWASP, CSV injection): at the beginning of a text, and after a character
 * that other settings take for the end of a cell or a line, because quotes then protect nothing.
 */
const place = String.raw`(?<![^;\t\r\n])`;

const unguarded = new RegExp(String.raw`${place}(?=${run})|^(?='*[\t\r])`, "g");
const guarded = new RegExp(String.raw`${place}'(?=${run})|^'(?='*[\t\r])`, "g");

/**
 * Returns a comma-separated table (RFC 4180, lines end in CRLF). A text that a spreadsheet would run as a formula gets
 * an apostrophe, which `readText` removes again. Values of type number stay as they are.
 */
export const writeCsv = (
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string => rows.map((row) => `${row.map(writeValue).join(",")}\r\n`).join("");

function writeValue(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = value.replaceAll(unguarded, "'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Returns a text without the apostrophes that `writeCsv` added. */
export const readText = (text: string): string => text.replaceAll(guarded, "");
