import type { StreamedItem, StreamedPart } from "@sayso/catalogue";
import { DomainError } from "@sayso/core";
import type { Request, Response } from "express";
import { createShares, type Owner } from "../shares.ts";
import { drained } from "./drained.ts";
import type { Hold } from "./in-flight.ts";

export interface EventStreamOptions {
  request: Request;
  response: Response;
  /** What to tell; ends when the response is closed. What it throws at first is answered like any error. */
  parts: AsyncIterable<StreamedPart<unknown>>;
  /** Whether the caller may still be told. Asked before anything is sent, and at least with every heartbeat. */
  isAllowed: () => Promise<boolean>;
  /** Throws where an item isn't as declared. */
  check?: (item: unknown) => void;
  /** Who reads it. */
  owner: Owner;
  /** What was not taken at once is held by whoever reads; null: they hold their share already. */
  tryHold: (bytes: number) => Hold | null;
}

/** Answers with server-sent events; resolves when the stream has ended. */
export type SendEventStream = (options: EventStreamOptions) => Promise<void>;

interface Timing {
  heartbeatMs: number;
  /** A caller who reads nothing for so long is cut off, and resumes by Last-Event-ID. */
  drainPatienceMs: number;
  /** After news, one more look: whoever was revoked at the same time may still have been remembered as allowed. */
  lookAgainMs: number;
}

const usualTiming: Timing = { heartbeatMs: 15_000, drainPatienceMs: 10_000, lookAgainMs: 900 };
const RETRY_MS = 2000;
/** A credential may have a quarter of them, an organization half. */
const STREAMS_MAX = 8000;

/**
 * Makes streams of server-sent events (WHATWG HTML, 9.2): `id`, `event`, `data` of one line, a comment as heartbeat.
 * What the socket doesn't take is not read from the source either, so a stream holds one part at most; the bytes of an
 * item are made once for all streams.
 *
 * @throws DomainError `unavailable`: this process holds as many streams as it may, of all (8,000), of this organization or of
 *   this credential; both have a share
 */
export function createEventStreams(timing: Timing = usualTiming): SendEventStream {
  const shares = createShares(STREAMS_MAX);
  const bytes = new WeakMap<StreamedItem<unknown>, Buffer>();
  const bytesOf = (item: StreamedItem<unknown>): Buffer => {
    const known = bytes.get(item);
    if (known) return known;
    const made = Buffer.from(`id: ${item.id}\nevent: ${item.type}\ndata: ${item.json}\n\n`);
    bytes.set(item, made);
    return made;
  };

  return async (options) => {
    if (shares.isFull(options.owner))
      throw new DomainError("unavailable", "Too many streams are open; try again in a moment");
    const giveBack = shares.take(options.owner, 1);
    try {
      await stream(options, bytesOf, timing);
    } finally {
      giveBack();
    }
  };
}

async function stream(
  { request, response, parts, isAllowed, check, tryHold }: EventStreamOptions,
  bytesOf: (item: StreamedItem<unknown>) => Buffer,
  { heartbeatMs, drainPatienceMs, lookAgainMs }: Timing,
): Promise<void> {
  const source = parts[Symbol.asyncIterator]();
  const first = await source.next();
  response.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    // nginx would gather it otherwise.
    "X-Accel-Buffering": "no",
  });
  if (request.method === "HEAD" || first.done) {
    response.end();
    await source.return?.();
    return;
  }

  let toldId = "";
  let reachedId = "";
  let lookAgain: NodeJS.Timeout | undefined;
  const endUnlessAllowed = async (): Promise<void> => {
    if (!(await isAllowed())) response.end();
  };
  /** An id without data moves the place to resume from and tells nothing. */
  const move = (): string => (reachedId === toldId ? "" : `id: ${(toldId = reachedId)}\n`);
  const heartbeat = setInterval(() => {
    if (isOpen(response) && !response.writableNeedDrain) response.write(`:\n${move()}\n`);
    void endUnlessAllowed();
  }, heartbeatMs);
  if (first.value.items.length === 0) reachedId = first.value.lastId;
  response.write(`retry: ${RETRY_MS}\n${move()}\n`);
  try {
    let next: IteratorResult<StreamedPart<unknown>, unknown> = first;
    for (; !next.done && isOpen(response); next = await source.next()) {
      const { items, lastId: id } = next.value;
      if (!(await isAllowed())) break;
      for (const item of items) check?.(item.data);
      await send(response, items.map(bytesOf), drainPatienceMs, tryHold);
      toldId = items.at(-1)?.id ?? toldId;
      reachedId = id;
      lookAgain ??= setTimeout(() => {
        lookAgain = undefined;
        void endUnlessAllowed();
      }, lookAgainMs);
    }
  } finally {
    clearInterval(heartbeat);
    clearTimeout(lookAgain);
    response.end();
    await source.return?.();
  }
}

const isOpen = (response: Response): boolean => !response.writableEnded && !response.destroyed;

/**
 * Together where they fit, and no faster than they are taken. Who takes nothing while they hold their share already is
 * cut off, and resumes by Last-Event-ID.
 */
async function send(
  response: Response,
  chunks: readonly Buffer[],
  patienceMs: number,
  tryHold: EventStreamOptions["tryHold"],
): Promise<void> {
  let left = chunks.reduce((sum, { length }) => sum + length, 0);
  response.cork();
  for (const chunk of chunks) {
    if (!isOpen(response)) break;
    const isTaken = response.write(chunk);
    if (!isTaken) {
      response.uncork();
      if (response.writableNeedDrain) {
        const hold = tryHold(left);
        if (hold === null) response.destroy();
        else await drained(response, patienceMs).finally(hold.release);
      }
      response.cork();
    }
    left -= chunk.length;
  }
  response.uncork();
}
