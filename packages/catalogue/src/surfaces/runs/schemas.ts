import * as z from "zod";
import { filledText, id, jsonObject, text, timestamp } from "@sayso/fields";
import { Via } from "../approvals/schemas.ts";

const person = "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f05";

export const Tag = z
  .object({
    key: filledText(128).describe("The description"),
    value: text(256).describe("What it says"),
  })
  .meta({ id: "Tag" });

export const ObjectAction = z.enum(["create", "update", "delete"]).meta({ id: "ObjectAction" });

const Reviewer = z
  .object({
    type: z.enum(["user", "team"]).describe("A person, or everybody in a team"),
    id: id.describe("The id of the person or team"),
  })
  .meta({ id: "Reviewer" });

export const FlowStep = z
  .object({
    type: z.enum(["any", "all"]).describe("any: one reviewer is enough; all: each has to approve"),
    reviewers: z.array(Reviewer).min(1).max(50).describe("Who reviews"),
    message: text(500).nullable().optional().describe("The introduction for reviewers"),
  })
  .meta({ id: "FlowStep" });

export const flowStatuses = ["active", "deleted"] as const;

/** A flow, which says who has to approve changes of one kind of object. */
export const Flow = z
  .object({
    id,
    organizationId: id,
    workspaceId: id,
    ownerId: id.nullable(),
    name: z.string(),
    description: z.string(),
    objectType: z.string(),
    objectAction: ObjectAction,
    tags: z.array(Tag),
    steps: z.array(FlowStep),
    status: z.enum(flowStatuses),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({
    id: "Flow",
    examples: [
      {
        id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f06",
        organizationId: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f01",
        workspaceId: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f01",
        ownerId: person,
        name: "Price changes",
        description: "Somebody of sales, then finance",
        objectType: "price",
        objectAction: "update",
        tags: [{ key: "area", value: "sales" }],
        steps: [{ type: "any", reviewers: [{ type: "user", id: person }], message: null }],
        status: "active",
        createdAt: "2025-07-10T03:10:22.747Z",
        updatedAt: "2025-07-10T03:10:22.747Z",
      },
    ],
  });

const RunStatus = z.enum(["pending", "approved", "denied"]).meta({ id: "RunStatus" });
export const RunDecision = z.enum(["approved", "denied"]).meta({ id: "RunDecision" });

const RunResult = z
  .object({
    reviewer: z.object({ type: z.enum(["user"]), id }),
    result: RunDecision,
    comment: z.string().describe("Empty: no comment"),
    via: Via.nullable().describe("The credential that reviewed; null for earlier runs"),
  })
  .meta({ id: "RunResult" });

const Difference = z
  .object({
    path: z.string().describe("JSON Pointer (RFC 6901)"),
    before: z.unknown().optional().describe("Absent: the value did not exist"),
    after: z.unknown().optional().describe("Absent: the value was removed"),
  })
  .meta({ id: "Difference" });

/** A run of a flow: one change that waits for its reviewers. */
export const Run = z
  .object({
    id,
    approvalFlowId: id,
    organizationId: id,
    workspaceId: id,
    status: RunStatus,
    activeStep: z.int().min(1).describe("Counts from 1"),
    previousObject: jsonObject,
    object: jsonObject,
    invoker: z.object({
      type: z.enum(["user", "connection"]).describe("connection: a machine started it"),
      id,
    }),
    tags: z.array(Tag),
    results: z.array(RunResult),
    createdAt: timestamp,
    updatedAt: timestamp,
    difference: z
      .array(Difference)
      .optional()
      .describe(
        "The differences between previousObject and object; only when reading a single run",
      ),
  })
  .meta({
    id: "Run",
    examples: [
      {
        id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f07",
        approvalFlowId: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f06",
        organizationId: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f01",
        workspaceId: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f01",
        status: "pending",
        activeStep: 1,
        previousObject: { price: 10 },
        object: { price: 12 },
        invoker: { type: "user", id: person },
        tags: [{ key: "area", value: "sales" }],
        results: [
          {
            reviewer: { type: "user", id: person },
            result: "approved",
            comment: "Go ahead",
            via: { kind: "session", id: null, name: null },
          },
        ],
        createdAt: "2025-07-10T03:10:22.747Z",
        updatedAt: "2025-07-10T03:10:22.747Z",
        difference: [{ path: "/price", before: 10, after: 12 }],
      },
    ],
  });

/** A part of a list. */
export const stretchOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    results: z.array(item),
    nextPageToken: z
      .string()
      .optional()
      .describe("Absent: there are no more runs in this direction"),
  });
