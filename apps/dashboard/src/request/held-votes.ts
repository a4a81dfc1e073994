import { SaysoError, type Decided, type Decision } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { api, messageOf, queryClient } from "../api.ts";
import { strings } from "../strings/index.ts";
import { toast } from "../ui/toast.tsx";
import { keepVotes, keptVotesOf } from "./kept-votes.ts";
import { requestKey } from "./queries.ts";
import { forgetVoteComments } from "./vote-comment.ts";
import { holdsVotes } from "./vote-preference.ts";

/** Time for which a vote can be taken back before it is sent, in milliseconds. */
export const HOLD_MS = 5000;

/** What a vote is for: what the person had in front of them. */
export interface Seen {
  sequence: number;
  step_id: string | null;
}

/** A vote as the person cast it on the page. */
export interface Vote {
  requestId: string;
  title: string;
  /** Who cast it: whether it is held is their choice. The server refuses it in a session of somebody else (api.ts). */
  personId: string;
  decision: Decision;
  comment: string;
  seen: Seen;
}

/** A vote of which the server has not said yet that it is counted. */
export interface HeldVote extends Vote {
  /**
   * `held`: can be taken back. `sending`: on its way. `refused`: not counted, which the person has to know. `unheard`: no
   * answer came, and the server can't be asked.
   */
  state: "held" | "sending" | "refused" | "unheard";
  /** Why it was not counted, or not heard of. */
  message?: string;
  /** Whether sending the same vote again can help. */
  canRetry?: boolean;
}

let votes: readonly HeldVote[] = [];
const timers = new Map<string, number>();
const viewers = new Set<() => void>();

function subscribe(viewer: () => void): () => void {
  viewers.add(viewer);
  return () => viewers.delete(viewer);
}
const counters = new Set<(decided: Decided) => void>();

function show(next: readonly HeldVote[]): void {
  votes = next;
  keepVotes(votes);
  for (const viewer of viewers) viewer();
}

const without = (requestId: string): HeldVote[] =>
  votes.filter((vote) => vote.requestId !== requestId);

const find = (requestId: string): HeldVote | undefined =>
  votes.find((vote) => vote.requestId === requestId);

/** Whether it is held, or being sent. */
const isOpen = ({ state }: HeldVote): boolean => state === "held" || state === "sending";

/**
 * Casts a vote: holds it for {@link HOLD_MS}, or sends it at once for a person who wants that. A second vote on the same
 * request is ignored until the first is refused or taken back.
 */
export function castVote(vote: Vote): void {
  const earlier = find(vote.requestId);
  if (earlier && isOpen(earlier)) return;
  show([...without(vote.requestId), { ...vote, state: "held" }]);
  if (!holdsVotes(vote.personId)) {
    void sendVote(vote.requestId);
    return;
  }
  const timer = window.setTimeout(() => void sendVote(vote.requestId), HOLD_MS);
  timers.set(vote.requestId, timer);
}

/** Takes a vote back that has not been sent, or puts away one that was refused or not heard of. */
export function undoVote(requestId: string): void {
  if (find(requestId)?.state === "sending") return;
  forget(requestId);
}

function forget(requestId: string): void {
  clearTimeout(timers.get(requestId));
  timers.delete(requestId);
  show(without(requestId));
}

/** Nothing is left to do: what was written for the vote has served. */
function settle(requestId: string): void {
  forget(requestId);
  forgetVoteComments(requestId);
}

/** Sends a vote now. Resolves when the server has counted or refused it. */
export async function sendVote(requestId: string): Promise<void> {
  const vote = find(requestId);
  if (!vote || vote.state === "sending") return;
  clearTimeout(timers.get(requestId));
  timers.delete(requestId);
  show(votes.map((one) => (one === vote ? { ...vote, state: "sending" } : one)));
  try {
    const decided = await api.castVote({
      id: requestId,
      decision: vote.decision,
      sequence: vote.seen.sequence,
      step_id: vote.seen.step_id,
      ...(vote.comment.trim() !== "" && { comment: vote.comment.trim() }),
    });
    await reread(requestId);
    settle(requestId);
    toast(wordsOf(decided, vote));
    for (const counted of counters) counted(decided);
  } catch (error) {
    const isCounted = isUnknown(error) ? await wasCounted(vote) : false;
    if (isCounted === true) {
      await reread(requestId);
      settle(requestId);
      toast(strings.request.decide.toast.counted(plainLine(vote.title)));
      return;
    }
    const refusal = refusalOf(error);
    await reread(requestId);
    if (refusal.isSettled) {
      settle(requestId);
      toast(`${plainLine(vote.title)}: ${refusal.message}`, "note");
      return;
    }
    const state = isCounted === "unheard" ? "unheard" : "refused";
    const { message, canRetry } = refusal;
    show(
      votes.map((one) =>
        one.requestId === requestId ? { ...one, state, message, canRetry } : one,
      ),
    );
  }
}

