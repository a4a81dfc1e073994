import { connectionOf } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds } from "../capabilities.ts";
import type { FactReader } from "../organizations/organization-facts.ts";
import { invalidInput } from "../errors.ts";
import { checkAssignments } from "../assignments/check-assignments.ts";
import { countAssigned } from "../assignments/count-assigned.ts";
import { withFirstStepsActive } from "../state-machine/rearrange.ts";
import type { CreateApprovalInput } from "./new-approval.ts";
import type { RequestEvent, StepState } from "../state-machine/state.ts";

/** The plan for deciding a new request. */
export interface ApprovalPlan {
  requiredApprovals: number;
  requiredSteps: number | null;
  /** Says whether its steps run in order. */
  isSequential: boolean;
  steps: StepState[];
  events: RequestEvent[];
  warnings: { field: string; message: string }[];
}

/**
 * Lays out who must approve. Of named people one is enough, unless the request or the connection says otherwise. Named
 * approvers in sequence become one step each, in the order given, and each step needs a different person. Everything else is
 * decided as a whole. Explicit steps replace named approvers and a quorum. They run in order, unless the request says `isSequential: false`.
 *
 * It refuses a quorum that the named people can't reach. It allows, with a warning, one that the organization can't
 * reach today, because people can still be invited.
 *
 * @throws DomainError `validation_failed`: unknown approver or team, a quorum above the named people
 */
export async function planApproval(
  context: Context<InOrganization & NewIds & FactReader>,
  input: CreateApprovalInput,
): Promise<ApprovalPlan> {
  if (input.isLog)
    return asWhole(1, false, [], [{ type: "approval.created", data: { is_log: true } }]);
  if (input.steps) {
    await checkAssignments(context, input.steps);
    const steps = input.steps.map(({ order, ...step }) =>
      newStep(context.services.newId(), order, step),
    );
    return planSteps(steps, input.isSequential ?? true, []);
  }
  const { assignedApprovers: approvers, assignedTeamId: teamId } = input;
  const needsAll = connectionOf(context.actor)?.approversNeeded === "all";
  const quorum =
    approvers && needsAll ? (input.requiredApprovals ?? approvers.length) : quorumOf(input);
  if (approvers || teamId) {
    const candidates = await countAssigned(context, approvers, teamId);
    if (quorum > candidates) {
      throw invalidInput({
        field: "required_approvals",
        message: `required_approvals is ${quorum}, but only ${candidates} of the assigned people may approve`,
      });
    }
  }
  const warnings = approvers || teamId ? [] : await warnAboutQuorum(context, quorum);
  const created: RequestEvent = { type: "approval.created", data: { required_approvals: quorum } };
  if (!isChain(input)) return asWhole(quorum, input.isSequential ?? false, warnings, [created]);

  const steps = input.assignedApprovers.map((id, i) =>
    newStep(context.services.newId(), i + 1, { assignedUserIds: [id], isOfQuorum: true }),
  );
  return planSteps(steps, true, warnings, quorum);
}

type Asked = Pick<CreateApprovalInput, "isSequential" | "assignedApprovers" | "requiredApprovals">;

const isChain = <A extends Asked>(input: A): input is A & { assignedApprovers: string[] } =>
  input.isSequential === true && input.assignedApprovers !== undefined;

/** Returns the number of approvals that a request without steps of its own needs. */
export const quorumOf = (input: Asked): number =>
  input.requiredApprovals ?? (isChain(input) ? input.assignedApprovers.length : 1);

function planSteps(
  asked: StepState[],
  isSequential: boolean,
  warnings: ApprovalPlan["warnings"],
  requiredSteps = asked.length,
): ApprovalPlan {
  const steps = withFirstStepsActive(asked, isSequential);
  const quorum =
    requiredSteps < steps.length
      ? requiredSteps
      : steps.reduce((sum, step) => sum + step.requiredApprovals, 0);
  const activated = steps.filter((s) => s.status === "active");
  const events: RequestEvent[] = [
    { type: "approval.created", data: { required_approvals: quorum } },
    ...activated.map((s): RequestEvent => ({
      type: "approval.step_activated",
      data: { step_id: s.id },
    })),
  ];
  return { requiredApprovals: quorum, requiredSteps, isSequential, steps, warnings, events };
}

/** Returns the plan of a request without steps. */
const asWhole = (
  requiredApprovals: number,
  isSequential: boolean,
  warnings: ApprovalPlan["warnings"],
  events: RequestEvent[],
): ApprovalPlan => ({
  requiredApprovals,
  requiredSteps: null,
  isSequential,
  steps: [],
  warnings,
  events,
});

/** Returns a step in its first state. An absent or undefined field takes its default. */
export function newStep(
  id: string,
  order: number,
  asked: {
    [
      Field in
        | "name"
        | "requiredApprovals"
        | "assignedUserIds"
        | "assignedTeamId"
        | "assignedRole"
        | "needsEach"
        | "isOfQuorum"
    ]?: StepState[Field];
  },
): StepState {
  return {
    id,
    order,
    name: asked.name ?? null,
    status: "waiting",
    requiredApprovals: asked.requiredApprovals ?? 1,
    assignedUserIds: asked.assignedUserIds ?? null,
    assignedTeamId: asked.assignedTeamId ?? null,
    assignedRole: asked.assignedRole ?? null,
    needsEach: asked.needsEach ?? false,
    isOfQuorum: asked.isOfQuorum ?? false,
    decidedAt: null,
    decidedBy: null,
  };
}

async function warnAboutQuorum(
  context: Context<FactReader>,
  quorum: number,
): Promise<ApprovalPlan["warnings"]> {
  const { approverCount } = await context.services.organizationFacts(context.organizationId);
  if (quorum <= approverCount) return [];
  const people = approverCount === 1 ? "1 person" : `${approverCount} people`;
  return [
    {
      field: "required_approvals",
      message: `${quorum} approvals are required, but only ${people} in this organization may approve; invite more, or this can't be approved`,
    },
  ];
}
