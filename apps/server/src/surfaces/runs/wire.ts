import type { runs } from "@sayso/catalogue";
import { diffObjects, tellVia, type Flow, type Run, type Tag } from "@sayso/core";
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

/** @param withDifference how `object` differs, where a single run is shown */
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
      via: tellVia(via),
    })),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
    ...(withDifference && { difference: diffObjects(previousObject, object) }),
  };
}

/** A machine is named by its connection; whoever asked through an app asked themselves. */
function invokerOf({ record }: Run): z.input<typeof runs.Run>["invoker"] {
  return record.createdBy === null
    ? { type: "connection", id: record.connectionId ?? record.organizationId }
    : { type: "user", id: record.createdBy };
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the flow's reviewers look at. What another surface asked is an object as a whole, with nothing before it. */
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

// Whoever revises a run through another surface may put anything there.
const isTag = (value: unknown): value is Tag =>
  isObject(value) && typeof value.key === "string" && typeof value.value === "string";
