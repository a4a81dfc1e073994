// Cases 1–5, 7, 8 and 16 of docs/faults.md: bodies that no honest client sends.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { gzipSync, brotliCompressSync, deflateSync } from "node:zlib";
import { openStage } from "@sayso/testkit";
import { afterAll, afterEach, describe, expect, test } from "vitest";

const stage = await openStage();
afterAll(() => stage.close());
const { machine, server, services } = stage;
const approvals = "/api/v1/approvals";
const json = { "Content-Type": "application/json" };

const post = (rawBody: string | Uint8Array, headers: Record<string, string> = json) =>
  machine.api.call<Record<string, unknown>>("POST", approvals, { rawBody, headers });

afterEach(async () => {
  expect((await machine.api.list({ page_size: 1 })).status).toBe(200);
});

/**
 * Sends a body piece by piece. @returns the status, and the number of bytes that were sent even if the server read less
 */
function stream(
  total: number,
  options: { length: boolean; headers?: Record<string, string> },
): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(65_536, " ");
    let sent = 0;
    const request = httpRequest(
      `${server.url}${approvals}`,
      {
        method: "POST",
        headers: {
          Authorization: `Bearer ${machine.key}`,
          ...json,
          ...options.headers,
          ...(options.length && { "Content-Length": total }),
        },
      },
      (response) => {
        response.resume();
        response.once("end", () => {
          request.destroy();
          resolve({ status: response.statusCode ?? 0, sent });
        });
      },
    );
    request.on("error", (error) => reject(error));
    const write = () => {
      while (sent < total && !request.destroyed) {
        const piece = chunk.subarray(0, Math.min(chunk.length, total - sent));
        sent += piece.length;
        if (!request.write(piece)) {
          request.once("drain", write);
          return;
        }
      }
      request.end();
    };
    write();
  });
}

/** Returns the resident memory of the process, in bytes. */
function memoryOf(pid: number): number {
  const kilobytes = existsSync(`/proc/${pid}/status`)
    ? /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(kilobytes) * 1024;
}

