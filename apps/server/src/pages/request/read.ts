import {
  DomainError,
  getApproval,
  listComments,
  listMembers,
  listTeams,
  listVotes,
  loadVisible,
  previewVote,
  readLastChange,
  readNamesakes,
  type ApprovalRecord,
  type Comment,
  type Context,
  type LastChange,
  type Namesake,
  type Performed,
  type StepState,
  type Team,
  type Vote,
  type VotePreview,
} from "@sayso/core";
import { markShown } from "./shown-mark.ts";

/** The content of a request's page, as one person sees it. */
export interface RequestDetails {
  loaded: Performed["loaded"];
  record: ApprovalRecord;
  votes: Vote[];
  comments: Comment[];
  preview: VotePreview;
  /** Null: nothing has changed since it was asked. */
  lastChange: LastChange | null;
  /** The steps, by order. A request without explicit steps has one step that carries its id. */
  steps: StepState[];
  /** Names of the people that the steps ask. */
  names: Map<string, string>;
  teams: Map<string, Team>;
  /** The name and address, by id, of each person here whose name another member shares: see `personName`. */
  namesakes: Map<string, Namesake>;
  personId: string;
  /** The mark of the time at which this was read for a page: see `markShown`. */
  shownMark: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns true if an id from an address can be one at all. Any other id is not found, without a query. */
export const isRequestId = (text: string): boolean => uuid.test(text);

/**
 * Reads a request for its page, in the session that has this token for its forms.
 *
 * @throws DomainError `not_found`, also for another organization's request
 */
export async function readRequest(
  context: Context,
  id: string,
  { personId, csrf }: { personId: string; csrf: string },
): Promise<RequestDetails> {
  // Read first, so that a revision in between makes the page's version too old rather than too new.
  const loaded = isRequestId(id) ? await loadVisible(context, id, personId) : null;
  if (!loaded)
    throw new DomainError("not_found", "This request doesn't exist, or you have no access to it.");
  const steps = stepsOf(loaded.state);
  const teamIds = steps.map((step) => step.assignedTeamId).filter((teamId) => teamId !== null);
  const personIds = steps.flatMap((step) => step.assignedUserIds ?? []);
  const [record, votes, comments, lastChange, members, teams] = await Promise.all([
    getApproval(context, id),
    listVotes(context, id),
    listComments(context, id),
    readLastChange(context, id),
    personIds.length > 0 ? listMembers(context, { ids: personIds, includeDisabled: true }) : [],
    teamIds.length > 0 ? listTeams(context) : [],
  ]);
  const namesakes = await readNamesakes(context, [
    ...votes.map((vote) => vote.personId),
    ...personIds,
    ...teamIds
      .flatMap((id) => teams.find((team) => team.id === id)?.members ?? [])
      .map(({ id }) => id),
    ...[record.decidedBy, record.createdBy].filter((id) => id !== null),
  ]);
  return {
    loaded,
    record,
    votes,
    comments,
    preview: previewVote(context, loaded),
    lastChange,
    steps,
    names: new Map(members.map((member) => [member.id, member.name])),
    teams: new Map(teams.map((team) => [team.id, team])),
    namesakes,
    personId,
    shownMark: markShown(context.services, {
      requestId: loaded.state.id,
      version: loaded.state.eventSequence,
      csrf,
    }),
  };
}

function stepsOf(state: Performed["loaded"]["state"]): StepState[] {
  if (state.steps.length > 0) return state.steps;
  return [
    {
      id: state.id,
      order: 1,
      name: null,
      status:
        state.status === "pending"
          ? "active"
          : state.status === "approved" || state.status === "rejected"
            ? state.status
            : "skipped",
      requiredApprovals: state.requiredApprovals,
      assignedUserIds: state.assignedApprovers,
      assignedTeamId: state.assignedTeamId,
      assignedRole: null,
      needsEach: false,
      isOfQuorum: false,
      decidedAt: state.decidedAt,
      decidedBy: state.decidedBy,
    },
  ];
}
