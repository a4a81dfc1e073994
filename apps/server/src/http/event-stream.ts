import type { StreamedItem, StreamedPart } from "@sayso/catalogue";
import { DomainError } from "@sayso/core";
import type { Request, Response } from "express";
import { createShares, type Owner } from "../shares.ts";
import { drained } from "./drained.ts";
import type { Hold } from "./in-flight.ts";

export interface EventStreamOptions {
  request: Request;
  response: Response;
  /**
   * The source of the stream; it ends when the response is closed. An error before its first part is answered like any
   * error.
   */
  parts: AsyncIterable<StreamedPart<unknown>>;
  /**
   * Checks whether the caller is still allowed to read. Called before anything is sent, and at least with every
   * heartbeat.
   */
  isAllowed: () => Promise<boolean>;
  /** Throws if an item isn't as declared. */
  check?: (item: unknown) => void;
  /** The reader of the stream. */
  owner: Owner;
  /** Holds the bytes that the reader did not take at once, in the reader's share. Null: the share is full. */
  tryHold: (bytes: number) => Hold | null;
}

/** Answers with server-sent events. Resolves when the stream has ended. */
export type SendEventStream = (options: EventStreamOptions) => Promise<void>;

interface Timing {
  heartbeatMs: number;
  /** The time after which a caller that reads nothing is cut off. It can resume by Last-Event-ID. */
  drainPatienceMs: number;
  /**
   * The delay before one more check after news. The first check can come from a cache: if the caller was revoked in the
   * same moment, the cache still had it as allowed.
   */
  lookAgainMs: number;
}

const usualTiming: Timing = { heartbeatMs: 15_000, drainPatienceMs: 10_000, lookAgainMs: 900 };
const RETRY_MS = 2000;
/** The streams of one process. One credential may have a quarter of them, one organization half. */
const STREAMS_MAX = 8000;

/**
 * Makes streams of server-sent events (WHATWG HTML, 9.2): `id`, `event`, `data` of one line, a comment as heartbeat. A
 * stream holds one part at most, because it reads its source no faster than the socket takes bytes. The bytes of an
 * item are made once for all streams.
 *
 * @throws DomainError `unavailable`: this process has no stream left for this credential, for this organization (each
 *   has a share), or at all (8,000)
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
    // Without this, nginx would buffer the stream.
    "X-Accel-Buffering": "no",
  });
  if (request.method === "HEAD" || first.done) {
    response.end();
    await source.return?.();
    return;
  }

  let sentId = "";
  let reachedId = "";
  let lookAgain: NodeJS.Timeout | undefined;
  const endUnlessAllowed = async (): Promise<void> => {
    if (!(await isAllowed())) response.end();
  };
  /** An id without data moves the place to resume from and sends no event. */
  const move = (): string => (reachedId === sentId ? "" : `id: ${(sentId = reachedId)}\n`);
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
      sentId = items.at(-1)?.id ?? sentId;
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
 * Sends the chunks together where they fit, and no faster than they are read. A reader that takes nothing while its
 * share is full is cut off, and resumes by Last-Event-ID.
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
