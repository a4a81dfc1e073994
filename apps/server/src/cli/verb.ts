import type { Command } from "commander";

/** Every verb has --json and, in its --help, an example. */
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

/** Prints what a verb found: as JSON, or as its lines. */
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

/** Rows below their headings, each column as wide as its widest cell. */
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

/** A date as people read it; a dash for none. */
export const tellDate = (date: Date | null): string =>
  date === null ? "–" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
