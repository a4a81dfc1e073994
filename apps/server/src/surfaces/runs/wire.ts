import type { runs } from "@sayso/catalogue";
import { diffObjects, publicVia, type Flow, type Run, type Tag } from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import type { z } from "zod";
import { statuses } from "../statuses.ts";

export function toFlow(flow: Flow): z.input<typeof runs.Flow> {
  return {
    id: flow.id,
    organizationId: flow.organizationId,
    workspaceId: flow.workspaceId,
    ownerId: flow.ownerId,
    name: flow.name,
    description: flow.description,
    objectType: flow.objectType,
    objectAction: flow.objectAction,
    tags: flow.tags,
    steps: flow.steps,
    status: flow.status,
    createdAt: flow.createdAt.toISOString(),
    updatedAt: flow.updatedAt.toISOString(),
  };
}

/** @param withDifference include how `object` differs; for the answer that shows a single run */
export function toRun(run: Run, { withDifference = true } = {}): z.input<typeof runs.Run> {
  const { record } = run;
  const { previousObject, object, tags } = readMetadata(run);
  return {
    id: record.id,
    approvalFlowId: run.flowId,
    organizationId: record.organizationId,
    workspaceId: run.workspaceId,
    status: statuses.runs[record.status],
    activeStep: run.activeStep,
    previousObject,
    object,
    invoker: invokerOf(run),
    tags,
    results: run.results.map(({ personId, decision, comment, via }) => ({
      reviewer: { type: "user", id: personId },
      result: decision === "approve" ? "approved" : "denied",
      comment: comment ?? "",
      via: publicVia(via),
    })),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
    ...(withDifference && { difference: diffObjects(previousObject, object) }),
  };
}

/** Names who asked: a connection for a machine, and the person who asked through an app. */
function invokerOf({ record }: Run): z.input<typeof runs.Run>["invoker"] {
  return record.createdBy === null
    ? { type: "connection", id: record.connectionId ?? record.organizationId }
    : { type: "user", id: record.createdBy };
}

type JsonObject = Record<string, unknown>;

/**
 * Reads the objects that the flow's reviewers compare. A request of another surface counts as one whole object without
 * a previous one.
 */
function readMetadata({ record }: Run): {
  previousObject: JsonObject;
  object: JsonObject;
  tags: Tag[];
} {
  const metadata = record.metadata ?? {};
  if (record.flowId === null) return { previousObject: {}, object: metadata, tags: [] };
  const { previousObject, object, tags } = metadata;
  return {
    previousObject: isObject(previousObject) ? previousObject : {},
    object: isObject(object) ? object : {},
    tags: Array.isArray(tags) ? tags.filter(isTag) : [],
  };
}

// A run that is revised through another surface can hold anything here.
const isTag = (value: unknown): value is Tag =>
  isObject(value) && typeof value.key === "string" && typeof value.value === "string";
