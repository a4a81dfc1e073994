import type { Decision, Status } from "@sayso/client";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { queryClient } from "../../api.ts";
import { onLiveEvent } from "../../live/live-events.ts";
import { strings } from "../../strings/index.ts";
import { requestKey } from "../queries.ts";
import { keepVotes, keptVotesOf } from "./kept-votes.ts";
import { deliverVote, uncountedOf, type Failure } from "./send-vote.ts";
import { forgetVoteComments, SEVERAL } from "./vote-comment.ts";
import { holdsVotes } from "./vote-preference.ts";

/** Time for which a vote can be taken back before it is sent, in milliseconds. */
const HOLD_MS = 5000;

/** The most time that a vote needs to reach the server, in milliseconds. */
const ON_ITS_WAY_MS = 3000;

/** Time for which a note stays that asks nothing of the person, in milliseconds. */
const TOLD_MS = 6000;

/** The version of a request that the person had in view. A vote counts for it only. */
export interface Seen {
  sequence: number;
  step_id: string | null;
}

/** A request of a vote, in the state that was shown. */
export interface VotedRequest {
  id: string;
  title: string;
  seen: Seen;
  /** The time from which the request can't be decided any more, in ISO 8601. Null: there is none. */
  deadline: string | null;
}

/** A vote as the person cast it on the page: on one request, or on several that they decided together. */
export interface Vote {
  requests: readonly VotedRequest[];
  /**
   * The person who cast it. Their setting decides whether it is held. In a session of somebody else the server refuses
   * it (api.ts).
   */
  personId: string;
  decision: Decision;
  comment: string;
  /** Whether it changes the person's approval to a rejection. */
  replaces?: boolean;
}

/**
 * The state of a vote. `held`: it can be taken back. `sending`: it is on its way. `counted`: the server has counted it.
 * `undone`: it was taken back. `late`: the request was decided before. `refused`: it was not counted, and the person
 * must know that. `unheard`: no answer came, and the server can't be asked.
 */
type VoteState = "held" | "sending" | "counted" | "undone" | "late" | "refused" | "unheard";

/** A vote with a note for the person. */
export interface HeldVote extends Vote {
  /** The note's id, unique in this page. */
  id: number;
  state: VoteState;
  /** The vote's outcome in words. */
  message?: string;
  /** For a vote on several requests: those on which it was not counted, with the reasons. */
  failures?: readonly Failure[];
  /** Whether sending the same vote again can help. */
  canRetry?: boolean;
  /** For a vote on several requests: the number that were tried so far. */
  tried?: number;
}

let votes: readonly HeldVote[] = [];
let lastId = 0;
const timers = new Map<number, number>();
const viewers = new Set<() => void>();

/** A request on which a vote was counted, with its status after that. */
export interface Counted {
  id: string;
  status: Status;
}

const counters = new Set<(counted: Counted) => void>();

function subscribe(viewer: () => void): () => void {
  viewers.add(viewer);
  return () => viewers.delete(viewer);
}

function show(next: readonly HeldVote[]): void {
  votes = next;
  keepVotes(votes);
  for (const viewer of viewers) viewer();
}

const find = (id: number): HeldVote | undefined => votes.find((vote) => vote.id === id);

function update(id: number, change: Partial<HeldVote>): void {
  show(votes.map((vote) => (vote.id === id ? { ...vote, ...change } : vote)));
}

function remove(id: number): void {
  stopClock(id);
  show(votes.filter((vote) => vote.id !== id));
}

function startClock(id: number, milliseconds: number, run: () => void): void {
  stopClock(id);
  timers.set(id, window.setTimeout(run, milliseconds));
}

