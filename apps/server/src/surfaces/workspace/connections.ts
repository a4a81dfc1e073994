import type { workspaceOperations } from "@sayso/catalogue";
import {
  createKey,
  listCalls,
  listKeys,
  readConnectionUsage,
  revokeKey,
  type ConnectionKey,
  type LoggedCall,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { readPageToken, writePageToken } from "../page-token.ts";

type Operations = Pick<
  typeof workspaceOperations,
  | "listConnectionCalls"
  | "getConnectionUsage"
  | "listConnectionKeys"
  | "createConnectionKey"
  | "revokeConnectionKey"
>;

export const connectionPageHandlers: Handlers<Operations> = {
  async listConnectionCalls({ context, params, query }) {
    const { status, method, search } = query;
    const place = readPageToken(query.cursor, "cursor");
    const { calls, next } = await listCalls(
      context,
      params.id,
      { method, search, statusClass: status && Number(status[0]) },
      place && { at: place.createdAt, id: place.id },
      query.limit,
    );
    return {
      status: 200,
      body: {
        data: calls.map(toLoggedCall),
        next_cursor:
          next && writePageToken({ createdAt: next.at, id: next.id, isAscending: false }),
      },
    };
  },

  async getConnectionUsage({ context, params }) {
    const usage = await readConnectionUsage(context, params.id);
    return {
      status: 200,
      body: {
        limit_per_hour: usage.limitPerHour,
        used: usage.used,
        remaining: usage.remaining,
        resets_at: usage.resetsAt.toISOString(),
        hours: usage.hours.map(({ startsAt, calls, refused, failed }) => ({
          starts_at: startsAt.toISOString(),
          calls,
          refused,
          failed,
        })),
      },
    };
  },

  async listConnectionKeys({ context, params }) {
    return { status: 200, body: { data: (await listKeys(context, params.id)).map(toKey) } };
  },

  async createConnectionKey({ context, params }) {
    const { id, key, prefix, lastFour } = await createKey(context, params.id);
    return { status: 201, body: { id, api_key: key, prefix, last_four: lastFour } };
  },

  async revokeConnectionKey({ context, params }) {
    await revokeKey(context, params.keyId, params.id);
    return { status: 200, body: { id: params.keyId, revoked: true } };
  },
};

const toLoggedCall = (call: LoggedCall) => ({
  id: call.id,
  at: call.at.toISOString(),
  method: call.method,
  path: call.path,
  operation: call.operation,
  status: call.status,
  duration_ms: call.durationMs,
  request_id: call.requestId,
  error_code: call.errorCode,
});

const toKey = (key: ConnectionKey) => ({
  id: key.id,
  prefix: key.prefix,
  last_four: key.lastFour,
  status: key.status,
  scopes: key.scopes,
  made_by: key.madeBy,
  ends_with_deciding: key.endsWithDeciding,
  expires_at: key.expiresAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
  revoked_reason: key.revokedReason,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  created_at: key.createdAt.toISOString(),
});
