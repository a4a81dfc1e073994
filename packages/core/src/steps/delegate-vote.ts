import { identifyVoter } from "../approvals/decide.ts";
import { perform, type Performed } from "../approvals/perform.ts";
import type { Approver } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { Performing } from "../approvals/perform.ts";
import type { InOrganization } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";

/**
 * Gives the caller's place as a named approver to another person of the organization, who then votes instead.
 *
 * @param stepId null: the caller's active step, or the request itself where it has no steps
 * @throws DomainError `forbidden` (not a named approver), `conflict` (already voted), `validation_failed`,
 *   `invalid_state`
 */
export async function delegateVote(
  context: Context<Performing>,
  requestId: string,
  toPersonId: string,
  stepId: string | null,
): Promise<Performed> {
  const to = await findVoter(context, toPersonId);
  return perform(context, requestId, (loaded) => ({
    kind: "delegate",
    voter: identifyVoter(context, loaded),
    to,
    stepId,
  }));
}

async function findVoter(context: Context<InOrganization>, personId: string): Promise<Approver> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<Approver>(
      `select m.person_id as "personId", m.role, m.can_approve and p.disabled_at is null as "canApprove",
              array(select team_id from team_members t where t.person_id = m.person_id) as "teamIds"
       from memberships m join people p on p.id = m.person_id where m.person_id = $1`,
      [personId],
    ),
  );
  if (!rows[0])
    throw invalidInput({
      field: "to_user_id",
      message: `${personId} is not a person of this organization`,
    });
  return rows[0];
}
