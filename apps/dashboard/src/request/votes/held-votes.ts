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

/** Time that a vote needs at most to reach the server in time, in milliseconds. */
const ON_ITS_WAY_MS = 3000;

/** Time for which a note stays that asks nothing of the person, in milliseconds. */
const TOLD_MS = 6000;

/** What a vote is for: what the person had in front of them. */
export interface Seen {
  sequence: number;
  step_id: string | null;
}

/** A request of a vote, as it was shown. */
export interface VotedRequest {
  id: string;
  title: string;
  seen: Seen;
  /** When it can't be decided any more, as an ISO 8601 time; null: it can wait. */
  deadline: string | null;
}

/** A vote as the person cast it on the page: on one request, or on several that they decided together. */
export interface Vote {
  requests: readonly VotedRequest[];
  /** Who cast it: whether it is held is their choice. The server refuses it in a session of somebody else (api.ts). */
  personId: string;
  decision: Decision;
  comment: string;
}

/**
 * How far a vote is. `held`: can be taken back. `sending`: on its way. `counted`: by the server. `undone`: taken back.
 * `late`: the request was decided before. `refused`: not counted, which the person has to know. `unheard`: no answer came,
 * and the server can't be asked.
 */
type VoteState = "held" | "sending" | "counted" | "undone" | "late" | "refused" | "unheard";

/** A vote of which the person is told. */
export interface HeldVote extends Vote {
  /** Its own in this page. */
  id: number;
  state: VoteState;
  /** What became of it, in words. */
  message?: string;
  /** Of several: those on which it was not counted, and why. */
  failures?: readonly Failure[];
  /** Whether sending the same vote again can help. */
  canRetry?: boolean;
  /** Of several that are being sent: how many were tried. */
  tried?: number;
}

let votes: readonly HeldVote[] = [];
let lastId = 0;
const timers = new Map<number, number>();
const viewers = new Set<() => void>();

/** What became of a request on which a vote was counted. */
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

/** Whether it is held, or being sent. */
const isOpen = ({ state }: HeldVote): boolean => state === "held" || state === "sending";

const isOn =
  (requestId: string) =>
  ({ requests }: Vote): boolean =>
    requests.some(({ id }) => id === requestId);

/** Whether it would come too late if it were held. */
const isUrgent = ({ requests }: Vote): boolean =>
  requests.some(
    ({ deadline }) =>
      deadline !== null && Date.parse(deadline) - Date.now() < HOLD_MS + ON_ITS_WAY_MS,
  );

/**
 * Casts a vote: holds it for {@link HOLD_MS}, or sends it at once for a person who wants that, or shortly before a deadline. A second vote on the same
 * request is ignored until the first is refused or taken back.
 */
export function castVote(vote: Vote): void {
  const requests = vote.requests.filter(({ id }) => heldVoteOn(votes, id) === undefined);
  if (requests.length === 0) return;
  const id = ++lastId;
  // What an earlier note said of a request that is decided anew is over.
  const others = votes.filter((one) => isOpen(one) || !requests.some((each) => isOn(each.id)(one)));
  show([{ ...vote, requests, id, state: "held" }, ...others]);
  if (holdsVotes(vote.personId) && !isUrgent(vote))
    startClock(id, HOLD_MS, () => void sendVote(id));
  else void sendVote(id);
}

/** Takes a vote back that has not been sent, which a note tells for a moment. */
export function undoVote(id: number): void {
  if (find(id)?.state !== "held") return;
  stopClock(id);
  update(id, { state: "undone" });
  goSoon(id);
}

/** Puts a note away. One that is held or on its way stays. */
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
 * @param isLeaving the page is being closed: all is sent at once, and nobody hears of the answers
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
    // One note tells what was counted last; the one before it has said its words.
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
 * Shows the votes of this person that an earlier page of this tab cast, and that the server doesn't know. None is sent by
 * itself: the person sends it again, for the version that they saw, or puts it away.
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

/** Sends all votes that are held: the page is left. The browser finishes what it has begun to send. */
export function sendHeldVotes(isLeaving = false): Promise<unknown> {
  const held = votes.filter(({ state }) => state === "held");
  return Promise.all(held.map(({ id }) => sendVote(id, isLeaving)));
}

/** Sends votes that are held when the page is closed, left or covered by another tab or app. */
export function sendVotesOnLeaving(): void {
  addEventListener("pagehide", () => void sendHeldVotes(true));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) void sendHeldVotes(true);
  });
}

/** Events after which a vote that was cast before them can't be counted any more. */
const overtaking: readonly string[] = [
  "approval.approved",
  "approval.rejected",
  "approval.cancelled",
  "approval.expired",
  "approval.revised",
];

/** Sends a held vote whose request has ended or was revised, so that the person hears at once what became of it. */
export function sendOvertakenVotes(): void {
  onLiveEvent((event) => {
    const requestId = event?.request_id;
    if (!requestId || !overtaking.includes(event.type)) return;
    const vote = votes.find((one) => one.requests.length === 1 && isOn(requestId)(one));
    if (vote?.state === "held") void sendVote(vote.id);
  });
}

/** The votes of which the person is told, the newest first. */
export const useHeldVotes = (): readonly HeldVote[] => useSyncExternalStore(subscribe, () => votes);

/** The vote on this request that is held or being sent; a refused one is none. */
export const heldVoteOn = (among: readonly HeldVote[], requestId: string): HeldVote | undefined =>
  among.find((vote) => isOpen(vote) && isOn(requestId)(vote));

/** {@link heldVoteOn}, kept as it is. */
export const useHeldVote = (requestId: string): HeldVote | undefined =>
  heldVoteOn(useHeldVotes(), requestId);

/** The ids of requests with a vote that is held or on its way. */
export const heldIds = (): string[] =>
  votes.filter(isOpen).flatMap(({ requests }) => requests.map(({ id }) => id));

/** Calls this for each request on which the server counts a vote while the component is shown. */
export function useCountedVotes(onCounted: (counted: Counted) => void): void {
  const tell = useEffectEvent(onCounted);
  useEffect(() => {
    const counter = (counted: Counted) => tell(counted);
    counters.add(counter);
    return () => void counters.delete(counter);
  }, []);
}
