import type { Pool } from "pg";
import { createBatcher, type Batched } from "../transactions/batcher.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { writeStep } from "../approvals/commit.ts";

/** A new request in the shape that create_requests (packages/database/sql/functions) takes. */
export interface RequestWrite {
  id: string;
  connection_id: string | null;
  created_by: string | null;
  /** The askers, by the names of `askersOf`. */
  askers: string[];
  title: string;
  description: string;
  status: "pending" | "approved";
  priority: string;
  action_type: string | null;
  source: string | null;
  source_id: string | null;
  source_name: string | null;
  source_url: string | null;
  metadata: Record<string, unknown> | null;
  context_html: string | null;
  callback_url: string | null;
  /** The sealed headers in base64. */
  callback_headers: string | null;
  required_approvals: number;
  required_steps: number | null;
  is_sequential: boolean;
  assigned_approvers: string[] | null;
  assigned_team_id: string | null;
  require_rejection_reason: boolean;
  is_log: boolean;
  template_id: string | null;
  expires_at: Date | null;
  auto_action: string | null;
  auto_action_after_minutes: number | null;
  /**
   * The author of the rule that approves it automatically; the next field says whether that rule is a template's. Null:
   * it has no such rule, or the author is unknown.
   */
  auto_action_by: string | null;
  auto_action_of_template: boolean | null;
  idempotency_key: string | null;
  /** Base64. */
  idempotency_hash: string | null;
  event_sequence: number;
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

export type StoreRequest = Batched<RequestWrite, StoreOutcome>;

/** One of the three statements on the hot path. Requests that are stored in the same tick share it. */
export interface RequestStore {
  storeRequest: StoreRequest;
}

/** Stores new requests, those of one tick in one transaction. Each is stored whole or not at all. */
export function createRequestStore(app: Pool): StoreRequest {
  return createBatcher(async (organizationId, writes) => {
    const { rows } = await withRetries(() =>
      app.query<{
        request_id: string;
        outcome: StoreOutcome["outcome"];
        created_at: Date;
        auto_action_at: Date | null;
      }>({
        name: "create_requests",
        text: "select request_id, outcome, created_at, auto_action_at from create_requests($1, $2, $3)",
        values: [organizationId, JSON.stringify(writes), writes.some((w) => w.steps.length > 0)],
      }),
    );
    const outcomes = new Map(rows.map((row) => [row.request_id, row]));
    return writes.map((write): StoreOutcome => {
      const row = outcomes.get(write.id);
      if (row?.outcome !== "created") return { outcome: row?.outcome ?? "stopped" };
      return { outcome: "created", createdAt: row.created_at, autoActionAt: row.auto_action_at };
    });
  });
}
