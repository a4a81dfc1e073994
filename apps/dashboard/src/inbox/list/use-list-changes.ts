import type { Event, Status } from "@sayso/client";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { api } from "../../api.ts";
import { useLiveEvents } from "../../live/use-live-events.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { decidedStatuses } from "../filters/filters.ts";
import type { Source } from "../filters/opened-from.ts";
import { readTotal } from "../queries.ts";
import type { RequestList } from "./use-request-list.ts";

/** A row that no longer belongs in the list. */
export interface Departure {
  /** The words about what happened to it. */
  words: string;
  status: Status;
  /** Whether its words were shown for long enough, so that its place closes. */
  isGone: boolean;
}

export interface ListChanges {
  departures: ReadonlyMap<string, Departure>;
  /** The number of new requests that are not shown yet. */
  fresh: number;
  showFresh: () => void;
  /** Called when the server has counted the person's own vote. `status` is the request's status after it. */
  voted: (id: string, status: Status) => void;
}

/** The time for which a row says what happened to it before it goes. */
const FAREWELL_MS = 2500;
const PROBE_APART_MS = 400;
/** If more rows than this changed at once, the whole list is read again. */
const PATCHED_MAX = 20;

/**
 * Keeps a list up to date without moving anything under a person's hand. A row that leaves first says why. New rows
 * wait until somebody wants to see them.
 *
 * @param isCalm whether new rows can appear at once: the list is at its top and nobody is busy with it
 */
export function useListChanges(list: RequestList, isCalm: () => boolean): ListChanges {
  const me = useMe();
  const { source, generation, setDrifted } = list;
  const [departures, setDepartures] = useState<ReadonlyMap<string, Departure>>(new Map());
  const [fresh, setFresh] = useState(0);
  // A new generation no longer has the rows that had left, and already has the rows that had come.
  useEffect(() => {
    setDepartures(new Map());
    setFresh(0);
  }, [generation]);
  useEffect(() => setDrifted(fresh > 0 || departures.size > 0), [setDrifted, fresh, departures]);
  useFarewells(departures, setDepartures);
  const { probe, changed } = useProbe({ list, departures, isCalm, setFresh });

  const depart = (id: string, status: Status, words: string) => {
    if (list.indexOf(id) === undefined) return;
    setDepartures((before) =>
      before.get(id)?.isGone === true
        ? before
        : new Map(before).set(id, { status, words, isGone: false }),
    );
  };
  useLiveEvents((event) => {
    if (event === null) {
      // A list that is still being read for the first time needs no second reading.
      if (list.total !== undefined || list.error !== null) void list.refresh();
      return;
    }
    const { request_id: id, request, type } = event;
    if (!type.startsWith("approval.") || id === null || request === null) return;
    if (list.indexOf(id) !== undefined) {
      const isOwnVote = type === "approval.vote_cast" && event.data.person_id === me.id;
      if (!belongs(source, request.status)) depart(id, request.status, wordsOf(event, me.id));
      else if (isOwnVote && source.list === "inbox")
        depart(id, request.status, strings.inbox.left.you.voted);
      else changed(id);
    }
    probe();
  });
  return {
    departures,
    fresh,
    showFresh: () => void list.refresh(),
    voted(id, status) {
      const { you } = strings.inbox.left;
      const words = status === "approved" || status === "rejected" ? you[status] : you.voted;
      if (source.list === "inbox" || !belongs(source, status)) depart(id, status, words);
    },
  };
}

interface ProbeInput {
  list: RequestList;
  departures: ReadonlyMap<string, Departure>;
  isCalm: () => boolean;
  setFresh: (count: number) => void;
}

/** Reads the changed rows and the number of requests, soon after a change and not too often. */
function useProbe(input: ProbeInput) {
  // The state can change between the call and its answer.
  const latest = useRef(input);
  useLayoutEffect(() => {
    latest.current = input;
  });
  const pending = useRef({ ids: new Set<string>(), timer: 0, probedAt: 0 });
  const [{ probe, changed }] = useState(() => {
    const look = async () => {
      const state = pending.current;
      Object.assign(state, { timer: 0, probedAt: performance.now() });
      const ids = [...state.ids];
      state.ids.clear();
      if (latest.current.list.total === undefined) return;
      if (ids.length > PATCHED_MAX) return latest.current.list.refresh();
      const rows = await Promise.all(ids.map((id) => api.getApproval({ id })));
      for (const row of rows) latest.current.list.patch(row.id, row);
      const count = await readTotal(latest.current.list.source);
      const { list, departures, isCalm, setFresh } = latest.current;
      const missing = count - ((list.total ?? 0) - departures.size);
      const isLeaving = [...departures.values()].some(({ isGone }) => !isGone);
      const isChanged = missing !== 0 || departures.size > 0;
      if (!isLeaving && (missing < 0 || (isChanged && isCalm()))) return list.refresh();
      setFresh(Math.max(0, missing));
    };
    return {
      probe() {
        const state = pending.current;
        const wait = Math.max(80, state.probedAt + PROBE_APART_MS - performance.now());
        // A failed call is not repeated here: after a reconnection the whole list is read again.
        state.timer ||= window.setTimeout(() => void look().catch(() => undefined), wait);
      },
      changed: (id: string) => void pending.current.ids.add(id),
    };
  });
  useEffect(() => () => clearTimeout(pending.current.timer), []);
  const { departures } = input;
  const isOver = departures.size > 0 && [...departures.values()].every(({ isGone }) => isGone);
  useEffect(() => {
    if (isOver) probe();
  }, [isOver, probe]);
  return { probe, changed };
}

/** Closes the place of each row whose words were shown for long enough. */
function useFarewells(
  departures: ReadonlyMap<string, Departure>,
  set: (change: (before: ReadonlyMap<string, Departure>) => ReadonlyMap<string, Departure>) => void,
): void {
  const timers = useRef(new Map<string, number>());
  useEffect(() => {
    for (const [id, { isGone }] of departures) {
      if (isGone || timers.current.has(id)) continue;
      const go = () => {
        timers.current.delete(id);
        set((before) => {
          const departure = before.get(id);
          return departure ? new Map(before).set(id, { ...departure, isGone: true }) : before;
        });
      };
      timers.current.set(id, window.setTimeout(go, FAREWELL_MS));
    }
  }, [departures, set]);
  useEffect(
    () => () => {
      for (const timer of timers.current.values()) clearTimeout(timer);
      timers.current.clear();
    },
    [],
  );
}

/** Whether a request with this status can be in the list. */
function belongs({ list, filters }: Source, status: Status): boolean {
  if (list === "inbox") return status === "pending";
  const shown = filters.status ?? (list === "decided" ? decidedStatuses : null);
  return shown === null || shown.includes(status);
}

/** Describes the event in a sentence about the row. */
function wordsOf({ request, actor }: Event, myId: string): string {
  const { you, other, itself } = strings.inbox.left;
  const status = request?.status ?? "pending";
  if (status === "pending") return you.voted;
  const decider = request?.decided_by ?? (actor.kind === "system" ? null : actor);
  if (decider === null || status === "expired") return itself[status];
  if (decider.id === myId && status !== "cancelled") return you[status];
  return decider.name === null ? itself[status] : other[status](decider.name);
}
