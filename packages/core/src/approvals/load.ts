import type { Pool } from "pg";
import { createBatcher, type Batched } from "../transactions/batcher.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { SealedSecrets } from "../deliveries/claim-deliveries.ts";
import type { Role } from "../actors/actor.ts";
import { credentialsOf, type Via } from "../actors/via.ts";
import {
  judgedNames,
  type Approver,
  type RequestState,
  type StepState,
  type StepStatus,
  type VoteState,
} from "../state-machine/state.ts";
import type { RequestRow } from "../requests/columns.ts";
import { pick } from "../pick.ts";
import type { Queryable } from "../queryable.ts";
import { readRow } from "../requests/row.ts";
import type { Decision } from "../requests/values.ts";

/** A request as it is read for judging a command. */
export interface LoadedRequest {
  state: RequestState;
  /** Its columns as they are stored. Rich context isn't read. */
  row: Omit<RequestRow, "contextHtml">;
  /** The credential that it was asked through, by the names of `credentialsOf`. Empty: the asker was signed in. */
  askedThrough: string[];
  /** The secrets and headers that its callback is sent with. Only a pending request has them. */
  callbackSecrets: SealedSecrets;
  /** Says whether everybody in the organization sees every request. */
  isOpen: boolean;
  /** Says whether the organization's emergency stop is on. */
  stopped: boolean;
  /** The database's clock when this was read. */
  now: Date;
  /** The person for whom it was loaded, as a member of this organization. Null: they are none. */
  member: Member | null;
}

export interface Member extends Approver {
  name: string;
  email: string | null;
}

export type LoadRequest = Batched<{ id: string; personId: string | null }, LoadedRequest | null>;

/** One of the three statements on the hot path. Requests that are loaded in the same tick share it. */
export interface RequestLoader {
  loadRequest: LoadRequest;
}

/** Reads requests for judging. Those that are wanted in the same tick share one statement. */
export const createLoader = (app: Pool): LoadRequest =>
  createBatcher((organizationId, items) =>
    withRetries(() => readRequests(app, organizationId, items)),
  );

/**
 * Reads requests for judging, in one statement. It runs in the connection's transaction, if one has begun.
 *
 * @returns the requests in the order of the items; null: there is none with this id
 */
export async function readRequests(
  db: Queryable,
  organizationId: string,
  items: readonly { id: string; personId: string | null }[],
): Promise<(LoadedRequest | null)[]> {
  const { rows } = await db.query<{ state: StoredState; isOpen: boolean }>({
    name: "load_requests",
    // The subselect runs once for all rows, after the function has set the transaction's organization.
    text: `select state, (select requests_are_open()) as "isOpen" from load_requests($1, $2, $3)`,
    values: [organizationId, items.map((i) => i.id), items.map((i) => i.personId)],
  });
  const found = new Map(
    rows.map((row) => [`${row.state.request.id} ${row.state.wanted_for ?? ""}`, row]),
  );
  return items.map((item) => {
    const stored = found.get(`${item.id} ${item.personId ?? ""}`);
    return stored ? { ...readState(stored.state), isOpen: stored.isOpen } : null;
  });
}

/** The facts that load_requests (packages/database/sql/functions) gives of one request. */
interface StoredState {
  request: Record<string, unknown> & { id: string };
  wanted_for: string | null;
  connection_owner_id: string | null;
  /** Base64, as is the next one. */
  webhook_secret: string | null;
  previous_webhook_secret: string | null;
  rule: { is_templates: boolean; author: StoredApprover | null } | null;
  /** The way in which it was asked, from the first event. Null: the request is older than this field. */
  asked_via: Via | null;
  now: string;
  four_eyes: boolean;
  stopped: boolean;
  steps: StoredStep[] | null;
  votes:
    | {
        step_id: string;
        person_id: string;
        connection_id: string | null;
        decision: Decision;
        counts: boolean;
      }[]
    | null;
  member: (StoredApprover & { name: string; email: string | null }) | null;
}

interface StoredApprover {
  person_id: string;
  role: Role;
  can_approve: boolean;
  team_ids: string[] | null;
}

interface StoredStep {
  id: string;
  step_order: number;
  name: string | null;
  status: StepStatus;
  required_approvals: number;
  assigned_user_ids: string[] | null;
  assigned_team_id: string | null;
  assigned_role: Role | null;
  needs_each: boolean;
  of_quorum: boolean;
  decided_at: string | null;
  decided_by: string | null;
}

const readBytes = (text: string | null): Buffer | null =>
  text === null ? null : Buffer.from(text, "base64");

const readDate = (text: string | null): Date | null => (text === null ? null : new Date(text));

const readStep = (step: StoredStep): StepState => ({
  id: step.id,
  order: step.step_order,
  name: step.name,
  status: step.status,
  requiredApprovals: step.required_approvals,
  assignedUserIds: step.assigned_user_ids,
  assignedTeamId: step.assigned_team_id,
  assignedRole: step.assigned_role,
  needsEach: step.needs_each,
  isOfQuorum: step.of_quorum,
  decidedAt: readDate(step.decided_at),
  decidedBy: step.decided_by,
});

const readApprover = (stored: StoredApprover): Approver => ({
  personId: stored.person_id,
  role: stored.role,
  canApprove: stored.can_approve,
  teamIds: stored.team_ids ?? [],
});

const readAskedThrough = ({ connectionId }: RequestRow, askedVia: Via | null): string[] => [
  ...new Set([
    ...(connectionId === null ? [] : [`connection ${connectionId}`]),
    ...credentialsOf(askedVia),
  ]),
];

function readState(stored: StoredState): Omit<LoadedRequest, "isOpen"> {
  const row = readRow(stored.request);
  const askedThrough = readAskedThrough(row, stored.asked_via);
  // A person who asked through an app asked themselves. A machine asked for the person who answers for it.
  const requesterIds = [row.createdBy ?? stored.connection_owner_id].filter((id) => id !== null);
  const votes: VoteState[] = (stored.votes ?? []).map((v) => ({
    stepId: v.step_id,
    personId: v.person_id,
    decision: v.decision,
    ...(v.connection_id !== null && { connectionId: v.connection_id }),
    ...(!v.counts && { isLost: true }),
  }));
  return {
    state: {
      ...pick(row, judgedNames),
      rule: stored.rule && {
        isTemplates: stored.rule.is_templates,
        author: stored.rule.author && {
          ...readApprover(stored.rule.author),
          throughMachine: !stored.rule.is_templates && row.createdBy === null,
        },
      },
      steps: (stored.steps ?? []).map(readStep),
      votes,
      requesterIds,
      askers: [...new Set([...askedThrough, ...(row.askers ?? [])])],
      fourEyes: stored.four_eyes,
    },
    row,
    askedThrough,
    callbackSecrets: {
      headers: row.status === "pending" ? row.callbackHeaders : null,
      secret: readBytes(stored.webhook_secret),
      previousSecret: readBytes(stored.previous_webhook_secret),
    },
    stopped: stored.stopped,
    now: new Date(stored.now),
    member: stored.member && {
      ...readApprover(stored.member),
      name: stored.member.name,
      email: stored.member.email,
    },
  };
}
