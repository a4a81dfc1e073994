/** What a spreadsheet would take for a formula (OWASP, CSV injection); a number is none. */
const formula = /^[=+\-@\t\r]/;

/**
 * A comma-separated table (RFC 4180, lines end in CRLF). Text that a spreadsheet would run as a formula gets an
 * apostrophe before it, which `readText` takes away again; so does text that begins with an apostrophe.
 */
export const writeCsv = (
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string => rows.map((row) => `${row.map(writeValue).join(",")}\r\n`).join("");

function writeValue(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = formula.test(value) || value.startsWith("'") ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Text as it was before `writeCsv` guarded it. */
export const readText = (text: string): string =>
  /^'['=+\-@\t\r]/.test(text) ? text.slice(1) : text;
