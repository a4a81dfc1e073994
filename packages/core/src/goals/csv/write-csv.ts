/** What a spreadsheet runs, apostrophes of ours before it; full-width signs are read as plain ones. A number is none. */
const run = String.raw`'*[^\S\t\r\n]*(?:"[^\S\t\r\n]*)*[=+\-@＝＋－＠]`;
/**
 * Where it would (OWASP, CSV injection): at the beginning of a text, and behind what other settings than ours take for the
 * end of a cell or a line, since quotes then protect nothing.
 */
const place = String.raw`(?<![^;\t\r\n])`;

const unguarded = new RegExp(String.raw`${place}(?=${run})|^(?='*[\t\r])`, "g");
const guarded = new RegExp(String.raw`${place}'(?=${run})|^'(?='*[\t\r])`, "g");

/**
 * A comma-separated table (RFC 4180, lines end in CRLF). Where a spreadsheet would run a text as a formula it gets an
 * apostrophe, which `readText` takes away again.
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

/** Text as it was before `writeCsv` guarded it. */
export const readText = (text: string): string => text.replaceAll(guarded, "");
