import type { approvalsOperations } from "@sayso/catalogue";
import { addComment, decideApproval, listComments, listSteps, replaceSteps } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { fromSteps, toComment, toStep, toStepStatus } from "./wire.ts";

type Operations = Pick<
  typeof approvalsOperations,
  "createComment" | "listComments" | "listSteps" | "replaceSteps" | "decideStep"
>;

export const stepAndCommentHandlers: Handlers<Operations> = {
  async createComment({ context, params, body }) {
    return { status: 201, body: toComment(await addComment(context, params.id, body.body)) };
  },

  async listComments({ context, params }) {
    return { status: 200, body: { data: (await listComments(context, params.id)).map(toComment) } };
  },

  async listSteps({ context, params }) {
    return {
      status: 200,
      body: { data: (await listSteps(context, params.id)).map((step) => toStep(step, params.id)) },
    };
  },

  async replaceSteps({ context, params, body }) {
    const steps = await replaceSteps(context, params.id, fromSteps(body.steps));
    return { status: 201, body: { data: steps.map((step) => toStep(step, params.id)) } };
  },

  async decideStep({ context, params, body }) {
    const { after } = await decideApproval(context, {
      requestId: params.id,
      stepId: params.stepId,
      decision: body.decision,
      comment: body.comment ?? null,
      source: body.source ?? null,
      seenSequence: body.sequence,
    });
    const step = after.steps.find((s) => s.id === params.stepId);
    return {
      status: 200,
      body: {
        id: params.stepId,
        status: toStepStatus(step?.status ?? "active"),
        decided_at: step?.decidedAt?.toISOString() ?? null,
        decided_by: step?.decidedBy ?? null,
        approval_request_id: after.id,
        request_status: after.status,
      },
    };
  },
};
