import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createAddressGuard, type Resolve } from "./address-guard.ts";
import { createWebhookSender, type AttemptResult, type WebhookSender } from "./send-webhook.ts";

const pem = readFileSync(new URL("./fixtures/self-signed.pem", import.meta.url), "utf8");

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Receiver = { port: number; url: string; connections: Socket[] };

async function listening(server: Server, host = "127.0.0.1"): Promise<Receiver> {
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanups.push(() => {
    for (const socket of connections) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, connections };
}

function receiver(answer: RequestListener) {
  return listening(createServer(answer));
}

/**
 * A receiver below HTTP. `answer` is called for each piece of a request, with the number of requests on its connection.
 */
function rawReceiver(answer: (socket: Socket, requestOfConnection: number) => void) {
  return listening(
    createRawServer((socket) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        answer(socket, requests);
      });
    }),
  );
}

async function canary() {
  let hits = 0;
  const { url, port, connections } = await receiver((_request, response) => {
    hits += 1;
    response.end();
  });
  return { url, port, untouched: () => hits === 0 && connections.length === 0 };
}

function sender({
  allowedCidrs = ["loopback"],
  resolve,
  // Longer than any test, so that only a test of the deadline meets one.
  timeoutMs = 600_000,
  ...limits
}: {
  allowedCidrs?: string[];
  resolve?: Resolve;
  timeoutMs?: number;
  maxResponseBytes?: number;
} = {}): WebhookSender {
  const guard = createAddressGuard(resolve ? { allowedCidrs, resolve } : { allowedCidrs });
  const made = createWebhookSender({ guard, timeoutMs, ...limits });
  cleanups.push(() => {
    made.close();
  });
  return made;
}

