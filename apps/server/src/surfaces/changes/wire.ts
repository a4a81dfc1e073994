import type { changes } from "@sayso/catalogue";
import {
  requestStatuses,
  publicVia,
  type Change,
  type ChangeStage,
  type CreatedEntityType,
  type Entity,
  type EntityType,
  type HistoryEntry,
  type RequestStatus,
  type Role,
} from "@sayso/core";
import type { z } from "zod";
import { statuses } from "../statuses.ts";

type Wire<Schema extends z.ZodType> = z.input<Schema>;
type WireChange = Wire<typeof changes.Change>;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** Returns the core's statuses that a filter of this surface stands for. */
export const coreStatuses = (status: WireChange["status"]): RequestStatus[] =>
  requestStatuses.filter((core) => statuses.changes[core] === status);

/**
 * Each role of this surface in the core's words. A member who may approve is an editor; a viewer who decides has no
 * role of their own here.
 */
const coreRoles = { viewer: "member", editor: "member", admin: "admin" } as const;

export const toRole = (role: keyof typeof coreRoles): Role => coreRoles[role];

export function toChange(
  change: Change,
  publicUrl: string,
  { bodies = true }: { bodies?: boolean } = {},
): WireChange {
  return {
    id: change.id,
    entityType: change.entityType,
    entityId: change.entityId,
    entityName: change.entityName,
    action: change.action,
    status: statuses.changes[change.status],
    requesterId: change.requesterId,
    requesterName: change.requesterName,
    requesterFullName: change.requesterFullName,
    payload: change.payload,
    createdAt: change.createdAt.toISOString(),
    entityVersion: change.madeForVersion,
    approverId: change.approverId,
    approverName: change.approverName,
    approverFullName: change.approverFullName,
    approvedVia: publicVia(change.decidedVia),
    comments: change.comments,
    resolvedAt: iso(change.decidedAt),
    applyStatus: change.state === "proposed" ? null : change.state,
    appliedAt: iso(change.appliedAt),
    appliedVersion: change.entityVersion,
    ...(bodies && { before: change.before, after: change.after }),
    applier: change.applier,
    stages: change.stages.map(toStage),
    url: `${publicUrl}/requests/${change.id}`,
  };
}

const toStage = (stage: ChangeStage): WireChange["stages"][number] => ({
  id: stage.id,
  stageName: stage.name,
  requiredRole: stage.role === "member" || stage.role === null ? "editor" : "admin",
  status: stage.status,
  decidedBy: stage.decidedBy,
  decidedAt: iso(stage.decidedAt),
});

export const toEntity = (entity: Entity): Wire<typeof changes.Entity> => ({
  entityType: entity.entityType,
  entityId: entity.entityId,
  entityName: entity.name,
  entityVersion: entity.version,
  body: entity.body,
  applyingChangeId: entity.applyingRequestId,
  createdAt: entity.createdAt.toISOString(),
  updatedAt: entity.updatedAt.toISOString(),
});

export const toEntityType = (type: EntityType): Wire<typeof changes.EntityType> => ({
  name: type.name,
  kind: type.kind,
  applierUrl: type.kind === "own" ? type.applierUrl : null,
  createdAt: type.kind === "own" ? type.createdAt.toISOString() : null,
});

export const toNewEntityType = ({
  entityType,
  applierSecret,
}: CreatedEntityType): Wire<typeof changes.NewEntityType> => ({
  ...toEntityType({ kind: "own", ...entityType }),
  applierSecret,
});

export const toAuditLog = (entry: HistoryEntry): Wire<typeof changes.AuditLog> => ({
  id: entry.id,
  changeId: entry.requestId,
  action: entry.action,
  entityType: entry.entityType,
  entityId: entry.entityId,
  entityName: entry.entityName,
  entityVersion: entry.entityVersion,
  before: entry.before,
  after: entry.after,
  ...(entry.isLeftOut && { truncated: ["before" as const, "after" as const] }),
  userId: entry.actorId,
  userName: entry.actorName,
  userFullName: entry.actorFullName,
  timestamp: entry.createdAt.toISOString(),
  integrityHash: entry.integrityHash,
  prevHash: entry.previousHash,
});
