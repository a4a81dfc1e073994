/** Aligns rows below their headings. Each column is as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return [headings, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Formats a date for people; null: a dash. */
export const formatDate = (date: Date | null): string =>
  date === null ? "–" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
