import { readFile } from "node:fs/promises";
import {
  checkpointAudit,
  parseCheckpoints,
  verifyAudit,
  type AuditFault,
  type AuditReport,
  type Services,
} from "@sayso/core";
import type { Command } from "commander";
import { addVerb, print, type OutputOptions } from "./verb.ts";
import { withContext } from "./with-context.ts";

interface VerifyOptions extends OutputOptions {
  checkpoint?: string;
}

/** Adds `sayso audit …`. */
export function addAuditVerbs(program: Command): void {
  const audit = program
    .command("audit")
    .description("prove that the audit trail is what was written");

  addVerb(
    audit,
    "verify",
    "compute every organization's chain of events anew; 1 is the exit code where something is altered or gone",
    "sayso audit verify --checkpoint checkpoint.jsonl",
  )
    .option(
      "--checkpoint <file>",
      "what `sayso audit checkpoint` printed before: finds also what was cut off or written anew",
    )
    .action((options: VerifyOptions) =>
      withContext(({ services }) => verifyAndPrint(services, options)),
    );

  addVerb(
    audit,
    "checkpoint",
    "print a signed line for each organization; keep them where nobody who runs this server can alter them",
    "sayso audit checkpoint >> /mnt/elsewhere/checkpoint.jsonl",
  ).action(() =>
    withContext(async ({ services }) => {
      for (const checkpoint of await checkpointAudit(services))
        process.stdout.write(`${JSON.stringify(checkpoint)}\n`);
    }),
  );
}

async function verifyAndPrint(services: Services, options: VerifyOptions): Promise<void> {
  const kept =
    options.checkpoint === undefined
      ? []
      : parseCheckpoints(services, await readFile(options.checkpoint, "utf8"));
  const report = await verifyAudit(services, kept);
  const isSound = report.faults.length === 0;
  print(
    options,
    {
      ok: isSound,
      organizations: report.verified.map(({ organizationId, size }) => ({
        organization_id: organizationId,
        verified: size,
      })),
      faults: report.faults.map(toJson),
    },
    tell(report),
  );
  if (!isSound) process.exitCode = 1;
}

const toJson = ({ organizationId, kind, position, eventId, message }: AuditFault) => ({
  organization_id: organizationId,
  kind,
  position,
  event_id: eventId,
  message,
});

function tell({ verified, faults }: AuditReport): string[] {
  const faulty = new Set(faults.map(({ organizationId }) => organizationId));
  return [
    ...verified.map(
      ({ organizationId, size }) =>
        `${faulty.has(organizationId) ? "✗" : "✓"} organization ${organizationId}: ${size} events are what was written`,
    ),
    ...faults.map(
      ({ organizationId, kind, message }) => `✗ ${kind} in ${organizationId}: ${message}`,
    ),
  ];
}
