import { addVerb, print, type OutputOptions } from "@sayso/cli";
import { DomainError, projectPlans, setProjectPlan, type ProjectPlan } from "@sayso/core";
import type { Command } from "commander";
import { withContext } from "./with-context.ts";

/** Adds `sayso project …`. */
export function addProjectVerbs(program: Command): void {
  const project = program.command("project").description("manage the plans of the requests API");

  addVerb(
    project,
    "plan <connection> <plan>",
    "set a project's plan: free (50 requests a month), pro (unlimited) or default",
    'sayso project plan "deploy bot" free',
  ).action((connection: string, plan: string, options: OutputOptions) =>
    withContext(async (context) => {
      const wanted = readPlan(plan);
      const { id, name } = await setProjectPlan(context, connection, wanted);
      print(
        options,
        { connection_id: id, name, plan: wanted },
        `${name} now has ${wanted === null ? "the server's default plan (SAYSO_REQUESTS_PLAN)" : `the plan ${wanted}`}.`,
      );
    }),
  );
}

function readPlan(text: string): ProjectPlan | null {
  if (text === "default") return null;
  const plan = projectPlans.find((known) => known === text);
  if (plan) return plan;
  throw new DomainError("validation_failed", "The plan must be free, pro or default");
}
