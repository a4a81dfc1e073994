import type { SystemPool } from "../capabilities.ts";
import type { AuditCheckpoint } from "./checkpoint-audit.ts";
import { entryHash, seedOf } from "./entry-hash.ts";
import {
  findHeadless,
  findSmuggled,
  readEntries,
  readHeads,
  type ChainEntry,
} from "./read-chain.ts";

/**
 * The first fault in an audit trail:
 * - `altered`: an event, or its entry, has changed
 * - `deleted`: an event, or its entry, is gone from the middle
 * - `inserted`: an event was added without an entry in the chain
 * - `truncated`: the end is gone
 * - `rewritten`: the chain is consistent but not the one of the checkpoint
 */
export interface AuditFault {
  organizationId: string;
  kind: "altered" | "deleted" | "inserted" | "truncated" | "rewritten";
  /** The position of the first faulty entry. Null: an event without an entry. */
  position: number | null;
  eventId: string | null;
  message: string;
}

export interface AuditReport {
  /** The number of events, by organization, that are right before the first fault. */
  verified: { organizationId: string; size: number }[];
  /** At most one fault for each organization, and at most one inserted event. */
  faults: AuditFault[];
}

const PART = 5000;

/**
 * Verifies every organization's audit trail. It computes each chain of events anew and compares it with the stored
 * hashes, and with checkpoints that were kept elsewhere. It only reads, in small parts, and can run beside a running
 * server.
 */
export async function verifyAudit(
  services: SystemPool,
  checkpoints: readonly AuditCheckpoint[] = [],
): Promise<AuditReport> {
  const kept = Map.groupBy(checkpoints, ({ organization_id: id }) => id);
  const heads = new Map((await readHeads(services)).map((head) => [head.organizationId, head]));
  const report: AuditReport = { verified: [], faults: [] };
  for (const organizationId of new Set([...heads.keys(), ...kept.keys()])) {
    const { size, fault } = await verifyChain(services, {
      organizationId,
      head: heads.get(organizationId) ?? { size: 0, root: seedOf(organizationId) },
      checkpoints: kept.get(organizationId) ?? [],
    });
    report.verified.push({ organizationId, size });
    if (fault) report.faults.push({ organizationId, ...fault });
  }
  for (const organizationId of await findHeadless(services)) {
    const message = "The chain's head is gone, so nothing says where it ends";
    const fault = { kind: "truncated", position: null, eventId: null, message } as const;
    report.faults.push({ organizationId, ...fault });
  }
  const smuggled = await findSmuggled(services);
  if (smuggled) {
    report.faults.push({
      organizationId: smuggled.organizationId,
      kind: "inserted",
      position: null,
      eventId: smuggled.eventId,
      message: `Event ${smuggled.eventId} (${smuggled.type}) is not in the chain: it was added without Sayso`,
    });
  }
  return report;
}

export type Fault = Omit<AuditFault, "organizationId">;

interface Chain {
  organizationId: string;
  /** The end of the chain when the verification began. More entries can come meanwhile. */
  head: { size: number; root: Buffer };
  checkpoints: readonly AuditCheckpoint[];
}

async function verifyChain(
  services: SystemPool,
  { organizationId, head, checkpoints }: Chain,
): Promise<{ size: number; fault: Fault | null }> {
  const roots = [
    { size: head.size, root: head.root, from: "its head" },
    ...checkpoints.map(({ size, root, time }) => ({
      size,
      root: Buffer.from(root, "hex"),
      from: `the checkpoint of ${time}`,
    })),
  ];
  // Several roots can be known of one size, such as a checkpoint from before a history was rewritten, and one from after.
  const rootsOfSize = Map.groupBy(roots, (known) => known.size);
  const longest = roots.reduce((a, b) => (b.size > a.size ? b : a));
  let size = 0;
  let hash = seedOf(organizationId);
  while (size < longest.size) {
    const part = await readEntries(services, organizationId, size, PART);
    for (const entry of part) {
      const found = examine(entry, size, hash, organizationId);
      if (found) return { size, fault: found };
      size++;
      hash = entry.hash;
      const other = rootsOfSize.get(size)?.find(({ root }) => !root.equals(entry.hash));
      if (other) return { size: size - 1, fault: rewritten(entry, other) };
    }
    if (part.length === 0) return { size, fault: truncated(size, longest) };
  }
  return { size, fault: null };
}

interface KnownRoot {
  size: number;
  root: Buffer;
  from: string;
}

/** Returns the fault of an entry that follows `size` entries with this last hash. Null: it has none. */
export function examine(
  { position, hash, eventId, event }: ChainEntry,
  size: number,
  previous: Buffer,
  organizationId: string,
): Fault | null {
  if (position !== size + 1) {
    return {
      kind: "deleted",
      position: size + 1,
      eventId: null,
      message: `Entry ${size + 1} is gone; entry ${position} follows`,
    };
  }
  const at = { position, eventId };
  if (event === null) {
    return { kind: "deleted", ...at, message: `Event ${eventId}, entry ${position}, is gone` };
  }
  if (event.organizationId === organizationId && entryHash(previous, event).equals(hash))
    return null;
  return {
    kind: "altered",
    ...at,
    message: `Entry ${position}, event ${eventId} (${event.type}), or the entry before it, was changed after it was written`,
  };
}

const rewritten = ({ position, eventId }: ChainEntry, { from }: KnownRoot): Fault => ({
  kind: "rewritten",
  position,
  eventId,
  message: `Entry ${position} is not the one of ${from}: the entries before it were rewritten`,
});

const truncated = (size: number, { size: longest, from }: KnownRoot): Fault => ({
  kind: "truncated",
  position: size + 1,
  eventId: null,
  message: `The chain ends after ${size} entries; ${from} knows ${longest}`,
});