function post(url: string, by = sender()): Promise<AttemptResult> {
  return by.send({ url, headers: {}, body: "{}" });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function localOnly(address = "127.0.0.1"): Resolve {
  return () => Promise.resolve([{ address, family: 4 }]);
}

describe("a delivery", () => {
  test("arrives as a POST with the body, our headers and the caller's", async () => {
    const got: unknown[] = [];
    const { url, port } = await receiver((request, response) => {
      void bodyOf(request).then((body) => {
        got.push(request.method, request.url, request.headers, body);
        response.writeHead(202).end("thank you");
      });
    });
    const result = await sender().send({
      url: `${url}?a=b`,
      headers: { "webhook-id": "msg_1", "X-OKRunit-Signature": "sha256=00" },
      callbackHeaders: { Authorization: "Bearer abc", "x-tenant": "7" },
      body: '{"title":"Größe"}',
    });
    expect(got).toEqual([
      "POST",
      "/hook?a=b",
      {
        host: `127.0.0.1:${port}`,
        connection: "keep-alive",
        "content-type": "application/json",
        "content-length": "19",
        "user-agent": "Sayso/0.1.0",
        "accept-encoding": "identity",
        "webhook-id": "msg_1",
        "x-okrunit-signature": "sha256=00",
        authorization: "Bearer abc",
        "x-tenant": "7",
      },
      '{"title":"Größe"}',
    ]);
    expect(result).toEqual({
      ok: true,
      statusCode: 202,
      error: null,
      detail: null,
      isTimeOut: false,
      responseBody: "thank you",
      retryAfter: null,
      requestHeaders: {
        Authorization: "(hidden)",
        "x-tenant": "(hidden)",
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "X-OKRunit-Signature": "sha256=00",
        "content-length": "19",
        "user-agent": "Sayso/0.1.0",
        "accept-encoding": "identity",
      },
      responseHeaders: expect.objectContaining({ "transfer-encoding": "chunked" }) as object,
      durationMs: expect.any(Number) as number,
    });
  });

  test("is sent byte for byte when the body is bytes", async () => {
    let got = Buffer.alloc(0);
    const { url } = await receiver((request, response) => {
      request.on("data", (chunk: Buffer) => (got = Buffer.concat([got, chunk])));
      request.on("end", () => response.end());
    });
    const body = Buffer.from([0, 255, 128, 10]);
    expect(await sender().send({ url, headers: {}, body })).toMatchObject({ ok: true });
    expect(got).toEqual(body);
  });

  test("keeps what Sayso and the connection own from the caller's headers", async () => {
    let raw: string[] = [];
    const { url, port } = await receiver((request, response) => {
      raw = request.rawHeaders;
      response.end();
    });
    const result = await sender().send({
      url,
      headers: { "webhook-id": "ours", "x-sayso": "ours" },
      callbackHeaders: {
        "Content-Type": "text/evil",
        "CONTENT-LENGTH": "1",
        "Content-Encoding": "gzip",
        Host: "evil.example",
        "Webhook-Id": "evil",
        "webhook-signature": "evil",
        "WEBHOOK-EVIL": "evil",
        "x-okrunit-signature": "evil",
        "X-Sayso": "evil",
        "Transfer-Encoding": "chunked",
        Connection: "close",
        Expect: "100-continue",
        Upgrade: "evil",
        "Proxy-Connection": "evil",
        "User-Agent": "evil",
        Kept: "yes",
      },
      body: "{}",
    });
    expect(result.ok).toBe(true);
    const pairs = raw.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${raw[at + 1]}`]));
    expect(pairs.map((pair) => pair.toLowerCase()).sort()).toEqual(
      [
        "accept-encoding: identity",
        "connection: keep-alive",
        "content-length: 2",
        "content-type: application/json",
        `host: 127.0.0.1:${port}`,
        "kept: yes",
        "user-agent: sayso/0.1.0",
        "webhook-id: ours",
        "x-sayso: ours",
      ].sort(),
    );
  });

  test.each([
    ["a line break in a header", { x: "a\r\nwebhook-id: evil" }],
    ["a line break in a name", { "x\r\ny": "a" }],
    ["a character beyond Latin-1", { x: "→" }],
  ])("with %s fails without a connection and without repeating it", async (_what, headers) => {
    const target = await canary();
    const result = await sender().send({
      url: target.url,
      headers: {},
      callbackHeaders: headers,
      body: "{}",
    });
    expect(result).toMatchObject({ ok: false, statusCode: null, responseBody: null });
    expect(result.error).not.toContain("evil");
    expect(target.untouched()).toBe(true);
  });

  test("goes out over kept connections, one for one at a time", async () => {
    const { url, connections } = await receiver((_request, response) => response.end("ok"));
    const by = sender();
    for (let sent = 0; sent < 50; sent += 1) expect((await post(url, by)).ok).toBe(true);
    expect(connections).toHaveLength(1);
  });

  test("to a good receiver is not held up by others that hang", async () => {
    const good = await receiver((_request, response) => response.end());
    const dead = await receiver(() => undefined);
    const by = sender();
    const hanging = Array.from({ length: 50 }, () => post(dead.url, by));
    const delivered = await Promise.all(Array.from({ length: 100 }, () => post(good.url, by)));
    expect(delivered.every(({ ok }) => ok)).toBe(true);
    // Those that hang were under way all the time: only now they end.
    by.close();
    const errors = (await Promise.all(hanging)).map(({ error }) => error);
    expect(new Set(errors)).toEqual(new Set(["the sender was closed"]));
  });

  test("ignores a proxy in the environment", async () => {
    const target = await receiver((_request, response) => response.end());
    const proxy = await canary();
    const program = `
      import { createAddressGuard } from ${JSON.stringify(import.meta.resolve("./address-guard.ts"))};
      import { createWebhookSender } from ${JSON.stringify(import.meta.resolve("./send-webhook.ts"))};
      const guard = createAddressGuard({ allowedCidrs: ["loopback"] });
      const sender = createWebhookSender({ guard });
      const result = await sender.send({ url: process.argv[1], headers: {}, body: "{}" });
      sender.close();
      console.log(result.statusCode);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--no-warnings", "-e", program, target.url],
      {
        env: {
          ...process.env,
          NODE_USE_ENV_PROXY: "1",
          HTTP_PROXY: new URL(proxy.url).origin,
          http_proxy: new URL(proxy.url).origin,
          NO_PROXY: "",
          no_proxy: "",
        },
      },
    );
    expect(stdout.trim()).toBe("200");
    expect(proxy.untouched()).toBe(true);
  });
});

