import type { runsOperations } from "@sayso/catalogue";
import { decideApproval, getRun, listRuns, startRun } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { requireOwn } from "./flows.ts";
import { readWalk, toStretch } from "./walk.ts";
import { toRun } from "./wire.ts";

type Operations = Pick<typeof runsOperations, "listRuns" | "startRun" | "getRun" | "reviewRun">;

export const runHandlers: Handlers<Operations> = {
  async listRuns({ context, params, query }) {
    requireOwn(context, params.organizationId);
    const page = await listRuns(context, params.approvalId, readWalk(query));
    const show = (run: Parameters<typeof toRun>[0]) => toRun(run, { withDifference: false });
    return { status: 200, body: toStretch(page, show) };
  },

  async startRun({ context, params, body, sentBody }) {
    requireOwn(context, params.organizationId);
    const { expiresAt, ...input } = body;
    const { run, isNew } = await startRun(
      context,
      params.approvalId,
      { ...input, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) },
      sentBody,
    );
    return { status: isNew ? 201 : 200, body: toRun(run) };
  },

  async getRun({ context, params }) {
    requireOwn(context, params.organizationId);
    const run = await getRun(context, params.approvalId, params.approvalRunId);
    return { status: 200, body: toRun(run) };
  },

  async reviewRun({ context, params, body }) {
    requireOwn(context, params.organizationId);
    const { approvalId, approvalRunId } = params;
    // A run can be reviewed only under the address of its own flow.
    await getRun(context, approvalId, approvalRunId);
    await decideApproval(context, {
      requestId: approvalRunId,
      stepId: null,
      decision: body.result === "approved" ? "approve" : "reject",
      comment: body.comment ?? null,
      source: null,
    });
    return { status: 200, body: toRun(await getRun(context, approvalId, approvalRunId)) };
  },
};