/** Whether the server may have counted a vote all the same: no answer came, or none from Sayso. */
export const isUnknown = (error: unknown): boolean =>
  !(error instanceof SaysoError) || error.status === 0 || error.status >= 500;

/** Whether the server knows this vote of the person's; `unheard` where it can't be asked. */
async function wasCounted({ requestId, decision, seen }: Vote): Promise<boolean | "unheard"> {
  try {
    const { cast } = await api.previewVote({ id: requestId });
    return cast.some((own) => own.decision === decision && own.step_id === seen.step_id);
  } catch {
    return "unheard";
  }
}

/**
 * Shows the votes of this person that an earlier page of this tab cast, and that the server doesn't know. None is sent by
 * itself: the person sends it again, for the version that they saw, or puts it away.
 */
export async function recallVotes(personId: string): Promise<void> {
  const kept = keptVotesOf(personId);
  const isCounted = await Promise.all(kept.map(wasCounted));
  const lost = kept.flatMap((vote, i): HeldVote[] => {
    if (isCounted[i] === true || find(vote.requestId)) return [];
    const state = isCounted[i] === "unheard" ? "unheard" : "refused";
    return [{ ...vote, state, message: strings.request.held.left, canRetry: true }];
  });
  show([...votes, ...lost]);
}

/** Sends all votes that are held: the page is left. The browser finishes what it has begun to send. */
export function sendHeldVotes(): Promise<unknown> {
  const held = votes.filter(({ state }) => state === "held");
  return Promise.all(held.map(({ requestId }) => sendVote(requestId)));
}

/** Sends votes that are held when the page is closed, left or covered by another tab or app. */
export function sendVotesOnLeaving(): void {
  addEventListener("pagehide", () => void sendHeldVotes());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) void sendHeldVotes();
  });
}

/** The votes that the server has not counted yet, the oldest first. */
export const useHeldVotes = (): readonly HeldVote[] => useSyncExternalStore(subscribe, () => votes);

/** The vote on this request that is held or being sent; a refused one is none. */
export const heldVoteOn = (among: readonly HeldVote[], requestId: string): HeldVote | undefined =>
  among.find((vote) => vote.requestId === requestId && isOpen(vote));

/** {@link heldVoteOn}, kept as it is. */
export const useHeldVote = (requestId: string): HeldVote | undefined =>
  heldVoteOn(useHeldVotes(), requestId);

/** The ids of requests with a vote that is held or on its way. */
export const heldIds = (): string[] => votes.filter(isOpen).map(({ requestId }) => requestId);

/** Calls this for each vote that the server counts while the component is shown. */
export function useCountedVotes(onCounted: (decided: Decided) => void): void {
  const counted = useEffectEvent(onCounted);
  useEffect(() => {
    const counter = (decided: Decided) => counted(decided);
    counters.add(counter);
    return () => void counters.delete(counter);
  }, []);
}

async function reread(requestId: string): Promise<void> {
  for (const key of ["inbox", "requests"]) void queryClient.invalidateQueries({ queryKey: [key] });
  await queryClient.invalidateQueries({ queryKey: requestKey(requestId) });
}

function wordsOf({ status }: Decided, { title }: Vote): string {
  const { toast: words } = strings.request.decide;
  const shown = plainLine(title);
  if (status === "approved") return words.approved(shown);
  return status === "rejected" ? words.rejected(shown) : words.counted(shown);
}

interface VoteRefusal {
  message: string;
  /** Somebody was faster, so there is nothing left to do. */
  isSettled: boolean;
  canRetry: boolean;
}

/** Refusals after which the request needs nothing more of the person. */
const settled: Record<string, string> = {
  already_decided: strings.request.decide.notCounted,
  deadline_passed: strings.request.decide.notCounted,
  step_not_active: strings.request.decide.notCounted,
  no_active_step: strings.request.decide.notCounted,
  already_voted: strings.request.decide.alreadyVoted,
};

function refusalOf(error: unknown): VoteRefusal {
  const { decide } = strings.request;
  if (!(error instanceof SaysoError) || error.status === 0 || error.status >= 500)
    return error instanceof SaysoError && error.code === "EMERGENCY_STOP"
      ? { message: decide.stopped, isSettled: false, canRetry: false }
      : { message: messageOf(error), isSettled: false, canRetry: true };
  const reason = String(error.details.reason);
  const isSettled = Object.hasOwn(settled, reason);
  const message = settled[reason] ?? (reason === "revised" ? decide.revised : messageOf(error));
  // Who was signed out meanwhile signs in, and sends it again.
  return { message, isSettled, canRetry: error.status === 401 };
}