describe("an answer", () => {
  test.each([200, 201, 202, 204, 299])("of %i is a success", async (status) => {
    const { url } = await receiver((_request, response) => response.writeHead(status).end());
    expect(await post(url)).toMatchObject({ ok: true, statusCode: status, error: null });
  });

  test.each([304, 400, 401, 404, 410, 429, 500, 503])("of %i is a failure", async (status) => {
    const { url } = await receiver((_request, response) => response.writeHead(status).end());
    const result = await post(url);
    expect(result).toMatchObject({ ok: false, statusCode: status });
    expect(result.error).toContain(`answered ${status}`);
  });

  test.each([301, 302, 303, 307, 308])("of %i is not followed", async (status) => {
    const elsewhere = await canary();
    const { url } = await receiver((_request, response) =>
      response.writeHead(status, { location: elsewhere.url }).end(),
    );
    expect(await post(url)).toMatchObject({
      ok: false,
      statusCode: status,
      error: `answered ${status}; redirects are not followed`,
    });
    await wait(50);
    expect(elsewhere.untouched()).toBe(true);
  });

  test.each(["120", "Fri, 06 Nov 2026 09:00:00 GMT"])(
    "gives its Retry-After: %s",
    async (value) => {
      const { url } = await receiver((_request, response) =>
        response.writeHead(429, { "retry-after": value }).end("slow down"),
      );
      expect(await post(url)).toMatchObject({
        statusCode: 429,
        retryAfter: value,
        responseBody: "slow down",
      });
    },
  );

  test("after interim ones is the one that counts", async () => {
    const { url } = await receiver((_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</x>; rel=preload" });
      response.writeHead(200).end();
    });
    expect(await post(url)).toMatchObject({ ok: true, statusCode: 200 });
  });

  test("that comes after 4 s of silence is still waited for", async () => {
    const { url } = await receiver((_request, response) => {
      setTimeout(() => response.end("late"), 4_300);
    });
    expect(await post(url)).toMatchObject({ ok: true, responseBody: "late" });
  });

  test("of exactly 4,096 bytes is kept whole and so is the connection", async () => {
    const { url, connections } = await receiver((_request, response) =>
      response.end("x".repeat(4_096)),
    );
    const by = sender();
    for (let sent = 0; sent < 3; sent += 1) {
      expect((await post(url, by)).responseBody).toHaveLength(4_096);
    }
    expect(connections).toHaveLength(1);
  });

  test("that never ends is cut at 4,096 bytes, its status counts, the connection goes", async () => {
    let written = 0;
    const { url, connections } = await receiver((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write("y".repeat(1_000))) written += 1_000;
      };
      response.on("drain", write);
      write();
    });
    const result = await post(url);
    expect(result).toMatchObject({ ok: true, statusCode: 200 });
    expect(result.responseBody).toBe("y".repeat(4_096));
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
    expect(written).toBeLessThan(20_000_000);
  });

  test("is kept as text that PostgreSQL can store, in at most the bytes allowed", async () => {
    const answers = fc.uint8Array({ maxLength: 60 });
    let next: Uint8Array = new Uint8Array();
    const { url } = await receiver((_request, response) => response.end(next));
    const by = sender({ maxResponseBytes: 40 });
    await fc.assert(
      fc.asyncProperty(answers, async (bytes) => {
        next = bytes;
        const { responseBody } = await post(url, by);
        expect(responseBody).not.toContain("\0");
        expect(responseBody?.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(responseBody ?? "")).toBeLessThanOrEqual(40);
      }),
    );
    next = Buffer.from(`a\0b${"x".repeat(36)}é`);
    expect((await post(url, by)).responseBody).toBe(`a\uFFFDb${"x".repeat(35)}`);
  });

  test.each([
    ["is not HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["has endless headers", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`],
    [
      "has conflicting lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ],
    [
      "switches protocols",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    ],
  ])("that %s is a failure", async (_what, bytes) => {
    const { url } = await rawReceiver((socket) => socket.write(bytes));
    const result = await post(url, sender({ timeoutMs: 1_000 }));
    expect(result.ok).toBe(false);
    expect(result.error).toMatch(/./);
  });

  test("that breaks off is a failure, with what came of it", async () => {
    const { url } = await rawReceiver((socket) =>
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"),
    );
    expect(await post(url)).toMatchObject({
      ok: false,
      statusCode: 200,
      responseBody: "half",
      error: expect.stringMatching(/aborted|closed/) as string,
    });
  });
});

