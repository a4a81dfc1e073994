import type { Command } from "commander";

/** Adds a verb with --json and, in its --help, an example. */
export function addVerb(
  parent: Command,
  nameAndArguments: string,
  description: string,
  example: string,
): Command {
  return parent
    .command(nameAndArguments)
    .description(description)
    .option("--json", "print JSON")
    .addHelpText("after", `\nExample:\n  $ ${example}`);
}

export interface OutputOptions {
  json?: boolean;
}

/** Prints the result of a verb: as JSON, or as its lines. */
export function print(
  { json }: OutputOptions,
  value: unknown,
  lines: string | readonly string[],
): void {
  const text = json
    ? JSON.stringify(value, null, 2)
    : typeof lines === "string"
      ? lines
      : lines.join("\n");
  process.stdout.write(`${text}\n`);
}

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
export const tellDate = (date: Date | null): string =>
  date === null ? "–" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
