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
