import { readFile } from "node:fs/promises";
import { addVerb, print, type OutputOptions } from "@sayso/cli";
import {
  checkpointAudit,
  parseCheckpoints,
  verifyAudit,
  type AuditFault,
  type AuditReport,
  type Services,
} from "@sayso/core";
import type { Command } from "commander";
import { withContext } from "./with-context.ts";

interface VerifyOptions extends OutputOptions {
  checkpoint?: string;
}

/** Adds `sayso audit …`. */
export function addAuditVerbs(program: Command): void {
  const audit = program.command("audit").description("verify that the audit trail is unchanged");

  addVerb(
    audit,
    "verify",
    "verify every organization's chain of events; exit with 1 if an event was changed or is missing",
    "sayso audit verify --checkpoint checkpoint.jsonl",
  )
    .option(
      "--checkpoint <file>",
      "the output of an earlier `sayso audit checkpoint`: also finds events that were cut off or rewritten",
    )
    .action((options: VerifyOptions) =>
      withContext(({ services }) => verifyAndPrint(services, options)),
    );

  addVerb(
    audit,
    "checkpoint",
    "print a signed line for each organization; keep the lines where no operator of this server can change them",
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
    describe(report),
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

function describe({ verified, faults }: AuditReport): string[] {
  const faulty = new Set(faults.map(({ organizationId }) => organizationId));
  return [
    ...verified.map(
      ({ organizationId, size }) =>
        `${faulty.has(organizationId) ? "✗" : "✓"} organization ${organizationId}: ${size} events are unchanged`,
    ),
    ...faults.map(
      ({ organizationId, kind, message }) => `✗ ${kind} in ${organizationId}: ${message}`,
    ),
  ];
}
