import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { StreamedPart } from "@sayso/catalogue";
import express from "express";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createEventStreams, type EventStreamOptions } from "./event-stream.ts";

type Part = StreamedPart<unknown>;
type Parts = AsyncGenerator<Part, void, void> | Generator<Part, void, void>;

/** Yields the same parts asynchronously, even those that exist at once. */
async function* inTime(parts: Parts): AsyncGenerator<Part, void, void> {
  yield* parts;
}

const timing = { heartbeatMs: 40, drainPatienceMs: 300, lookAgainMs: 50 };
const servers: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts a server that answers every request with this stream. */
async function serve(
  parts: (closed: AbortSignal) => Parts,
  options: Partial<Pick<EventStreamOptions, "isAllowed" | "check">> = {},
): Promise<string> {
  const sendEventStream = createEventStreams(timing);
  const app = express();
  app.get("/", (request, response, next) => {
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    const isAllowed = () => Promise.resolve(true);
    sendEventStream({
      request,
      response,
      parts: inTime(parts(closed.signal)),
      isAllowed,
      owner: { organizationId: "organization", connectionId: null },
      tryHold: () => ({ resize: () => undefined, release: () => undefined }),
      ...options,
    }).catch(next);
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const part = (...ids: string[]): Part => ({
  items: ids.map((id) => ({ id, type: "t", data: { id }, json: JSON.stringify({ id }) })),
  lastId: ids.at(-1) ?? "",
});

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Reads the text until it ends, or until it holds `needle`. */
async function read(response: Response, needle?: string): Promise<string> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (needle !== undefined && text.includes(needle)) break;
  }
  return text;
}

test("a stream says where to resume, then each item as an event of one line", async () => {
  const url = await serve(function* () {
    yield { items: [], lastId: "start" };
    yield part("a", "b");
  });
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await read(response)).toBe(
    'retry: 2000\nid: start\n\nid: a\nevent: t\ndata: {"id":"a"}\n\nid: b\nevent: t\ndata: {"id":"b"}\n\n',
  );
});

test("a place that moves without an event is told by its id alone, once, with the next heartbeat", async () => {
  // The heart beats when the test says so.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const hasMoved = Promise.withResolvers<void>();
  const url = await serve(async function* (closed) {
    yield { items: [], lastId: "1" };
    yield { items: [], lastId: "1" };
    yield { items: [], lastId: "2" };
    hasMoved.resolve();
    await until(closed);
  });
  const response = await fetch(url);
  await hasMoved.promise;
  vi.advanceTimersByTime(2 * timing.heartbeatMs);
  const text = await read(response, "\n:\n\n");
  expect(text).toBe("retry: 2000\nid: 1\n\n:\nid: 2\n\n:\n\n");
});

test("what was not sent yet is never behind the place to resume from", async () => {
  const url = await serve(function* () {
    yield { ...part("a"), lastId: "far beyond" };
  });
  const text = await read(await fetch(url));
  expect(text.indexOf("far beyond")).toBe(-1);
  expect(text).toContain("id: a");
});

test("a quiet stream beats", async () => {
  const url = await serve(async function* (closed) {
    yield part();
    await until(closed);
  });
  const text = await read(await fetch(url), ":\n\n:\n\n:\n\n");
  expect(text).toContain(":\n\n:\n\n:\n\n");
});

test("what goes wrong at first is an answer like any other", async () => {
  const url = await serve(function* () {
    throw Object.assign(new Error("no such place"), { status: 400 });
  });
  expect((await fetch(url)).status).toBe(400);
});

test("what goes wrong later ends the stream", async () => {
  const url = await serve(function* () {
    yield part("a");
    throw new Error("the database is away");
  });
  const response = await fetch(url);
  await expect(read(response).then((text) => text.includes("id: a"))).resolves.toBe(true);
});

test("HEAD gets the headers and no stream, and the source is left", async () => {
  let isLeft = false;
  const url = await serve(async function* (closed) {
    try {
      yield part("a");
      await until(closed);
    } finally {
      isLeft = true;
    }
  });
  const response = await fetch(url, { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect(isLeft).toBe(true);
});

describe("whoever may not be told any more", () => {
  test("is sent nothing more, and the stream ends", async () => {
    let isAllowed = true;
    const url = await serve(
      function* () {
        yield part("a");
        isAllowed = false;
        yield part("b");
        yield part("c");
      },
      { isAllowed: () => Promise.resolve(isAllowed) },
    );
    const text = await read(await fetch(url));
    expect(text).toContain("id: a");
    expect(text).not.toContain("id: b");
  });

  test("is cut off also when nothing happens", async () => {
    let isAllowed = true;
    let isLeft = false;
    const url = await serve(
      async function* (closed) {
        try {
          yield part("a");
          await until(closed);
        } finally {
          isLeft = true;
        }
      },
      { isAllowed: () => Promise.resolve(isAllowed) },
    );
    const response = await fetch(url);
    isAllowed = false;
    await read(response);
    while (!isLeft) await sleep(5);
  });
});

test("who doesn't read is cut off, and little was made for them", async () => {
  const large = "x".repeat(50_000);
  let made = 0;
  let isLeft = false;
  const url = await serve(function* () {
    try {
      for (;;) {
        made++;
        yield {
          items: Array.from({ length: 20 }, (_, n) => ({
            id: `${made}-${n}`,
            type: "t",
            data: {},
            json: JSON.stringify(large),
          })),
          lastId: String(made),
        };
      }
    } finally {
      isLeft = true;
    }
  });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.pause();
  while (!isLeft) await sleep(20);
  // The bytes that the sockets of both sides hold, and one part.
  expect(made * 20 * large.length).toBeLessThan(60_000_000);
  socket.destroy();
});

test("who reads slowly, but reads, is told everything", async () => {
  const large = "x".repeat(100_000);
  let sent = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const url = await serve(function* () {
    for (; sent < 30; sent++)
      yield {
        items: [{ id: String(sent), type: "t", data: {}, json: JSON.stringify(large) }],
        lastId: String(sent),
      };
  });
  const response = await fetch(url);
  let [length, passedAt] = [0, 0];
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    // From each part to the next, most of the time passes for which a reader may take nothing.
    if (sent > passedAt) vi.advanceTimersByTime(timing.drainPatienceMs - 1);
    passedAt = sent;
  }
  expect(length).toBeGreaterThan(30 * large.length);
});

test("an item that isn't as declared ends the stream before it is sent", async () => {
  const url = await serve(
    function* () {
      yield part("a");
      yield part("b");
    },
    {
      check(item) {
        if ((item as { id: string }).id === "b") throw new Error("not as declared");
      },
    },
  );
  const text = await read(await fetch(url));
  expect(text).toContain("id: a");
  expect(text).not.toContain("id: b");
});
