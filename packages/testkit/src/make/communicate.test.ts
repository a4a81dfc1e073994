import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { must } from "@sayso/must";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { collect } from "./communicate.ts";
import type { RequestDirectives } from "./directives.ts";
import { poll, type TriggerState } from "./poll.ts";
import type { LogEntry } from "./send.ts";

// Tests how Make runs a piece of an app's code, against a server with prepared answers.

interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, unknown>;
  body: string;
}

let server: Server;
let base: RequestDirectives;
let asked: Asked[];
let answer: (request: Asked) => {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
};
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const url = new URL(must(request.url), "http://here");
      const one: Asked = {
        method: must(request.method),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body,
      };
      asked.push(one);
      const { status = 200, body: out = {}, headers = {} } = answer(one);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(out));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: { "x-base": "1", "x-both": "base" },
    qs: { from: "base" },
  };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  answer = () => ({});
});

const run = (requests: RequestDirectives | RequestDirectives[], scope = {}, log: LogEntry[] = []) =>
  collect({ requests, base, scope, log });

describe("a request", () => {
  test("is merged with the base, entry by entry", async () => {
    await run({ url: "/a", headers: { "x-both": "own" }, qs: { to: 2, none: "{{nothing}}" } });
    expect(asked[0]).toMatchObject({ method: "GET", path: "/a", query: { from: "base", to: "2" } });
    expect(must(asked[0]).headers).toMatchObject({ "x-base": "1", "x-both": "own" });
  });

  test.each([
    ["json", '{"a":1,"c":null}', "application/json"],
    ["urlencoded", "a=1&c=", "application/x-www-form-urlencoded"],
  ])("of the type %s leaves undefined out and keeps null", async (type, body, contentType) => {
    await run({ url: "/a", method: "POST", type, body: { a: 1, b: "{{nothing}}", c: null } });
    expect(asked[0]).toMatchObject({ body, headers: { "content-type": contentType } });
  });

  test("whose condition is false is passed over, and the next one has its turn", async () => {
    answer = ({ path }) => ({ body: { path } });
    const given = await run([
      { url: "/a", condition: "{{never}}" },
      { url: "/b", response: { temp: { seen: "{{body.path}}" } } },
      {
        url: "/c",
        temp: { own: "{{temp.seen}}" },
        response: { output: "{{temp.own}} {{body.path}}" },
      },
    ]);
    expect(given).toEqual(["/b /c"]);
    expect(asked.map(({ path }) => path)).toEqual(["/b", "/c"]);
  });

  test("with a directive that the interpreter doesn't know is refused", async () => {
    await expect(run({ url: "/a", repeat: {} } as RequestDirectives)).rejects.toThrow("repeat");
    expect(asked).toEqual([]);
  });
});

describe("an answer", () => {
  test("gives an item for each element that iterate lets through, with output and limit", async () => {
    answer = () => ({ body: { data: [1, 2, 3, 4, 5].map((id) => ({ id })) } });
    const iterate = { container: "{{body.data}}", condition: "{{item.id != 2}}" };
    const given = await run(
      { url: "/a", response: { iterate, output: "n{{item.id}}", limit: "{{most}}" } },
      { most: 3 },
    );
    expect(given).toEqual(["n1", "n3", "n4"]);
  });

  test.each([
    [404, undefined, "RuntimeError"],
    [429, undefined, "RateLimitError"],
    [503, undefined, "ConnectionError"],
    [404, { message: "{{body.why}}", type: "DataError" }, "DataError"],
    [
      404,
      { message: "all", 404: { message: "{{body.why}}", type: "DuplicateDataError" } },
      "DuplicateDataError",
    ],
  ])("of %i with the error directive %j is a %3$s", async (status, error, type) => {
    answer = () => ({ status, body: { why: "not there" } });
    await expect(run({ url: "/a", response: { error } })).rejects.toMatchObject({
      type,
      statusCode: status,
      message: error ? "not there" : `[${status}]`,
    });
  });

  test("that isn't valid is an error, though its status is good", async () => {
    answer = () => ({ body: { ok: false } });
    const valid = { condition: "{{body.ok}}", message: "Not {{body.ok}}", type: "DataError" };
    await expect(run({ url: "/a", response: { valid } })).rejects.toMatchObject({
      type: "DataError",
      message: "Not false",
    });
  });

  test("nobody gives is a ConnectionError", async () => {
    await expect(run({ url: "http://127.0.0.1:1/" })).rejects.toMatchObject({
      type: "ConnectionError",
      statusCode: null,
    });
  });

  test("is logged without what is to be sanitized", async () => {
    answer = () => ({ body: { secret: "s3cret", open: 1 } });
    const log: LogEntry[] = [];
    const sanitize = ["request.headers.authorization", "response.body.secret"];
    await run({ url: "/a", headers: { authorization: "k3y" }, log: { sanitize } }, {}, log);
    expect(JSON.stringify(log)).not.toMatch(/s3cret|k3y/);
    expect(must(log[0]).response.body).toMatchObject({ open: 1 });
  });
});

