import { SaysoError, type Approval } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { api, messageOf, queryClient } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { decidingQuery } from "../queries.ts";
import type { Counted, HeldVote, Vote, VotedRequest } from "./held-votes.ts";

/** A request on which a vote was not counted, with the reason. */
export interface Failure {
  request: VotedRequest;
  why: string;
}

/** The outcome of a vote that was sent. */
interface Delivered extends Pick<HeldVote, "message" | "failures" | "canRetry"> {
  /** The requests on which the server counted the vote. */
  counted: readonly Counted[];
  state: "counted" | "late" | "refused" | "unheard";
  /** The requests that can be sent again. Default: all. */
  requests?: readonly VotedRequest[];
  /** Whether the note closes by itself, because nothing is left to do. */
  passes: boolean;
}

interface Delivery {
  /** The page is being closed: all parts are sent at once, and no answer is waited for. */
  isLeaving: boolean;
  onTried: (tried: number) => void;
}

/** Sends a vote to the server and returns its outcome. Never throws. */
export const deliverVote = (vote: Vote, delivery: Delivery): Promise<Delivered> => {
  const [first, ...others] = vote.requests;
  return first && others.length === 0 ? deliverOne(vote, first) : deliverAll(vote, delivery);
};

async function deliverOne(vote: Vote, request: VotedRequest): Promise<Delivered> {
  const { toast: words } = strings.request.decide;
  const title = plainLine(request.title);
  try {
    const { id, status } = await api.castVote({
      id: request.id,
      ...wordsOf(vote),
      ...request.seen,
    });
    const isEnded = status === "approved" || status === "rejected";
    const message = words[isEnded ? status : "counted"](title);
    return { counted: [{ id, status }], state: "counted", message, passes: true };
  } catch (error) {
    if (!isUnknown(error)) return { counted: [], ...(await refusalOf(error, vote, request)) };
    const isCounted = await isCountedOn(vote, request);
    if (isCounted === true)
      return { counted: [], state: "counted", message: words.counted(title), passes: true };
    const state = isCounted === "unheard" ? "unheard" : "refused";
    return { counted: [], state, message: messageOf(error), canRetry: true, passes: false };
  }
}

const asStatus = ({ decision }: Vote) => (decision === "approve" ? "approved" : "rejected");

const wordsOf = ({ decision, comment, replaces }: Vote) => ({
  decision,
  replaces,
  ...(comment.trim() !== "" && { comment: comment.trim() }),
});

/** Whether the server can have counted the vote in spite of the error: no answer came, or none from Sayso. */
const isUnknown = (error: unknown): boolean =>
  !(error instanceof SaysoError) ||
  ((error.status === 0 || error.status >= 500) && error.code !== "EMERGENCY_STOP");

/** Whether the server knows this vote. `unheard`: the server can't be asked. */
async function isCountedOn(
  { decision }: Vote,
  { id, seen }: VotedRequest,
): Promise<boolean | "unheard"> {
  try {
    const { cast } = await api.previewVote({ id });
    return cast.some((own) => own.decision === decision && own.step_id === seen.step_id);
  } catch {
    return "unheard";
  }
}

/**
 * Returns a vote's requests on which the server doesn't know it, and whether the server could be asked. If it could
 * not, the requests that it did not answer for are among them.
 */
export async function uncountedOf(
  vote: Vote,
): Promise<{ requests: VotedRequest[]; isHeard: boolean }> {
  const requests: VotedRequest[] = [];
  for (const [index, request] of vote.requests.entries()) {
    const isCounted = await isCountedOn(vote, request);
    // If the server can't be asked about one, it can't be asked about the others. Sending them again counts none twice.
    if (isCounted === "unheard")
      return { requests: [...requests, ...vote.requests.slice(index)], isHeard: false };
    if (!isCounted) requests.push(request);
  }
  return { requests, isHeard: true };
}

type Refused = Omit<Delivered, "counted">;

/** The reasons of a refusal after which the request needs nothing more from the person. */
const overtaken: readonly unknown[] = [
  "already_decided",
  "deadline_passed",
  "step_not_active",
  "no_active_step",
];

async function refusalOf(error: unknown, vote: Vote, request: VotedRequest): Promise<Refused> {
  const { decide } = strings.request;
  if (!(error instanceof SaysoError))
    return { state: "refused", message: messageOf(error), passes: false };
  const { reason } = error.details;
  if (overtaken.includes(reason)) return tooLate(vote, request);
  if (reason === "already_voted")
    return { state: "late", message: decide.alreadyVoted, passes: true };
  if (error.code === "EMERGENCY_STOP")
    return { state: "refused", message: decide.stopped, passes: false };
  const message = reason === "revised" ? decide.revised : messageOf(error);
  // A person who was signed out signs in and sends the vote again.
  return { state: "refused", message, canRetry: error.status === 401, passes: false };
}

