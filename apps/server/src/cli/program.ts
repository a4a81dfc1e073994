import { addAskVerb, addRequestVerbs, createProgram, runProgram } from "@sayso/cli";
import packageJson from "../../package.json" with { type: "json" };
import { addAuditVerbs } from "./audit.ts";
import { addBackupVerb } from "./backup.ts";
import { addClientVerbs } from "./client.ts";
import { addDeliveriesVerbs } from "./deliveries.ts";
import { addDoctorVerb } from "./doctor.ts";
import { addKeyVerbs } from "./key.ts";
import { addMigrateVerb } from "./migrate.ts";
import { addProjectVerbs } from "./project.ts";
import { addRestoreVerb } from "./restore.ts";
import { addServeVerb } from "./serve.ts";
import { reportError } from "./report-error.ts";
import { addTokenVerbs } from "./token.ts";
import { addUserVerbs } from "./user.ts";

/** Runs `sayso <args>`. Leaves the exit code in `process.exitCode`. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const program = createProgram(packageJson.version);
  addServeVerb(program);
  addMigrateVerb(program);
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
  await runProgram(program, args, reportError);
}
