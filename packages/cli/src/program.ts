import { Command, CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";

/** Creates the program `sayso`. Add its verbs, then run it by {@link runProgram}. */
export const createProgram = (version: string): Command =>
  new Command("sayso")
    .description("Ask people to approve what automations and agents want to do.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(run with --help to see the commands and options)");

/**
 * Runs `sayso <args>` and leaves the exit code in `process.exitCode`: the one that the verb has set; 0 after `--help`;
 * after an error `exitCodes.noAnswer` for the verbs that call a server, and 1 for the others.
 *
 * @param report prints an error that isn't about the arguments
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  report: (error: unknown, asJson: boolean) => void,
): Promise<void> {
  const failure = args[0] === "ask" || args[0] === "request" ? exitCodes.noAnswer : 1;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : failure;
      return;
    }
    report(error, args.includes("--json"));
    process.exitCode = failure;
  }
}

/** Writes an error to stderr: one line for people, or `{error: {code, message}}`. */
export function printError(error: { code: unknown; message: string }, asJson: boolean): void {
  process.stderr.write(asJson ? `${JSON.stringify({ error })}\n` : `sayso: ${error.message}\n`);
}
