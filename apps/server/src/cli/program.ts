import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { addAskVerb } from "./ask.ts";
import { addAuditVerbs } from "./audit.ts";
import { addBackupVerb } from "./backup.ts";
import { addClientVerbs } from "./client.ts";
import { addDeliveriesVerbs } from "./deliveries.ts";
import { addDoctorVerb } from "./doctor.ts";
import { addKeyVerbs } from "./key.ts";
import { addProjectVerbs } from "./project.ts";
import { addRequestVerbs } from "./request.ts";
import { addRestoreVerb } from "./restore.ts";
import { addServeVerb } from "./serve.ts";
import { tellError } from "./tell-error.ts";
import { addTokenVerbs } from "./token.ts";
import { addUserVerbs } from "./user.ts";

/** Runs `sayso <args>`. Leaves the exit code in `process.exitCode`. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const program = new Command("sayso")
    .description("Ask people for a yes.")
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError("(add --help for what there is)");
  addServeVerb(program);
  addAskVerb(program);
  addRequestVerbs(program);
  addUserVerbs(program);
  addKeyVerbs(program);
  addProjectVerbs(program);
  addTokenVerbs(program);
  addClientVerbs(program);
  addAuditVerbs(program);
  addBackupVerb(program);
  addRestoreVerb(program);
  addDeliveriesVerbs(program);
  addDoctorVerb(program);
  // A script that calls `ask` reads 1 as "rejected", so every other failure of `ask` is 3.
  const failure = args[0] === "ask" || args[0] === "request" ? 3 : 1;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : failure;
      return;
    }
    tellError(error, args.includes("--json"));
    process.exitCode = failure;
  }
}