describe("size (case 1)", () => {
  test.each([
    ["announced", true],
    ["not announced", false],
  ])("10 MB, %s, is a 413 that the client gets to see", async (_, length) => {
    expect((await stream(10_000_000, { length })).status).toBe(413);
  });

  test("a megabyte is taken as a body, one byte more is not", async () => {
    const frame = JSON.stringify({
      title: "Big",
      description: "d",
      priority: "low",
      metadata: { filler: "" },
    });
    const body = (bytes: number) =>
      frame.replace('"filler":""', `"filler":"${"x".repeat(bytes - frame.length)}"`);
    expect((await post(body(1_000_000))).status).toBe(201);
    expect((await post(body(1_000_001))).status).toBe(413);
  });

  test("a hundred times 10 MB leave the server's memory where it was", async () => {
    const round = () =>
      Promise.all(
        Array.from({ length: 10 }, (_, i) => stream(10_000_000, { length: i % 2 === 0 })),
      );
    await round();
    const before = memoryOf(server.pid);
    for (let i = 0; i < 10; i++) {
      const answers = await round();
      expect(answers.every((answer) => answer.status === 413)).toBe(true);
    }
    expect(memoryOf(server.pid) - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("nesting (case 2)", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const withMetadata = (levels: number) =>
    `{"title":"Deep","description":"d","priority":"low","metadata":{"m":${nested(levels)}}}`;

  test("64 levels are data, 65 are a 400", async () => {
    expect((await post(withMetadata(62))).status).toBe(201);
    expect(await post(withMetadata(63))).toMatchObject({
      status: 400,
      error: { code: "VALIDATION_ERROR" },
    });
  });

  test.each([7000, 400_000])("%i levels are a 400", async (depth) => {
    expect(await post(withMetadata(depth))).toMatchObject({ status: 400 });
  });

  test("a million opening brackets and nothing else are a 400", async () => {
    expect((await post("[".repeat(1_000_000))).status).toBe(400);
    expect((await post('{"a":'.repeat(200_000))).status).toBe(400);
  });

  test("brackets inside of text are text", async () => {
    const answer = await post(
      JSON.stringify({ title: "[".repeat(500), description: '\\"{[', priority: "low" }),
    );
    expect(answer).toMatchObject({
      status: 201,
      body: { title: "[".repeat(500), description: '\\"{[' },
    });
  });
});

describe("characters that are none (cases 3 and 4)", () => {
  const base = { title: "t", description: "d", priority: "low" };
  const places: [string, (text: string) => object][] = [
    ...[
      "title",
      "description",
      "action_type",
      "source",
      "source_id",
      "source_name",
      "context_html",
      "idempotency_key",
    ].map((field): [string, (text: string) => object] => [field, (text) => ({ [field]: text })]),
    ["source_url", (text) => ({ source_url: `https://example.com/${text}` })],
    ["callback_url", (text) => ({ callback_url: `https://example.com/${text}` })],
    ["metadata, as a value", (text) => ({ metadata: { a: [{ b: text }] } })],
    ["metadata, as a key", (text) => ({ metadata: { [text]: 1 } })],
    ["callback_headers", (text) => ({ callback_headers: { "X-A": text } })],
  ];

  test.each(places)("NUL in %s is a 400", async (_, place) => {
    expect(await post(JSON.stringify({ ...base, ...place("a\0b") }))).toMatchObject({
      status: 400,
      error: { code: "VALIDATION_ERROR" },
    });
  });

  test.each(places)("half a surrogate pair in %s is a 400", async (_, place) => {
    for (const half of ["\ud83d", "\ude00", "\ude00\ud83d"]) {
      expect((await post(JSON.stringify({ ...base, ...place(`a${half}b`) }))).status).toBe(400);
    }
  });

  test("a whole pair, combining marks and every plane are text and come back as they were", async () => {
    const title = "😀 e\u0301 \u{10FFFD} 中 \u00a0 \u0001".trim();
    const { body } = await machine.api.create({ title, metadata: { [title]: title } });
    expect((await machine.api.get(body.id)).body).toMatchObject({
      title,
      metadata: { [title]: title },
    });
  });

  test.each([
    ["a comment", (id: string) => machine.api.comment(id, "a\0b")],
    ["a vote", (id: string) => stage.alice.api.approve(id, "a\0b")],
    ["a revision", (id: string) => machine.api.revise(id, { title: "a\0b" })],
    ["a step's name", (id: string) => machine.api.setSteps(id, [{ name: "a\0b" }])],
    ["a reason in the query", (id: string) => machine.api.cancel(id, "a\0b")],
    [
      "a team's name",
      () => stage.owner.api.call("POST", "/api/v1/teams", { body: { name: "a\0b" } }),
    ],
    [
      "the emergency stop's reason",
      () =>
        stage.owner.api.call("POST", "/api/v1/emergency-stop", {
          body: { active: true, reason: "a\0b" },
        }),
    ],
  ])("NUL in %s is a 400", async (_, send) => {
    const { body } = await machine.api.create();
    expect((await send(body.id)).status).toBe(400);
    expect((await machine.api.get(body.id)).body.status).toBe("pending");
  });

  test.each([
    "search",
    "action_type",
    "source",
    "source_id",
    "exclude_source_id",
    "status",
    "created_after",
  ])("NUL in the query's %s is a 400", async (name) => {
    expect((await machine.api.list({ [name]: "a\0b" })).status).toBe(400);
  });

  test.each(["%ED%A0%80", "%FF%FE", "%", "%zz"])(
    "%s in a query or path is never a 500",
    async (text) => {
      expect((await machine.api.call("GET", `${approvals}?search=${text}`)).status).toBeLessThan(
        500,
      );
      expect((await machine.api.call("GET", `${approvals}/${text}`)).status).toBeLessThan(500);
      expect((await machine.api.call("GET", `/${text}`)).status).toBeLessThan(500);
    },
  );
});

describe("names with a meaning (case 5)", () => {
  test("__proto__ and constructor in metadata are data or a 400, and never dropped in silence", async () => {
    const metadata =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"a":{"__proto__":[3]}}';
    const created = await post(
      `{"title":"t","description":"d","priority":"low","metadata":${metadata}}`,
    );
    if (created.status === 400) return;
    const read = await machine.api.get(String(created.body.id));
    expect(JSON.stringify(created.body.metadata)).toBe(metadata);
    expect(JSON.stringify(read.body.metadata)).toBe(metadata);
  });

  test("__proto__ beside the fields is an unknown field like any other", async () => {
    const created = await post(
      '{"title":"t","description":"d","priority":"low","__proto__":{"is_log":true,"action_type":"x"},"constructor":{"prototype":{"is_log":true}}}',
    );
    expect(created).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "__proto__" }, { field: "constructor" }] } },
    });
  });

  test("afterwards no other request has got anything by it", async () => {
    await post(
      '{"title":"t","description":"d","priority":"low","metadata":{"__proto__":{"description":"polluted","source":"polluted"}}}',
    );
    const answer = await machine.api.call<Record<string, unknown>>("POST", approvals, {
      body: { title: "t", priority: "low" },
    });
    expect(answer).toMatchObject({ status: 400, error: { message: "description is required" } });
    expect((await machine.api.create()).body.source).toBe(null);
  });
});

