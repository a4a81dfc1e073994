import { readConnection } from "../connections/connection.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import type { EndedCall } from "./record-calls.ts";

/** A call in a connection's request log. */
export interface LoggedCall extends Omit<EndedCall, "organizationId"> {
  id: string;
  /** The time at which the answer ended, by the database's clock. */
  at: Date;
}

export interface CallFilter {
  /** The first digit of the status: 4 means 400 to 499. */
  statusClass?: number;
  method?: string;
  /** A part of the path, the operation, the request id or the error code. Case doesn't matter. */
  search?: string;
}

/** The place after the last call that was read. */
export interface CallCursor {
  at: Date;
  id: string;
}

export interface CallPage {
  calls: LoggedCall[];
  /** The place where the next page begins. null: there are no more calls. */
  next: CallCursor | null;
}

/**
 * Lists a connection's calls, newest first: of the last 7 days, the newest 1,000. A call appears about a second after
 * its answer.
 *
 * @param limit 1–100
 * @throws DomainError `forbidden`: only an admin may; `not_found`
 */
export function listCalls(
  context: Context<InOrganization>,
  connectionId: string,
  filter: CallFilter,
  after: CallCursor | null,
  limit: number,
): Promise<CallPage> {
  requireAdmin(context.actor, "see a connection's calls");
  const { statusClass = null, method = null, search } = filter;
  return inOrganization(context, async (db) => {
    await readConnection(db, connectionId);
    const { rows } = await db.query<LoggedCall>(
      `select id, connection_id as "connectionId", at, method, path, operation, status, duration_ms as "durationMs",
         request_id as "requestId", error_code as "errorCode"
       from api_calls
       where connection_id = $1 and organization_id = $2
         and ($3::timestamptz is null or (at, id) < ($3, $4::uuid))
         and ($5::integer is null or status / 100 = $5) and ($6::text is null or method = $6)
         and ($7::text is null
              or strpos(lower(concat_ws(' ', path, operation, request_id, error_code)), lower($7)) > 0)
       order by at desc, id desc limit $8`,
      [
        connectionId,
        context.organizationId,
        after?.at ?? null,
        after?.id ?? null,
        statusClass,
        method,
        search ?? null,
        limit + 1,
      ],
    );
    const calls = rows.slice(0, limit);
    const last = calls.at(-1);
    return { calls, next: rows.length > limit && last ? { at: last.at, id: last.id } : null };
  });
}
