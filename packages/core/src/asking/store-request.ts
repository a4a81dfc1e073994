import type { Pool } from "pg";
import type { Queryable } from "../queryable.ts";
import { createBatcher, type Batched } from "../transactions/batcher.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { writeStep } from "../approvals/commit.ts";
import type { RequestRow } from "../requests/columns.ts";
import { writeRow } from "../requests/row.ts";

/** The columns that the database fills when it stores a new request, by its own clock. */
type FilledColumn = "organizationId" | "autoActionAt" | "createdAt" | "updatedAt" | "decidedAt";

/** A new request: its columns, its steps and its events. */
export interface NewRequest {
  row: Omit<RequestRow, FilledColumn>;
  /** The minutes after which the automatic action is due. Null: it has none. */
  autoActionAfterMinutes: number | null;
  steps: ReturnType<typeof writeStep>[];
  events: {
    id: string;
    sequence: number;
    type: string;
    actor_kind: string;
    actor_id: string | null;
    data: unknown;
  }[];
}

export type StoreOutcome =
  | { outcome: "created"; createdAt: Date; autoActionAt: Date | null }
  | { outcome: "exists" | "deadline_passed" | "stopped" };

export type StoreRequest = Batched<NewRequest, StoreOutcome>;

/** One of the three statements on the hot path. Requests that are stored in the same tick share it. */
export interface RequestStore {
  storeRequest: StoreRequest;
}

/** Stores new requests, those of one tick in one transaction. Each is stored whole or not at all. */
export function createRequestStore(app: Pool): StoreRequest {
  return createBatcher((organizationId, requests) =>
    withRetries(() => storeRequests(app, organizationId, requests)),
  );
}

/** Returns a new request in the shape that create_requests (packages/database/sql/functions) takes. */
export const writeRequest = ({ row, autoActionAfterMinutes, steps, events }: NewRequest) => ({
  ...writeRow(row),
  auto_action_after_minutes: autoActionAfterMinutes,
  steps,
  events,
});

/**
 * Stores new requests, each whole or not at all. It runs in the connection's transaction, if one has begun.
 *
 * @returns the outcomes, in the order of the requests
 */
export async function storeRequests(
  db: Queryable,
  organizationId: string,
  requests: readonly NewRequest[],
): Promise<StoreOutcome[]> {
  const { rows } = await db.query<{
    request_id: string;
    outcome: StoreOutcome["outcome"];
    created_at: Date;
    auto_action_at: Date | null;
  }>({
    name: "create_requests",
    text: "select request_id, outcome, created_at, auto_action_at from create_requests($1, $2, $3)",
    values: [
      organizationId,
      JSON.stringify(requests.map(writeRequest)),
      requests.some(({ steps }) => steps.length > 0),
    ],
  });
  const outcomes = new Map(rows.map((row) => [row.request_id, row]));
  return requests.map(({ row: { id } }): StoreOutcome => {
    const stored = outcomes.get(id);
    if (stored?.outcome !== "created") return { outcome: stored?.outcome ?? "stopped" };
    return {
      outcome: "created",
      createdAt: stored.created_at,
      autoActionAt: stored.auto_action_at,
    };
  });
}