describe("pagination", () => {
  const pages = (count: number, size: number) => {
    answer = ({ query }) => {
      const page = Number(query.page ?? 1);
      const data =
        page > count ? [] : Array.from({ length: size }, (_, n) => (page - 1) * size + n);
      return { body: { data, page, last: count } };
    };
  };
  const request: RequestDirectives = {
    url: "/a",
    qs: { size: 2 },
    response: { iterate: "{{body.data}}", limit: "{{most}}" },
    pagination: { qs: { page: "{{body.page + 1}}" }, condition: "{{body.page < body.last}}" },
  };

  test("goes on while its condition holds, and keeps the rest of the request", async () => {
    pages(3, 2);
    expect(await run(request)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(asked.map(({ query }) => [query.page, query.size])).toEqual([
      [undefined, "2"],
      ["2", "2"],
      ["3", "2"],
    ]);
  });

  test("ends with the limit, with an empty page, and after 50 requests", async () => {
    pages(3, 2);
    expect(await run(request, { most: 3 })).toEqual([0, 1, 2]);
    expect(asked).toHaveLength(2);
    asked = [];
    await run({ ...request, pagination: { qs: { page: "{{body.page + 1}}" } } });
    expect(asked).toHaveLength(4);
    asked = [];
    pages(1000, 1);
    expect(await run(request)).toHaveLength(50);
  });

  test("doesn't read what the server says as a template", async () => {
    answer = ({ query }) => ({ body: { data: [1], next: query.after ? null : "{{secret}}" } });
    await run(
      {
        ...request,
        pagination: { qs: { after: "{{body.next}}" }, condition: "{{if(body.next, true, false)}}" },
      },
      { secret: "s3cret" },
    );
    expect(must(asked[1]).query.after).toBe("{{secret}}");
  });
});

describe("a polling trigger", () => {
  interface Row {
    id: number;
    at: number;
  }
  const trigger = (
    order: "asc" | "desc" | "unordered",
    type: "id" | "date",
  ): RequestDirectives => ({
    url: "/rows",
    response: {
      iterate: "{{body.data}}",
      limit: "{{limit}}",
      trigger: { type, order, id: "{{item.id}}", date: "{{parseDate(item.at)}}" },
    },
    pagination: { qs: { page: "{{body.page + 1}}" }, condition: "{{body.page < body.last}}" },
  });

  const SIZE = 4;
  const serve = (rows: readonly Row[]) => {
    answer = ({ query }) => {
      const page = Number(query.page ?? 1);
      const data = rows.slice((page - 1) * SIZE, page * SIZE);
      return { body: { data, page, last: Math.ceil(rows.length / SIZE) } };
    };
  };
  const arrange = (rows: Row[], order: string, type: string): Row[] => {
    const key = ({ id, at }: Row) => (type === "id" ? id : at * 1000 + id);
    const sorted = [...rows].sort((a, b) => key(a) - key(b));
    if (order === "asc") return sorted;
    if (order === "desc") return sorted.reverse();
    return sorted.sort((a, b) => ((a.id * 7) % 11) - ((b.id * 7) % 11));
  };

  test.each(["asc", "desc", "unordered"] as const)(
    "by date, in the order %s, gives every row once, oldest first, however they come and are cut",
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 9 }), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 1, max: 5 }),
          async (rounds, limit) => {
            const rows: Row[] = [];
            const given: Row[] = [];
            let state: TriggerState = {};
            let start = 1;
            for (const offsets of rounds) {
              // Later rounds can have the last date again, but never an earlier one.
              const last = Math.max(start, ...rows.map(({ at }) => at));
              for (const offset of offsets) rows.push({ id: rows.length + 1, at: last + offset });
              start = last;
              serve(arrange(rows, order, "date"));
              for (;;) {
                const polled = await poll(
                  { requests: trigger(order, "date"), base, scope: { limit }, log: [] },
                  state,
                );
                state = JSON.parse(JSON.stringify(polled.state)) as TriggerState;
                if (polled.bundles.length === 0) break;
                expect(polled.bundles.length).toBeLessThanOrEqual(limit);
                given.push(...(polled.bundles as Row[]));
              }
            }
            expect(given.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
              rows.map(({ id }) => id),
            );
            expect(given.map(({ at }) => at)).toEqual(
              given.map(({ at }) => at).sort((a, b) => a - b),
            );
          },
        ),
        { numRuns: 15 },
      );
    },
  );

  test("by id reads on only as far as it has to", async () => {
    serve(
      arrange(
        Array.from({ length: 20 }, (_, n) => ({ id: n + 1, at: 1 })),
        "desc",
        "id",
      ),
    );
    const communication = { requests: trigger("desc", "id"), base, scope: { limit: 3 }, log: [] };
    const polled = await poll(communication, { lastId: 14 });
    expect((polled.bundles as Row[]).map(({ id }) => id)).toEqual([15, 16, 17]);
    expect(polled.state).toEqual({ lastId: 17 });
    expect(asked).toHaveLength(2);
  });

  test("gives one item a run where no limit is said", async () => {
    serve([
      { id: 1, at: 1 },
      { id: 2, at: 2 },
    ]);
    const requests = trigger("asc", "date");
    delete must(requests.response).limit;
    expect((await poll({ requests, base, scope: {}, log: [] }, {})).bundles).toHaveLength(1);
  });

  test("looks at 3,200 records, no more", async () => {
    answer = ({ query }) => {
      const page = Number(query.page ?? 1);
      const data = Array.from({ length: 100 }, (_, n) => ({ id: page * 100 + n, at: 1 }));
      return { body: { data, page, last: 100 } };
    };
    await poll({ requests: trigger("unordered", "date"), base, scope: { limit: 1 }, log: [] }, {});
    expect(asked).toHaveLength(32);
  });
});
