import { addVerb, print, type OutputOptions } from "@sayso/cli";
import type { Command } from "commander";
import { readConfig, ConfigError, type Config } from "../config.ts";
import { examine, type Finding } from "./examine.ts";

/** Adds `sayso doctor`. */
export function addDoctorVerb(program: Command): void {
  addVerb(
    program,
    "doctor",
    "check the installation, and print a fix for each problem",
    "sayso doctor",
  ).action(async (options: OutputOptions) => {
    const findings = await diagnose();
    const isWell = findings.every(({ ok }) => ok);
    print(options, { ok: isWell, checks: findings }, findings.flatMap(describeFinding));
    if (!isWell) process.exitCode = 1;
  });
}

async function diagnose(): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => ({
      name: "configuration",
      ok: false,
      found: fault,
      fix: "Correct the environment.",
    }));
  }
  return [{ name: "configuration", ok: true, found: "no errors" }, ...(await examine(config))];
}

function describeFinding({ ok, isWarning, name, found, fix }: Finding): string[] {
  const mark = isWarning ? "!" : ok ? "✓" : "✗";
  return [`${mark} ${name}: ${found}`, ...(fix ? [`  → ${fix}`] : [])];
}
