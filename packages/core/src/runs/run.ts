import type { Transaction } from "../transactions/transaction.ts";
import { readRecords, type ApprovalRecord } from "../approvals/record.ts";
import type { StepStatus } from "../state-machine/state.ts";
import type { Decision, RequestStatus } from "../requests/values.ts";
import type { Via } from "../actors/via.ts";
import type { Flow, Tag } from "../flows/flow.ts";

/** One vote that counts. */
export interface RunResult {
  personId: string;
  decision: Decision;
  comment: string | null;
  via: Via | null;
}

/** A request as a run of its flow. */
export interface Run {
  record: ApprovalRecord;
  /** The id of the flow. If no flow began the request, it is the organization's id. */
  flowId: string;
  workspaceId: string;
  /** The number, from 1, of the step that is reviewed now. After the run's end: of the last step with a decision. */
  activeStep: number;
  results: RunResult[];
}

/** The metadata that a run stores in its request, so that every reader of the request sees them. */
export interface RunMetadata extends Record<string, unknown> {
  objectType: string;
  objectAction: string;
  previousObject: Record<string, unknown>;
  object: Record<string, unknown>;
  tags: Tag[];
}

/**
 * Returns the requests with these ids as runs of their flow, in the order of the ids. Unknown ids and log entries are
 * left out. It makes three queries, however many ids there are.
 */
export async function readRuns(
  db: Transaction,
  flow: Flow,
  ids: readonly string[],
): Promise<Run[]> {
  const records = await readRecords(db, ids);
  const votes = await db.query<RunResult & { requestId: string }>(
    `select request_id as "requestId", person_id as "personId", decision, comment, via from votes
     where request_id = any ($1) and voided_at is null order by created_at, id`,
    [ids],
  );
  const steps = await db.query<StepOfRun & { requestId: string }>(
    `select request_id as "requestId", step_order as "order", status from steps
     where request_id = any ($1) order by step_order, id`,
    [ids],
  );
  const votesOf = Map.groupBy(votes.rows, ({ requestId }) => requestId);
  const stepsOf = Map.groupBy(steps.rows, ({ requestId }) => requestId);
  // A log entry has the status approved, and a run has no field that says that nobody decided it.
  return records
    .filter(({ isLog }) => !isLog)
    .map((record) => ({
      record,
      flowId: flow.id,
      workspaceId: flow.workspaceId,
      activeStep: findActiveStep(record.status, stepsOf.get(record.id) ?? []),
      results: (votesOf.get(record.id) ?? []).map(({ personId, decision, comment, via }) => ({
        personId,
        decision,
        comment,
        via,
      })),
    }));
}

interface StepOfRun {
  order: number;
  status: StepStatus;
}

/** Returns a run's `activeStep`. Steps of the same order are reviewed at once and count as one. */
export function findActiveStep(status: RequestStatus, steps: readonly StepOfRun[]): number {
  const orders = [...new Set(steps.map(({ order }) => order))].sort((a, b) => a - b);
  const isNow = ({ status: of }: StepOfRun) =>
    status === "pending" ? of === "active" : of === "approved" || of === "rejected";
  const wanted = steps.filter(isNow).map(({ order }) => orders.indexOf(order) + 1);
  if (wanted.length === 0) return 1;
  return status === "pending" ? Math.min(...wanted) : Math.max(...wanted);
}
