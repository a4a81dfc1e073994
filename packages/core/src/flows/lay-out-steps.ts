import { peopleBehind } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { invalidInput } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { NewStep } from "../assignments/new-step.ts";
import { checkReviewers } from "./check-reviewers.ts";
import type { FlowStep } from "./flow.ts";

interface Candidate {
  personId: string;
  mayApprove: boolean;
  /** The teams of the flow that this person is in. */
  teamIds: string[];
  /** Says whether four eyes forbid their vote, because they start the run. */
  isAsker: boolean;
}

const NAME_LENGTH_MAX = 200;

const reviseIt = ": revise the flow's steps before anything is started from it";

/**
 * Returns the steps of a run, with the reviewers as they are now. A step `any` needs one approval. A step `all` needs
 * one of each named person, and one of each member of a named team who may approve. A reviewer who is gone is never
 * left out in silence: the call throws. It also throws where a step `all` needs the caller under four eyes: they can't
 * vote, nobody votes in their place, and they can't delegate, so the run could never be approved.
 *
 * @throws DomainError `validation_failed`: a named person or team is gone, nobody in a team named for `all` may
 *   approve, no reviewer of a step is left, or a step `all` needs the caller under four eyes
 */
export async function layOutSteps(
  context: Context<InOrganization>,
  steps: readonly FlowStep[],
): Promise<NewStep[]> {
  const candidates = await readCandidates(context, steps);
  return steps.map((step, s) => {
    const common = {
      order: s + 1,
      ...(step.message !== null && { name: step.message.slice(0, NAME_LENGTH_MAX) }),
    };
    const { users, teams } = sortReviewers(step);
    // A single team stays a team, so that people who join it later may review too.
    const [onlyTeam, ...others] = teams;
    if (step.type === "any" && others.length === 0) {
      return {
        ...common,
        requiredApprovals: 1,
        ...(users.length > 0 && { assignedUserIds: users }),
        ...(onlyTeam !== undefined && { assignedTeamId: onlyTeam }),
      };
    }
    if (step.type === "all") requireSomebodyOfEach(step, s, candidates);
    const asked = candidates.filter(({ personId, mayApprove, teamIds }) =>
      users.includes(personId)
        ? true
        : mayApprove && teamIds.some((teamId) => teams.includes(teamId)),
    );
    const people = asked.map(({ personId }) => personId);
    const asker = step.type === "all" && asked.find(({ isAsker }) => isAsker);
    if (asker) {
      throw invalidInput({
        field: `steps.${s}`,
        message: `steps.${s} needs the approval of ${asker.personId}, who under the four-eyes principle can't decide a run that they or their connection start: let somebody else start it, or revise the flow's steps`,
      });
    }
    if (people.length === 0) {
      throw invalidInput({
        field: `steps.${s}`,
        message: `steps.${s}: nobody among this flow's reviewers may approve`,
      });
    }
    return {
      ...common,
      requiredApprovals: step.type === "all" ? people.length : 1,
      needsEach: step.type === "all",
      assignedUserIds: people,
    };
  });
}

/** @throws DomainError `validation_failed`: nobody in a team named for `all` may approve */
function requireSomebodyOfEach(
  { reviewers }: FlowStep,
  s: number,
  candidates: readonly Candidate[],
): void {
  for (const [r, { type, id }] of reviewers.entries()) {
    if (type === "user") continue;
    if (candidates.some(({ mayApprove, teamIds }) => mayApprove && teamIds.includes(id))) continue;
    const field = `steps.${s}.reviewers.${r}.id`;
    throw invalidInput({
      field,
      message: `${field}: nobody in the team ${id} may approve${reviseIt}`,
    });
  }
}

const sortReviewers = ({ reviewers }: FlowStep) => ({
  users: [...new Set(reviewers.filter((r) => r.type === "user").map((r) => r.id))],
  teams: [...new Set(reviewers.filter((r) => r.type === "team").map((r) => r.id))],
});

function readCandidates(
  context: Context<InOrganization>,
  steps: readonly FlowStep[],
): Promise<Candidate[]> {
  const named = steps.map(sortReviewers);
  return inOrganization(context, async (db) => {
    await checkReviewers(db, steps, reviseIt);
    const { rows } = await db.query<Candidate>(
      `select m.person_id as "personId", m.can_approve and p.disabled_at is null as "mayApprove",
         array(select t.team_id from team_members t where t.person_id = m.person_id and t.team_id = any ($2)) as "teamIds",
         m.person_id = any ($3) and (select four_eyes from organizations where id = $4) as "isAsker"
       from memberships m join people p on p.id = m.person_id
       where m.person_id = any ($1)
         or m.person_id in (select person_id from team_members where team_id = any ($2))
       order by m.person_id`,
      [
        named.flatMap(({ users }) => users),
        named.flatMap(({ teams }) => teams),
        peopleBehind(context.actor),
        context.organizationId,
      ],
    );
    return rows;
  });
}
