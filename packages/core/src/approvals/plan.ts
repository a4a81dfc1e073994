import type { Role } from "../actor.ts";
import type { Context } from "../context.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import { withFirstStepsActive } from "./rearrange.ts";
import type { CreateApprovalInput } from "./create.ts";
import type { RequestEvent, StepState } from "./state.ts";

/** How a new request will be decided. */
export interface ApprovalPlan {
  requiredApprovals: number;
  requiredSteps: number | null;
  steps: StepState[];
  events: RequestEvent[];
  warnings: { field: string; message: string }[];
}

/**
 * Lays out who has to approve. Named approvers in sequence become one step each, in the order given; everything
 * else is decided as one.
 *
 * A quorum that the named people can't reach is refused; one that the organization can't reach today is allowed
 * with a warning, since people can still be invited.
 *
 * @throws DomainError `validation_failed`: unknown approver or team, a quorum above the named people
 */
export async function planApproval(
  context: Context,
  input: CreateApprovalInput,
): Promise<ApprovalPlan> {
  if (input.isLog)
    return plan(1, null, [], [], [{ type: "approval.created", data: { is_log: true } }]);
  const { assignedApprovers: approvers, assignedTeamId: teamId } = input;
  const isChain = input.isSequential === true && approvers !== undefined;
  const quorum = input.requiredApprovals ?? (isChain ? approvers.length : 1);
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
  if (!isChain) return plan(quorum, null, [], warnings, [created]);

  const steps = withFirstStepsActive(
    approvers.map((id, i) => newStep(context.services.newId(), i + 1, { assignedUserIds: [id] })),
    true,
  );
  const activated = steps.filter((s) => s.status === "active");
  return plan(quorum, quorum, steps, warnings, [
    created,
    ...activated.map((s): RequestEvent => ({
      type: "approval.step_activated",
      data: { step_id: s.id },
    })),
  ]);
}

const plan = (
  requiredApprovals: number,
  requiredSteps: number | null,
  steps: StepState[],
  warnings: ApprovalPlan["warnings"],
  events: RequestEvent[],
): ApprovalPlan => ({ requiredApprovals, requiredSteps, steps, warnings, events });

/** A step in its first state; what is absent or undefined takes its default. */
export function newStep(
  id: string,
  order: number,
  asked: {
    [
      Field in "name" | "requiredApprovals" | "assignedUserIds" | "assignedTeamId" | "assignedRole"
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
    decidedAt: null,
    decidedBy: null,
  };
}

async function warnAboutQuorum(
  context: Context,
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

/**
 * How many distinct people of these and this team may approve here.
 *
 * @throws DomainError `validation_failed` for a person or team that isn't this organization's
 */
export function countAssigned(
  context: Context,
  approvers: string[] | undefined | null,
  teamId: string | undefined | null,
): Promise<number> {
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ person_id: string; can_approve: boolean }>(
      `select m.person_id, m.can_approve and p.disabled_at is null as can_approve
       from memberships m join people p on p.id = m.person_id
       where m.person_id = any ($1) or m.person_id in (select person_id from team_members where team_id = $2)`,
      [approvers ?? [], teamId ?? null],
    );
    const unknown = approvers?.find((id) => !rows.some((row) => row.person_id === id));
    if (unknown) {
      throw invalidInput({
        field: "assigned_approvers",
        message: `${unknown} is not a person of this organization`,
      });
    }
    if (teamId && (await db.query("select 1 from teams where id = $1", [teamId])).rowCount === 0) {
      throw invalidInput({
        field: "assigned_team_id",
        message: `${teamId} is not a team of this organization`,
      });
    }
    return rows.filter((row) => row.can_approve).length;
  });
}

/** How many people of this role or above may approve here. */
export function countApprovers(context: Context, role: Role): Promise<number> {
  const roles = {
    member: ["member", "admin", "owner"],
    admin: ["admin", "owner"],
    owner: ["owner"],
  };
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<{ count: number }>(
      `select count(*) as count from memberships m join people p on p.id = m.person_id
       where m.role = any ($1) and m.can_approve and p.disabled_at is null`,
      [roles[role]],
    );
    return rows[0]?.count ?? 0;
  });
}
