import type { Command } from "commander";

/** Adds `sayso serve`. */
export function addServeVerb(program: Command): void {
  program
    .command("serve")
    .description("run the server until SIGTERM or Ctrl-C")
    .option("--json", "log JSON even on a terminal, and print no welcome")
    .addHelpText(
      "after",
      "\nExample:\n  $ PORT=8080 SAYSO_URL=https://sayso.example.com sayso serve\n\nSettings are environment variables. Check them with: sayso doctor",
    )
    .action(async (options: { json?: boolean }) => {
      // Imported only here, because the other verbs start faster without it.
      const { runServer } = await import("../run-server.ts");
      await runServer(options);
    });
}
