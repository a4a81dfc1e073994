import { setTimeout as sleep } from "node:timers/promises";
import { api, type TestServices } from "@sayso/testkit";
import { openStream, type Event } from "./event-stream.ts";

export interface EventPage {
  data: Event[];
  next_cursor: string;
  has_more: boolean;
}

/** A reader of the feed that survives the end of servers. */
export interface Reader {
  name: string;
  /** The events in the order in which they arrived. */
  events: Event[];
  /** The position from which to continue. */
  cursor: () => string | undefined;
  /** Refused calls. A server that doesn't answer is no refusal. */
  refusals: string[];
  stop: () => Promise<void>;
}

type Where = () => string;

/** Keeps polls below the hourly limit even if everything is slow. */
const PAUSE_MS = 100;

/** Polls, and waits up to two seconds in each call. */
export function startPoller(
  name: string,
  url: Where,
  credential: string,
  options: { after?: string; limit?: number } = {},
): Reader {
  const events: Event[] = [];
  const refusals: string[] = [];
  let { after } = options;
  let isStopped = false;
  const run = async () => {
    while (!isStopped) {
      try {
        const { status, body } = await api(url(), credential).call<EventPage>(
          "GET",
          "/api/v1/events",
          { query: { after, limit: options.limit ?? 100, wait: 2 } },
        );
        if (status !== 200) {
          refusals.push(`${status} ${JSON.stringify(body)}`);
          break;
        }
        events.push(...body.data);
        after = body.next_cursor;
        if (!body.has_more) await sleep(PAUSE_MS);
      } catch {
        await sleep(PAUSE_MS);
      }
    }
  };
  const done = run();
  return {
    name,
    events,
    refusals,
    cursor: () => after,
    stop: async () => {
      isStopped = true;
      await done;
    },
  };
}

/** Follows the stream, and resumes where it broke off. */
export function startFollower(
  name: string,
  url: Where,
  credential: string,
  options: { after?: string } = {},
): Reader {
  const events: Event[] = [];
  const refusals: string[] = [];
  let lastId: string | undefined;
  let isStopped = false;
  let leave = () => {};
  const run = async () => {
    while (!isStopped) {
      try {
        const stream = await openStream(url(), credential, {
          query: { after: options.after ?? "earliest" },
          lastEventId: lastId,
          onEvent({ id, data }) {
            events.push(data);
            lastId = id;
          },
        });
        if (stream.status !== 200) {
          refusals.push(String(stream.status));
          break;
        }
        leave = stream.close;
        if (isStopped) leave();
        await stream.ended;
        lastId = stream.lastId ?? lastId;
      } catch {
        await sleep(PAUSE_MS);
      }
    }
  };
  const done = run();
  return {
    name,
    events,
    refusals,
    cursor: () => lastId,
    stop: async () => {
      isStopped = true;
      leave();
      await done;
    },
  };
}

/** Returns the stored events of an organization that a connection may see. */
export function storedEvents(
  services: TestServices,
  organizationId: string,
): Promise<{ id: string; request_id: string | null; sequence: number }[]> {
  return services.sql(
    `select id, request_id, sequence from events
     where organization_id = $1 and is_for_everybody(type)`,
    [organizationId],
  );
}

/**
 * Compares a reader's events with the stored ones. @returns the faults; empty if every event came once, and those of
 * each request in order
 */
export function findFaults(
  { name, events, refusals }: Reader,
  stored: readonly { id: string }[],
): string[] {
  const seen = new Map<string, number>();
  for (const { id } of events) seen.set(id, (seen.get(id) ?? 0) + 1);
  const faults = [
    ...refusals.map((refusal) => `${name} was refused: ${refusal}`),
    ...stored.filter(({ id }) => !seen.has(id)).map(({ id }) => `${name} missed ${id}`),
    ...[...seen].filter(([, times]) => times > 1).map(([id]) => `${name} was told ${id} twice`),
  ];
  const known = new Set(stored.map(({ id }) => id));
  faults.push(
    ...events.filter(({ id }) => !known.has(id)).map(({ id }) => `${name} invented ${id}`),
  );
  const last = new Map<string, number>();
  for (const { request_id: requestId, sequence, id } of events) {
    if (requestId === null) continue;
    if (sequence !== (last.get(requestId) ?? 0) + 1)
      faults.push(`${name} was told ${id} (${sequence}) after ${last.get(requestId)}`);
    last.set(requestId, sequence);
  }
  return faults.slice(0, 10);
}