describe("the deadline", () => {
  const timeoutMs = 300;
  const tooLate = { ok: false, error: "no complete answer within 300 ms" };

  beforeEach(() => {
    dripped = 0;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });

  /** Checks that an attempt that has got as far as `begun` says is cut at the deadline, and not before. */
  async function expectCutOnce(begun: () => boolean, attempt: Promise<AttemptResult>) {
    let isCut = false;
    void attempt.then(() => (isCut = true));
    // A poll of vitest's would turn the clock.
    while (!begun()) await wait(5);
    vi.advanceTimersByTime(timeoutMs - 1);
    await wait(50);
    expect(isCut).toBe(false);
    vi.advanceTimersByTime(1);
    const result = await attempt;
    expect(result).toMatchObject({ ...tooLate, durationMs: timeoutMs });
    return result;
  }

  async function expectCut(
    receiver: Receiver,
    expected: object,
    begun = () => receiver.connections.some(({ bytesRead }) => bytesRead > 0),
  ) {
    const result = await expectCutOnce(begun, post(receiver.url, sender({ timeoutMs })));
    expect(result).toMatchObject(expected);
    await expect.poll(() => receiver.connections.every(({ destroyed }) => destroyed)).toBe(true);
  }

  let dripped = 0;
  const hasDripped = () => dripped > 10;

  function drip(socket: Socket, text: string) {
    const timer = setInterval(() => {
      socket.write(text[dripped % text.length] ?? "");
      dripped += 1;
    }, 20);
    socket.on("close", () => {
      clearInterval(timer);
    });
  }

  test("cuts a receiver that never answers", async () => {
    await expectCut(await rawReceiver(() => undefined), { statusCode: null, responseBody: null });
  });

  test("cuts a receiver that never reads a large body", async () => {
    const silent = await listening(createRawServer((socket) => socket.pause()));
    const attempt = sender({ timeoutMs }).send({
      url: silent.url,
      headers: {},
      body: "x".repeat(50_000_000),
    });
    await expectCutOnce(() => silent.connections.length > 0, attempt);
  });

  test("cuts an answer that drips its headers", async () => {
    await expectCut(
      await rawReceiver((socket) => {
        drip(socket, `HTTP/1.1 200 OK\r\nx: ${"y".repeat(1_000)}`);
      }),
      { statusCode: null },
      hasDripped,
    );
  });

  test("cuts an answer that drips its body, which is then no success", async () => {
    await expectCut(
      await rawReceiver((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        drip(socket, "z");
      }),
      { statusCode: 200, responseBody: expect.stringMatching(/^z+$/) as string },
      hasDripped,
    );
  });

  test("cuts endless interim answers", async () => {
    await expectCut(
      await rawReceiver((socket) => {
        drip(socket, "HTTP/1.1 102 Processing\r\n\r\n".repeat(3));
      }),
      { statusCode: null },
      () => dripped > "HTTP/1.1 102 Processing\r\n\r\n".length,
    );
  });

  test("counts the time to resolve the name", async () => {
    let isAsked = false;
    const resolve = () => {
      isAsked = true;
      return new Promise<never>(() => undefined);
    };
    const attempt = post("http://slow.example/", sender({ timeoutMs, resolve }));
    await expectCutOnce(() => isAsked, attempt);
  });
});

describe("what cannot be reached", () => {
  test("is a failure that says why", async () => {
    const { port } = await canary();
    const closed = await receiver(() => undefined);
    await cleanups.pop()?.();
    expect(await post(closed.url)).toMatchObject({
      error: "the receiver refused the connection",
      detail: expect.stringContaining("ECONNREFUSED") as string,
    });
    expect((await post(`https://127.0.0.1:${port}/`)).error).toMatch(
      /no TLS connection .*(EPROTO|SSL)/,
    );
    const unresolved = sender({
      resolve: () => Promise.reject(Object.assign(new Error("not found"), { code: "ENOTFOUND" })),
    });
    const gone = await post("http://gone.example/", unresolved);
    const inside = await post(
      "http://jenkins.example/",
      sender({ allowedCidrs: [], resolve: localOnly("10.1.2.3") }),
    );
    // The same error for both, so that nobody learns the names of the internal network.
    expect(inside.error).toBe(gone.error);
    expect(gone.error).toMatch(/leads to no address that callbacks may go to/);
    expect([gone.detail, inside.detail]).toEqual([
      "not found",
      expect.stringContaining("jenkins.example (10.1.2.3)"),
    ]);
  });

  test("on several addresses says why for each", async () => {
    const closed = await receiver(() => undefined);
    await cleanups.pop()?.();
    const by = sender({
      resolve: () =>
        Promise.resolve([
          { address: "127.0.0.1", family: 4 },
          { address: "::1", family: 6 },
        ]),
    });
    const { error, detail } = await post(`http://two.example:${closed.port}/`, by);
    expect(detail).toMatch(/127\.0\.0\.1.*; .*::1/);
    expect(error).not.toMatch(/127\.0\.0\.1|::1/);
  });

  test("or read never rejects, whatever the URL, headers and body", async () => {
    const text = fc.string({ unit: "binary" });
    const by = sender({ allowedCidrs: [], resolve: () => Promise.reject(new Error("no")) });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(text, fc.webUrl()),
        fc.dictionary(text, text),
        fc.dictionary(text, text),
        text,
        async (url, headers, callbackHeaders, body) => {
          const result = await by.send({ url, headers, callbackHeaders, body });
          expect(result).toMatchObject({ ok: false, statusCode: null });
          expect(result.error).toMatch(/./s);
        },
      ),
    );
  });
});

