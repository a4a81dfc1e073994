import type { BodyOf, runsOperations } from "@sayso/catalogue";
import {
  createFlow,
  deleteFlow,
  DomainError,
  getFlow,
  invalidInput,
  listFlows,
  updateFlow,
  type Context,
  type FlowStep,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { readWalk, toStretch } from "./walk.ts";
import { toFlow } from "./wire.ts";

type Operations = Pick<
  typeof runsOperations,
  "listFlows" | "createFlow" | "getFlow" | "updateFlow" | "deleteFlow"
>;
type Steps = BodyOf<typeof runsOperations.createFlow>["steps"];

export const flowHandlers: Handlers<Operations> = {
  async listFlows({ context, params, query }) {
    requireOwn(context, params.organizationId);
    const page = await listFlows(
      context,
      {
        status: query.status,
        objectType: query.objectType,
        objectAction: query.objectAction,
        tags: readTags(query.tags),
      },
      readWalk(query),
    );
    return { status: 200, body: toStretch(page, toFlow) };
  },

  async createFlow({ context, params, body }) {
    requireOwn(context, params.organizationId);
    const flow = await createFlow(context, {
      ...body,
      tags: body.tags ?? [],
      steps: readSteps(body.steps),
    });
    return { status: 201, body: toFlow(flow) };
  },

  async getFlow({ context, params }) {
    requireOwn(context, params.organizationId);
    return { status: 200, body: toFlow(await getFlow(context, params.approvalId)) };
  },

  async updateFlow({ context, params, body }) {
    requireOwn(context, params.organizationId);
    const { steps, ...changes } = body;
    const flow = await updateFlow(context, params.approvalId, {
      ...changes,
      ...(steps && { steps: readSteps(steps) }),
    });
    return { status: 200, body: toFlow(flow) };
  },

  async deleteFlow({ context, params }) {
    requireOwn(context, params.organizationId);
    return { status: 200, body: toFlow(await deleteFlow(context, params.approvalId)) };
  },
};

/**
 * Refuses another organization like one that doesn't exist.
 *
 * @throws DomainError `not_found`
 */
export function requireOwn(context: Context, organizationId: string): void {
  if (organizationId !== context.organizationId)
    throw new DomainError("not_found", "Organization not found");
}

const readSteps = (steps: Steps): FlowStep[] =>
  steps.map(({ type, reviewers, message }) => ({ type, reviewers, message: message ?? null }));

/** Reads a filter such as `area:sales,urgent`: the tag area with the value sales, and the tag urgent with any value. */
function readTags(text: string | undefined): { key: string; value?: string }[] | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  return text.split(",").map((item) => {
    const [key = "", ...rest] = item.split(":");
    if (key.trim() === "") {
      throw invalidInput({
        field: "tags",
        message: "tags: must be key:value, or a key alone, of several separated by commas",
      });
    }
    return { key: key.trim(), ...(rest.length > 0 && { value: rest.join(":").trim() }) };
  });
}