/**
 * Handles a vote on a request that somebody else decided first. The note says how the request ended, and stays if that
 * is not what this vote wanted.
 */
async function tooLate(vote: Vote, { id }: VotedRequest): Promise<Refused> {
  const { late } = strings.request.decide;
  const approval = await queryClient
    .fetchQuery({ ...decidingQuery(id), staleTime: 0 })
    .then((read) => read.approval)
    .catch(() => undefined);
  const isSame = approval?.status === asStatus(vote);
  const ending = approval && endingOf(approval, vote.personId);
  const message = [ending, late[isSame ? "same" : vote.decision]].filter(Boolean).join(" ");
  return { state: "late", message, passes: isSame };
}

/** Returns a sentence about the end of a request and its decider. Undefined: the request is pending. */
function endingOf(approval: Approval, personId: string): string | undefined {
  const { you, other, itself } = strings.inbox.left;
  const { status, decided_by: by, decided_by_full_name: name, decision_reason: reason } = approval;
  if (status === "pending") return undefined;
  const isByRule = reason === "auto_action" || reason === "emergency_stop";
  if (status === "expired" || isByRule || by === null) return `${itself[status]}.`;
  const isByMachine = ["connection", "app"].includes(approval.decided_via?.kind ?? "");
  if (by === personId && !isByMachine && status !== "cancelled") return `${you[status]}.`;
  return `${name === null ? itself[status] : other[status](plainLine(name))}.`;
}

/** The most votes that the API takes in one call. */
const AT_ONCE = 50;

/** Casts one vote on each of several requests, part by part. */
async function deliverAll(vote: Vote, { isLeaving, onTried }: Delivery): Promise<Delivered> {
  const parts: VotedRequest[][] = [];
  for (let from = 0; from < vote.requests.length; from += AT_ONCE)
    parts.push(vote.requests.slice(from, from + AT_ONCE));
  const send = (part: VotedRequest[]) =>
    api.castVotes({ ...wordsOf(vote), votes: part.map(({ id, seen }) => ({ id, ...seen })) });
  const sent = isLeaving ? parts.map(send) : [];
  for (const answer of sent) answer.catch(() => undefined);
  const counted: Counted[] = [];
  const failures: Failure[] = [];
  for (const [index, part] of parts.entries()) {
    try {
      const { results } = await (sent[index] ?? send(part));
      for (const { id, success, status = "pending", error = "" } of results) {
        const request = part.find((one) => one.id === id);
        if (success) counted.push({ id, status });
        else if (request) failures.push({ request, why: error });
      }
    } catch (error) {
      return interrupted(vote, { counted, failures, rest: parts.slice(index).flat(), error });
    }
    onTried(counted.length + failures.length);
  }
  const message = counted.length > 0 ? noticeOf(vote, counted) : undefined;
  if (failures.length === 0) return { counted, state: "counted", message, passes: true };
  const requests = failures.map(({ request }) => request);
  return { counted, state: "refused", message, failures, requests, passes: false };
}

interface Interruption {
  counted: Counted[];
  failures: Failure[];
  /** The requests from the failed part on. */
  rest: VotedRequest[];
  error: unknown;
}

/**
 * Handles a failure after a part was sent: no answer came, or everything was refused. Votes that the server doesn't
 * know can be sent again.
 */
async function interrupted(
  vote: Vote,
  { counted, failures, rest, error }: Interruption,
): Promise<Delivered> {
  const { requests, isHeard } = isUnknown(error)
    ? await uncountedOf({ ...vote, requests: rest })
    : { requests: rest, isHeard: true };
  for (const { id } of rest)
    if (!requests.some((one) => one.id === id)) counted.push({ id, status: "pending" });
  if (requests.length + failures.length === 0)
    return { counted, state: "counted", message: noticeOf(vote, counted), passes: true };
  const canRetry = isUnknown(error) || (error instanceof SaysoError && error.status === 401);
  const state = isHeard ? "refused" : "unheard";
  return { counted, state, message: messageOf(error), failures, requests, canRetry, passes: false };
}

function noticeOf({ decision }: Vote, counted: readonly Counted[]): string {
  const open = counted.filter(({ status }) => status === "pending").length;
  return strings.inbox.bulk.done[decision](counted.length - open, open);
}
