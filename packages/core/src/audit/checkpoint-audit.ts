import { createHmac, timingSafeEqual } from "node:crypto";
import { isObject } from "@sayso/exact-json";
import type { Secrets, SystemPool } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { readHeads } from "./read-chain.ts";

/**
 * The state of an organization's audit trail at one moment. Kept elsewhere, it proves later that nothing in it was
 * altered or cut off since.
 */
export interface AuditCheckpoint {
  organization_id: string;
  /** The number of events in it. */
  size: number;
  /** The last event's hash in hex, which depends on all events. */
  root: string;
  /** ISO 8601 in UTC, by the database's clock. */
  time: string;
  /** HMAC-SHA256 in hex over the other fields, with a key derived from SAYSO_SECRET. */
  signature: string;
}

/** Makes a checkpoint of every organization that has events. */
export async function checkpointAudit(services: SystemPool & Secrets): Promise<AuditCheckpoint[]> {
  const heads = await readHeads(services);
  return heads.map(({ organizationId, size, root, time }) => {
    const said = {
      organization_id: organizationId,
      size,
      root: root.toString("hex"),
      time: time.toISOString(),
    };
    return { ...said, signature: sign(services, said).toString("hex") };
  });
}

/**
 * Parses checkpoints, one JSON object a line.
 *
 * @throws DomainError `validation_failed`: the text has no line, which would prove nothing. Or, naming the line: it is
 *   not a checkpoint, or not signed with this SAYSO_SECRET
 */
export function parseCheckpoints(services: Secrets, text: string): AuditCheckpoint[] {
  const checkpoints = text
    .split("\n")
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => parseCheckpoint(services, line, number));
  if (checkpoints.length === 0)
    throw new DomainError("validation_failed", "The file holds no checkpoint: it is empty");
  return checkpoints;
}

function parseCheckpoint(services: Secrets, line: string, number: number): AuditCheckpoint {
  const checkpoint = parseLine(line);
  if (!checkpoint)
    throw refuse(number, "is not a checkpoint as `sayso audit checkpoint` prints it");
  const { signature, ...said } = checkpoint;
  const given = Buffer.from(signature, "hex");
  const right = sign(services, said);
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw refuse(number, "is not signed by this SAYSO_SECRET, or was altered");
  return checkpoint;
}

function parseLine(line: string): AuditCheckpoint | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isCheckpoint(value)) return null;
    const { organization_id, size, root, time, signature } = value;
    return { organization_id, size, root, time, signature };
  } catch {
    return null;
  }
}

const isCheckpoint = (value: unknown): value is AuditCheckpoint =>
  isObject(value) &&
  Number.isSafeInteger(value.size) &&
  [value.organization_id, value.root, value.time, value.signature].every(
    (field) => typeof field === "string",
  );

const refuse = (number: number, why: string): DomainError =>
  new DomainError("validation_failed", `Line ${number} ${why}`);

const sign = (services: Secrets, said: Omit<AuditCheckpoint, "signature">): Buffer =>
  createHmac("sha256", services.secrets.deriveKey("audit checkpoints"))
    .update([said.organization_id, said.size, said.root, said.time].join("\n"))
    .digest();