describe("TLS", () => {
  async function tlsReceiver() {
    const server = createTlsServer({ key: pem, cert: pem }, (_request, response) => {
      response.end("secret received");
    });
    const { port, connections } = await listening(server);
    return { url: `https://localhost:${port}/`, port, connections };
  }
  const toLocal = { resolve: localOnly() };

  function trustFixture() {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, pem]);
    cleanups.push(() => {
      setDefaultCACertificates(before);
    });
  }

  test("with a certificate nobody vouches for is a failure that says so", async () => {
    const { url } = await tlsReceiver();
    expect(await post(url, sender(toLocal))).toMatchObject({
      ok: false,
      statusCode: null,
      error: expect.stringMatching(
        /^the receiver's certificate is not valid \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
      ) as string,
    });
  });

  test("is verified although the environment switches that off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    cleanups.push(() => vi.unstubAllEnvs());
    const { url } = await tlsReceiver();
    expect(await post(url, sender(toLocal))).toMatchObject({ ok: false, statusCode: null });
  });

  test("with a trusted certificate delivers, over a kept connection", async () => {
    trustFixture();
    const { url, connections } = await tlsReceiver();
    const by = sender(toLocal);
    for (let sent = 0; sent < 5; sent += 1) {
      expect(await post(url, by)).toMatchObject({ ok: true, responseBody: "secret received" });
    }
    expect(connections).toHaveLength(1);
  });

  test("with a trusted certificate of another name is a failure", async () => {
    trustFixture();
    const { port } = await tlsReceiver();
    const { error, ok } = await post(`https://other.example:${port}/`, sender(toLocal));
    expect(ok).toBe(false);
    expect(error).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
    expect((await post(`https://127.0.0.1:${port}/`, sender(toLocal))).ok).toBe(false);
  });
});

describe("addresses", () => {
  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "0.0.0.0",
    "0",
    "localhost",
  ])("of this machine written as %s are not connected to", async (host) => {
    const target = await canary();
    const result = await post(`http://${host}:${target.port}/`, sender({ allowedCidrs: [] }));
    expect(result).toMatchObject({ ok: false, statusCode: null });
    expect(result.error).toContain("SAYSO_ALLOWED_CALLBACK_CIDRS");
    expect(target.untouched()).toBe(true);
  });

  test("that rebind after they were checked are not connected to", async () => {
    const target = await canary();
    let asked = 0;
    const by = sender({
      allowedCidrs: [],
      // TEST-NET-1 of RFC 5737: public to the guard, and nobody is there.
      resolve: () => {
        asked += 1;
        return localOnly(asked === 1 ? "192.0.2.1" : "127.0.0.1")("");
      },
    });
    const url = `http://rebind.example:${target.port}/`;
    const first = await by.send({ url, headers: {}, body: "{}", timeoutMs: 400 });
    expect(first.ok).toBe(false);
    expect(asked).toBe(1);
    expect((await post(url, by)).detail).toContain("127.0.0.1");
    expect(asked).toBe(2);
    expect(target.untouched()).toBe(true);
  });

  test("that were checked are the ones connected to", async () => {
    const { port, connections } = await receiver((_request, response) => {
      response.writeHead(200, { connection: "close" }).end();
    });
    let asked = 0;
    const by = sender({
      resolve: () => {
        asked += 1;
        return localOnly(asked === 1 ? "127.0.0.1" : "10.0.0.1")("");
      },
    });
    const url = `http://rebind.example:${port}/`;
    expect((await post(url, by)).ok).toBe(true);
    expect(asked).toBe(1);
    expect((await post(url, by)).detail).toContain("10.0.0.1");
    expect(connections).toHaveLength(1);
  });

  test("are refused when only one of several is blocked", async () => {
    const target = await canary();
    const by = sender({
      allowedCidrs: [],
      resolve: () =>
        Promise.resolve([
          { address: "192.0.2.1", family: 4 },
          { address: "127.0.0.1", family: 4 },
        ]),
    });
    const { error, detail } = await post(`http://mixed.example:${target.port}/`, by);
    expect(detail).toContain("127.0.0.1");
    expect(error).not.toContain("127.0.0.1");
    expect(target.untouched()).toBe(true);
  });
});

