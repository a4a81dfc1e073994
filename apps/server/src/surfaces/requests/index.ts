import { requestsOperations, requestsSurface, type BodyOf } from "@sayso/catalogue";
import {
  connectionOf,
  createApproval,
  DomainError,
  getApproval,
  listRequests,
  type Context,
  type CreateApprovalInput,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { serveSurface } from "../../http/served-surface.ts";
import { readPageToken, writePageToken } from "../page-token.ts";
import { renderRequestsError } from "./errors.ts";
import { limitByMonth, monthHeaders, monthOf } from "./rate-limit.ts";
import { fromRequestId, toRequest } from "./wire.ts";

type Body = BodyOf<typeof requestsOperations.createRequest>;

const requestsHandlers: Handlers<typeof requestsOperations> = {
  async createRequest({ context, body, sentBody, takesFirst }) {
    const project = connectionOf(context.actor);
    const { record, isNew } = await createApproval(context, toInput(context, body), {
      body: sentBody,
      projectId: project?.connectionId,
      takesFirst,
    });
    const month = await monthOf(context);
    return {
      status: isNew ? 201 : 200,
      body: toRequest(record),
      ...(month && { headers: monthHeaders(month) }),
    };
  },

  async getRequest({ context, params }) {
    const record = await getApproval(context, fromRequestId(params.id));
    // A log entry would read as approved, and no field of this surface shows that nobody decided it.
    if (record.isLog) throw new DomainError("not_found", "Request not found");
    return { status: 200, body: toRequest(record) };
  },

  async listRequests({ context, query }) {
    const { items, next } = await listRequests(context, query.external_id ?? null, {
      from: readPageToken(query.cursor, "cursor"),
      isAscending: false,
      limit: query.limit,
    });
    return {
      status: 200,
      body: { data: items.map(toRequest), next_cursor: next && writePageToken(next) },
    };
  },
};

/** Adds what this surface leaves out and people still need: a title to read, and a priority. */
function toInput({ actor }: Context, body: Body): CreateApprovalInput {
  const defaults = connectionOf(actor);
  const reference = body.external_id?.trim() ? `Request ${body.external_id.trim()}` : null;
  return {
    title:
      body.title?.trim() ||
      reference?.slice(0, 500) ||
      (defaults?.defaultTitle ?? "Approval request"),
    description: body.description || (defaults?.defaultDescription ?? ""),
    priority: defaults?.defaultPriority ?? "medium",
    externalId: body.external_id ?? undefined,
    metadata: body.payload,
    expiresAt: body.expires_at ? new Date(body.expires_at) : undefined,
    idempotencyKey: body.idempotency_key ?? undefined,
  };
}

export const requests = serveSurface(requestsOperations, requestsHandlers, {
  declared: requestsSurface,
  renderError: renderRequestsError,
  bases: ["/api/v1/requests"],
  rateLimit: limitByMonth,
});
