import type { Transaction } from "../transactions/transaction.ts";
import type { Role } from "../actors/actor.ts";
import { wholeRequest } from "../state-machine/cast-vote.ts";
import type { RequestState, StepState, StepStatus } from "../state-machine/state.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import type { RequestLoader } from "../approvals/load.ts";
import { notFound } from "../errors.ts";
import { loadVisible } from "../approvals/load-visible.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { listNamesakes, type Namesake } from "../people/list-namesakes.ts";
import { listVotes, type Vote } from "../votes/list-votes.ts";

/** The largest number of people of a team that are named; `team.size` is their full number. */
const TEAM_SHOWN_MAX = 50;

/** One step of a decision, with the names of its people. */
export interface DecidingStep {
  /** The step's id. Null: the request is decided as a whole. */
  id: string | null;
  order: number;
  name: string | null;
  status: StepStatus;
  requiredApprovals: number;
  role: Role | null;
  team: { id: string; name: string; size: number } | null;
  /** The people who are asked and have not voted, by name. Null: everybody who may approve, or has the role. */
  missing: { id: string; name: string }[] | null;
  /** The votes that count, in the order in which they were cast. */
  votes: Vote[];
}

export interface Deciders {
  steps: DecidingStep[];
  /** The votes that were cast before the request was revised, and those of people who may approve no more. */
  voidedVotes: Vote[];
  /** The name and address, by id, of each person here, and of the decider, whose name another member shares. */
  namesakes: Map<string, Namesake>;
}

/**
 * Lists who decides a request, who has voted, and who is still asked. A team's first 50 people are named.
 *
 * @throws DomainError `not_found`
 */
export async function listDeciders(
  context: Context<InOrganization & RequestLoader>,
  requestId: string,
): Promise<Deciders> {
  const loaded = await loadVisible(context, requestId, null);
  if (!loaded) throw notFound("Request");
  const { state } = loaded;
  const steps = state.steps.length > 0 ? state.steps : [asStep(state)];
  const votes = await listVotes(context, requestId);
  const { names, teams, namesakes } = await inOrganization(context, async (db) => {
    const asked = await readAsked(db, steps);
    const shown = [
      ...votes.map((vote) => vote.personId),
      ...asked.names.keys(),
      ...[...asked.teams.values()].flatMap((team) => team.members.map(({ id }) => id)),
      ...(state.decidedBy === null ? [] : [state.decidedBy]),
    ];
    return { ...asked, namesakes: await listNamesakes(db, shown) };
  });
  const counting = votes.filter((vote) => vote.voidedAt === null);
  return {
    steps: steps.map((step): DecidingStep => {
      const cast = counting.filter((vote) => vote.stepId === step.id);
      const team = step.assignedTeamId === null ? undefined : teams.get(step.assignedTeamId);
      const asked = askedOf(step, names, team);
      const hasVoted = new Set(cast.map((vote) => vote.personId));
      return {
        id: step.id === state.id ? null : step.id,
        order: step.order,
        name: step.name,
        status: step.status,
        requiredApprovals: step.requiredApprovals,
        role: step.assignedRole,
        team: team ? { id: team.id, name: team.name, size: team.size } : null,
        missing: asked?.filter((person) => !hasVoted.has(person.id)) ?? null,
        votes: cast,
      };
    }),
    voidedVotes: votes.filter((vote) => vote.voidedAt !== null && !vote.isReplaced),
    namesakes,
  };
}

const endedStatus: Record<RequestState["status"], StepStatus> = {
  pending: "active",
  approved: "approved",
  rejected: "rejected",
  cancelled: "skipped",
  expired: "skipped",
};

const asStep = (state: RequestState): StepState => ({
  ...wholeRequest(state),
  status: endedStatus[state.status],
});

interface Named {
  id: string;
  name: string;
}

/** Returns the people whom a step asks by name or by team, by name. Undefined: it names neither people nor a team. */
function askedOf(
  { assignedUserIds, assignedTeamId }: StepState,
  names: ReadonlyMap<string, Named>,
  team: AskedTeam | undefined,
): Named[] | undefined {
  if (assignedUserIds === null && assignedTeamId === null) return undefined;
  const named = (assignedUserIds ?? []).flatMap((id) => names.get(id) ?? []);
  const byId = new Map([...named, ...(team?.members ?? [])].map((person) => [person.id, person]));
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
}

interface AskedTeam {
  id: string;
  name: string;
  size: number;
  members: Named[];
}

/** Reads the people and teams that the steps name, in two queries for any number of steps. */
async function readAsked(db: Transaction, steps: readonly StepState[]) {
  const people = await db.query<{ id: string; name: string }>(
    "select id, name from people where id = any ($1) order by lower(name), id",
    [steps.flatMap((step) => step.assignedUserIds ?? [])],
  );
  const teams = await db.query<AskedTeam>(
    `select t.id, t.name, (
       select count(*) from team_members tm join people p on p.id = tm.person_id
       where tm.team_id = t.id and p.disabled_at is null) as size, coalesce((
       select json_agg(json_build_object('id', m.id, 'name', m.name)) from (
         select p.id, p.name from team_members tm join people p on p.id = tm.person_id
         where tm.team_id = t.id and p.disabled_at is null order by lower(p.name), p.id limit $2
       ) m), '[]') as members
     from teams t where t.id = any ($1)`,
    [steps.flatMap((step) => step.assignedTeamId ?? []), TEAM_SHOWN_MAX],
  );
  return {
    names: new Map(people.rows.map((person) => [person.id, person])),
    teams: new Map(teams.rows.map((team) => [team.id, team])),
  };
}