describe("a kept connection that the receiver ends", () => {
  const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  /** A receiver that answers the first request of each connection, and calls `atSecond` for every later one. */
  async function flaky(atSecond: (socket: Socket) => void, healthyConnections = Infinity) {
    let requests = 0;
    let connected = 0;
    const server = createRawServer((socket) => {
      connected += 1;
      const isHealthy = connected <= healthyConnections;
      let requestsHere = 0;
      socket.on("data", () => {
        requests += 1;
        requestsHere += 1;
        if (requestsHere === 1 && isHealthy) socket.write(ok);
        else atSecond(socket);
      });
    });
    return { ...(await listening(server)), requests: () => requests };
  }

  test("as it is used again costs one more attempt at once, and delivers", async () => {
    for (const end of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.resetAndDestroy(),
      (socket: Socket) => socket.end(),
    ]) {
      const { url, requests, connections } = await flaky(end);
      const by = sender();
      expect(await post(url, by)).toMatchObject({ ok: true });
      const second = await post(url, by);
      expect(second).toMatchObject({ ok: true, responseBody: "ok" });
      expect(requests()).toBe(3);
      expect(connections).toHaveLength(2);
    }
  });

  test("is retried over a new connection, not over another idle one", async () => {
    const { url, requests, connections } = await flaky((socket) => socket.destroy());
    const by = sender();
    await Promise.all([post(url, by), post(url, by), post(url, by)]);
    expect(connections).toHaveLength(3);
    expect(await post(url, by)).toMatchObject({ ok: true });
    expect(requests()).toBe(5);
    expect(connections).toHaveLength(4);
  });

  test("is retried once only", async () => {
    const { url, requests } = await flaky((socket) => socket.destroy(), 1);
    const by = sender();
    await post(url, by);
    expect(await post(url, by)).toMatchObject({ ok: false, statusCode: null });
    expect(requests()).toBe(3);
  });

  test("after a byte of its answer is not retried", async () => {
    const { url, requests } = await flaky((socket) => socket.end("H"));
    const by = sender();
    await post(url, by);
    expect(await post(url, by)).toMatchObject({ ok: false });
    expect(requests()).toBe(2);
  });

  test("as a new one is not retried", async () => {
    const { url, requests } = await flaky((socket) => socket.destroy(), 0);
    expect(await post(url)).toMatchObject({ ok: false });
    expect(requests()).toBe(1);
  });

  test("while idle costs nothing and breaks nothing", async () => {
    const { url, connections } = await flaky(() => undefined);
    const by = sender();
    await post(url, by);
    connections[0]?.resetAndDestroy();
    await wait(50);
    expect(await post(url, by)).toMatchObject({ ok: true });
  });
});

describe("ending early", () => {
  test("by the caller's signal is a failure at once and ends the connection", async () => {
    const hanging = await receiver(() => undefined);
    const controller = new AbortController();
    const sent = sender().send({
      url: hanging.url,
      headers: {},
      body: "{}",
      signal: controller.signal,
    });
    await expect.poll(() => hanging.connections).toHaveLength(1);
    controller.abort();
    expect(await sent).toMatchObject({ ok: false, error: "the attempt was cancelled" });
    await expect.poll(() => hanging.connections[0]?.destroyed).toBe(true);
  });

  test("before it begins sends nothing", async () => {
    const target = await canary();
    const signal = AbortSignal.abort();
    const result = await sender().send({ url: target.url, headers: {}, body: "{}", signal });
    expect(result).toMatchObject({ ok: false, error: "the attempt was cancelled" });
    await wait(50);
    expect(target.untouched()).toBe(true);
  });

  test("by closing the sender fails what is under way and what follows", async () => {
    const hanging = await receiver(() => undefined);
    const quick = await receiver((_request, response) => response.end());
    const by = sender();
    await post(quick.url, by);
    const sent = post(hanging.url, by);
    await expect.poll(() => hanging.connections).toHaveLength(1);
    by.close();
    expect(await sent).toMatchObject({ ok: false, error: "the sender was closed" });
    expect((await post(quick.url, by)).error).toBe("the sender was closed");
    const all = () => [...hanging.connections, ...quick.connections];
    await expect.poll(() => all().every(({ destroyed }) => destroyed)).toBe(true);
    expect(quick.connections).toHaveLength(1);
  });
});