function stopClock(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

/** Whether the vote is held or being sent. */
const isOpen = ({ state }: HeldVote): boolean => state === "held" || state === "sending";

const isOn =
  (requestId: string) =>
  ({ requests }: Vote): boolean =>
    requests.some(({ id }) => id === requestId);

/** Whether the vote could come too late if it were held. */
const isUrgent = ({ requests }: Vote): boolean =>
  requests.some(
    ({ deadline }) =>
      deadline !== null && Date.parse(deadline) - Date.now() < HOLD_MS + ON_ITS_WAY_MS,
  );

/**
 * Casts a vote. It is held for {@link HOLD_MS}, or sent at once if the person prefers that or a deadline is near. A
 * second vote on the same request is ignored until the first is refused or taken back.
 */
export function castVote(vote: Vote): void {
  const requests = vote.requests.filter(({ id }) => heldVoteOn(votes, id) === undefined);
  if (requests.length === 0) return;
  const id = ++lastId;
  // An earlier note about a request is outdated once the request is decided anew.
  const others = votes.filter((one) => isOpen(one) || !requests.some((each) => isOn(each.id)(one)));
  show([{ ...vote, requests, id, state: "held" }, ...others]);
  if (holdsVotes(vote.personId) && !isUrgent(vote))
    startClock(id, HOLD_MS, () => void sendVote(id));
  else void sendVote(id);
}

/** Takes back a vote that has not been sent. A note says so for a moment. */
export function undoVote(id: number): void {
  if (find(id)?.state !== "held") return;
  stopClock(id);
  update(id, { state: "undone" });
  goSoon(id);
}

/** Closes a note. The note of a vote that is held or on its way stays. */
export function closeNote(id: number): void {
  const vote = find(id);
  if (vote && !isOpen(vote)) remove(id);
}

function goSoon(id: number): void {
  startClock(id, TOLD_MS, () => remove(id));
}

/**
 * Sends a vote now. Resolves when the server has counted or refused it.
 *
 * @param isLeaving the page is being closed: everything is sent at once, and no answer is waited for
 */
export async function sendVote(id: number, isLeaving = false): Promise<void> {
  const vote = find(id);
  if (!vote || !["held", "refused", "unheard"].includes(vote.state)) return;
  stopClock(id);
  update(id, { state: "sending", message: undefined, failures: undefined, canRetry: undefined });
  const onTried = (tried: number) => update(id, { tried });
  const { counted, ...outcome } = await deliverVote(vote, { isLeaving, onTried });
  await reread(vote);
  for (const { id: requestId } of counted) forgetVoteComments(requestId);
  if (outcome.state === "counted") {
    if (vote.requests.length > 1) forgetVoteComments(SEVERAL);
    // Only one note reports a counted vote: the new note replaces the previous one.
    show(votes.filter(({ state }) => state !== "counted"));
  }
  update(id, outcome);
  if (outcome.passes) goSoon(id);
  for (const one of counted) for (const counter of counters) counter(one);
}

async function reread({ requests }: Vote): Promise<void> {
  for (const key of ["inbox", "requests"]) void queryClient.invalidateQueries({ queryKey: [key] });
  await Promise.all(
    requests.map(({ id }) => queryClient.invalidateQueries({ queryKey: requestKey(id) })),
  );
}

/**
 * Shows this person's votes that an earlier page of this tab cast and that the server doesn't know. None is sent by
 * itself. The person can send a vote again, for the version that they saw, or close its note.
 */
export async function recallVotes(personId: string): Promise<void> {
  const kept = keptVotesOf(personId);
  const uncounted = await Promise.all(kept.map(uncountedOf));
  const { left: message } = strings.request.held;
  const lost = kept.flatMap((vote, index): HeldVote[] => {
    const { requests = [], isHeard = false } = uncounted[index] ?? {};
    const rest = requests.filter(({ id }) => !votes.some(isOn(id)));
    if (rest.length === 0) return [];
    const state = isHeard ? "refused" : "unheard";
    return [{ ...vote, id: ++lastId, requests: rest, state, message, canRetry: true }];
  });
  show([...votes, ...lost]);
}

/** Sends all held votes because the person leaves the page. The browser finishes the calls that have begun. */
export function sendHeldVotes(isLeaving = false): Promise<unknown> {
  const held = votes.filter(({ state }) => state === "held");
  return Promise.all(held.map(({ id }) => sendVote(id, isLeaving)));
}

/** Makes held votes be sent when the page is closed, left, or covered by another tab or app. */
export function sendVotesOnLeaving(): void {
  addEventListener("pagehide", () => void sendHeldVotes(true));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) void sendHeldVotes(true);
  });
}

/** Events that make it impossible to count a vote which was cast before them. */
const overtaking: readonly string[] = [
  "approval.approved",
  "approval.rejected",
  "approval.cancelled",
  "approval.expired",
  "approval.revised",
];

/** Sends a held vote whose request has ended or was revised, so that the person sees the outcome at once. */
export function sendOvertakenVotes(): void {
  onLiveEvent((event) => {
    const requestId = event?.request_id;
    if (!requestId || !overtaking.includes(event.type)) return;
    const vote = votes.find((one) => one.requests.length === 1 && isOn(requestId)(one));
    if (vote?.state === "held") void sendVote(vote.id);
  });
}

/** Returns the votes with a note, newest first. */
export const useHeldVotes = (): readonly HeldVote[] => useSyncExternalStore(subscribe, () => votes);

/** Returns the vote on this request that is held or being sent. A refused vote doesn't count. */
export const heldVoteOn = (among: readonly HeldVote[], requestId: string): HeldVote | undefined =>
  among.find((vote) => isOpen(vote) && isOn(requestId)(vote));

/** Returns {@link heldVoteOn} for the present votes, kept up to date. */
export const useHeldVote = (requestId: string): HeldVote | undefined =>
  heldVoteOn(useHeldVotes(), requestId);

/** Returns the ids of requests with a vote that is held or on its way. */
export const heldIds = (): string[] =>
  votes.filter(isOpen).flatMap(({ requests }) => requests.map(({ id }) => id));

/** Calls `onCounted` for each request on which the server counts a vote while the component is shown. */
export function useCountedVotes(onCounted: (counted: Counted) => void): void {
  const notify = useEffectEvent(onCounted);
  useEffect(() => {
    const counter = (counted: Counted) => notify(counted);
    counters.add(counter);
    return () => void counters.delete(counter);
  }, []);
}