describe("duplicate keys (case 7)", () => {
  test("the last one wins, and the body is the same as one with only that", async () => {
    const twice = await post(
      '{"title":"first","title":"second","description":"d","priority":"low","metadata":{"a":1,"a":2},"idempotency_key":"duplicates"}',
    );
    expect(twice).toMatchObject({ status: 201, body: { title: "second", metadata: { a: 2 } } });
    const once = await post(
      '{"title":"second","description":"d","priority":"low","metadata":{"a":2},"idempotency_key":"duplicates"}',
    );
    expect(once).toMatchObject({ status: 200, body: { id: twice.body.id } });
    const first = await post(
      '{"title":"first","description":"d","priority":"low","metadata":{"a":2},"idempotency_key":"duplicates"}',
    );
    expect(first.status).toBe(409);
  });
});

describe("content types and encodings (case 8)", () => {
  const body = '{"title":"t","description":"d","priority":"low"}';

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded; charset=latin1",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonx",
    "*/*",
    "json",
    "application/json; charset=latin1",
    "application/json; charset=utf-16",
  ])("%s is a 415", async (type) => {
    expect((await post(body, { "Content-Type": type })).status).toBe(415);
  });

  test.each([
    "application/json",
    "Application/JSON; Charset=UTF-8",
    'application/json;charset="utf-8"',
    "application/vnd.api+json",
  ])("%s is taken", async (type) => {
    expect((await post(body, { "Content-Type": type })).status).toBe(201);
  });

  test("invalid UTF-8 is a 400, also inside of a text", async () => {
    for (const bytes of [
      [0xff],
      [0xc3, 0x28],
      [0xed, 0xa0, 0x80],
      [0xc0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
    ]) {
      const broken = Buffer.concat([
        Buffer.from('{"title":"t'),
        Buffer.from(bytes),
        Buffer.from('","description":"d","priority":"low"}'),
      ]);
      expect((await post(broken)).status).toBe(400);
    }
    expect((await post(Buffer.from(body, "utf16le"))).status).toBe(400);
  });

  test("a byte order mark in front is no fault", async () => {
    expect((await post(`\ufeff${body}`)).status).toBe(201);
  });

  test.each([
    "{",
    '{"title":',
    "{'title':'t'}",
    '{"title":"t",}',
    "NaN",
    "undefined",
    body + body,
    '{"a":01}',
    '"\n"',
  ])("%s is a 400", async (text) => {
    expect(await post(text)).toMatchObject({ status: 400, error: { code: "VALIDATION_ERROR" } });
  });

  test("numbers that a double can't keep are a 400", async () => {
    for (const number of ["1e400", "-1e400", "123456789012345678901234567890", "1e-400"]) {
      const answer = await post(
        `{"title":"t","description":"d","priority":"low","required_approvals":1,"metadata":{"n":${number}}}`,
      );
      expect([number, answer.status]).toEqual([number, 400]);
    }
  });
});

describe("compressed bodies (case 16)", () => {
  const bomb = Buffer.alloc(200_000_000, " ");

  test.each([
    ["gzip", gzipSync(bomb)],
    ["deflate", deflateSync(bomb)],
    ["br", brotliCompressSync(Buffer.alloc(20_000_000, " "), { params: {} })],
    ["gzip, gzip", gzipSync(gzipSync("{}"))],
    ["zstd", Buffer.from("{}")],
  ])("%s is refused without being unpacked", async (encoding, body) => {
    const before = memoryOf(server.pid);
    const answer = await post(body, { ...json, "Content-Encoding": encoding });
    expect([413, 415]).toContain(answer.status);
    expect(memoryOf(server.pid) - before).toBeLessThan(32 * 1024 * 1024);
  });
});

test("a body that ends early is not taken for a whole one", async () => {
  const [before] = await services.sql<{ n: number }>("select count(*)::int as n from requests");
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${server.url}${approvals}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${machine.key}`, ...json, "Content-Length": 1000 },
    });
    request.on("error", () => resolve());
    request.on("close", () => resolve());
    request.write('{"title":"t","description":"d","priority":"low"}');
    setTimeout(() => request.destroy(), 100);
  });
  const [after] = await services.sql<{ n: number }>("select count(*)::int as n from requests");
  expect(after).toEqual(before);
});
