import type { EventItem } from "@sayso/core";
import { HANG_MS } from "@sayso/testkit";

export type Event = EventItem;

/** An event as the stream sent it. */
export interface StreamedEvent {
  id: string;
  type: string;
  data: Event;
}

/** A stream of server-sent events, which is read as it arrives. */
export interface EventStream {
  status: number;
  headers: Headers;
  readonly events: readonly StreamedEvent[];
  /** The value for `Last-Event-ID` of the next connection. */
  readonly lastId: string | undefined;
  /** The number of comments so far. */
  readonly heartbeats: number;
  /** Resolves with the first `count` events, as soon as they have arrived. Rejects when the stream ends before. */
  take: (count: number) => Promise<StreamedEvent[]>;
  /** Resolves when the stream has ended for any reason. */
  ended: Promise<void>;
  close: () => void;
}

/** Opens the stream, and resolves when its headers have arrived. */
export async function openStream(
  url: string,
  credential: string,
  options: {
    query?: Record<string, string>;
    lastEventId?: string;
    onEvent?: (event: StreamedEvent) => void;
  } = {},
): Promise<EventStream> {
  const closing = new AbortController();
  const address = new URL("/api/v1/events/stream", url);
  for (const [name, value] of Object.entries(options.query ?? {}))
    address.searchParams.set(name, value);
  const response = await fetch(address, {
    headers: {
      Authorization: `Bearer ${credential}`,
      ...(options.lastEventId !== undefined && { "Last-Event-ID": options.lastEventId }),
    },
    signal: closing.signal,
  });
  const events: StreamedEvent[] = [];
  const waiting = new Set<() => void>();
  let lastId: string | undefined;
  let heartbeats = 0;

  const hear = (block: string) => {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) heartbeats++;
      const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name !== undefined) fields.set(name, value ?? "");
    }
    lastId = fields.get("id") ?? lastId;
    const data = fields.get("data");
    if (data === undefined) return;
    const event = {
      id: fields.get("id") ?? "",
      type: fields.get("event") ?? "",
      data: JSON.parse(data) as Event,
    };
    events.push(event);
    options.onEvent?.(event);
    for (const look of [...waiting]) look();
  };

  const read = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      blocks.forEach(hear);
    }
  };

  let hasEnded = false;
  const ended = read()
    .catch(() => undefined)
    .finally(() => {
      hasEnded = true;
      for (const look of [...waiting]) look();
    });

  return {
    status: response.status,
    headers: response.headers,
    events,
    get lastId() {
      return lastId;
    },
    get heartbeats() {
      return heartbeats;
    },
    ended,
    take: (count) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (events.length < count && !hasEnded) return;
          clearTimeout(impatient);
          waiting.delete(look);
          if (events.length >= count) resolve(events.slice(0, count));
          else reject(new Error(`The stream ended after ${events.length} of ${count} events`));
        };
        const impatient = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${events.length} of ${count} events within ${HANG_MS} ms`));
        }, HANG_MS);
        waiting.add(look);
        look();
      }),
    close: () => closing.abort(),
  };
}

/**
 * Reads `count` events as a client of server-sent events does: after the end of a stream it resumes behind the last event. The
 * server cuts off a stream that is read too slowly, as it is on a loaded machine.
 */
export async function takeResuming(
  url: string,
  credential: string,
  first: EventStream,
  count: number,
): Promise<StreamedEvent[]> {
  const taken: StreamedEvent[] = [];
  for (
    let stream = first;
    ;
    stream = await openStream(url, credential, { lastEventId: stream.lastId })
  ) {
    const left = count - taken.length;
    await stream.take(left).catch(() => undefined);
    taken.push(...stream.events.slice(0, left));
    stream.close();
    if (taken.length === count) return taken;
  }
}
