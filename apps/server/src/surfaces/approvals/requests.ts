import type { approvalsOperations } from "@sayso/catalogue";
import {
  cancelApproval,
  createApproval,
  decideApproval,
  delegateVote,
  getApproval,
  listApprovals,
  reviseApproval,
  withCamelCase,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { decideSeveral } from "./decide-several.ts";
import { fromSteps, toApproval, toDecided, toPage } from "./wire.ts";

type Operations = Pick<
  typeof approvalsOperations,
  | "createApproval"
  | "listApprovals"
  | "getApproval"
  | "decideApproval"
  | "decideApprovals"
  | "reviseApproval"
  | "cancelApproval"
  | "delegateVote"
>;

const date = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);

export const requestHandlers: Handlers<Operations> = {
  async createApproval({ context, body, sentBody, takesFirst }) {
    const { steps, ...fields } = body;
    const { record, isNew, warnings } = await createApproval(
      context,
      {
        ...withCamelCase(fields),
        expiresAt: date(body.expires_at),
        ...(steps && { steps: fromSteps(steps) }),
      },
      { body: sentBody, takesFirst },
    );
    const approval = { ...toApproval(record, context), ...(warnings.length > 0 && { warnings }) };
    return { status: isNew ? 201 : 200, body: approval };
  },

  async listApprovals({ context, query }) {
    const { records, total } = await listApprovals(
      context,
      {
        statuses: query.status,
        priorities: query.priority,
        search: query.search?.trim() ? query.search : undefined,
        actionType: query.action_type,
        source: query.source,
        sourceId: query.source_id,
        excludeSourceId: query.exclude_source_id,
        createdAfter: date(query.created_after),
        createdBefore: date(query.created_before),
        decidedAfter: date(query.decided_after),
        decidedBefore: date(query.decided_before),
      },
      query.page,
      query.page_size,
    );
    const data = records.map((record) => toApproval(record, context, { contextHtml: false }));
    return { status: 200, body: toPage(data, query.page, query.page_size, total) };
  },

  async getApproval(call) {
    const { context, params, query } = call;
    const record = await getApproval(context, params.id);
    if (query.wait === 0 || record.status !== "pending")
      return { status: 200, body: toApproval(record, context) };
    await context.services.waitForDecision(
      context.organizationId,
      params.id,
      query.wait * 1000,
      call.signal,
    );
    return {
      status: 200,
      body: toApproval(await getApproval(context, params.id), context),
    };
  },

  async decideApproval({ context, params, query, body }) {
    const performed = await decideApproval(context, {
      requestId: params.id,
      stepId: null,
      decision: body.decision,
      comment: body.comment ?? null,
      source: body.source ?? null,
      seenSequence: body.sequence,
    });
    if (query.full === "false") return { status: 200, body: toDecided(performed) };
    return { status: 200, body: toApproval(await getApproval(context, params.id), context) };
  },

  async decideApprovals({ context, body }) {
    const { ids, decision, comment = null, source = null, sequences } = body;
    const results = await decideSeveral(
      context,
      ids.map((requestId, i) => ({
        ...{ requestId, stepId: null, decision, comment, source },
        seenSequence: sequences?.[i],
      })),
    );
    return { status: 200, body: { results } };
  },

  async reviseApproval({ context, params, body }) {
    const { context_html: contextHtml, ...changes } = body;
    await reviseApproval(context, params.id, { ...changes, contextHtml });
    return {
      status: 200,
      body: toApproval(await getApproval(context, params.id), context),
    };
  },

  async cancelApproval({ context, params, query }) {
    const { after } = await cancelApproval(context, params.id, query.reason ?? null);
    return {
      status: 200,
      body: {
        id: after.id,
        status: after.status,
        cancelled_at: (after.decidedAt ?? new Date()).toISOString(),
      },
    };
  },

  async delegateVote({ context, params, body }) {
    await delegateVote(context, params.id, body.to_user_id, body.step_id ?? null);
    return {
      status: 200,
      body: toApproval(await getApproval(context, params.id), context),
    };
  },
};
