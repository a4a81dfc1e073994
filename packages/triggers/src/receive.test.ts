import { must } from "@sayso/must";
import {
  createWebhookSecret,
  signWebhook,
  verifyWebhook,
  WebhookVerificationError,
} from "@sayso/signature";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { receive, TEST_EVENT, type ReceiveOptions } from "./receive.ts";
import { sampleItem } from "./sample-item.ts";
import { settle } from "./settle.ts";
import { NOW } from "./test-server.ts";

const secret = createWebhookSecret();
const nowSeconds = NOW.getTime() / 1000;
const item = sampleItem("approval.approved");

/** A webhook as Sayso sends it. */
function sent(content: unknown = item, { id = "webhook-1", timestampSeconds = nowSeconds } = {}) {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  return { body, headers: signWebhook({ id, timestampSeconds, body, secrets: [secret] }) };
}

const take = (options: Partial<ReceiveOptions> = {}) =>
  receive({ ...sent(), secrets: [secret], now: NOW, ...options });

describe("a webhook", () => {
  test("gives the item that a poll would give, and is answered with 200", async () => {
    expect(await take()).toEqual({
      status: 200,
      fault: null,
      items: [item],
      move: null,
      test: null,
    });
  });

  test("that comes again is answered with 200 and hands out nothing", async () => {
    const first = await take();
    const again = await take(sent(item, { timestampSeconds: nowSeconds + 5 }));
    const { items, state } = settle(null, first);
    expect(items).toEqual([item]);
    expect(again.status).toBe(200);
    expect(settle(JSON.parse(JSON.stringify(state)), again).items).toEqual([]);
  });

  test("of a second subscription to the same event hands out nothing either", async () => {
    const first = await take();
    const second = await take(sent(item, { id: "webhook-2" }));
    expect(settle(settle(null, first).state, second).items).toEqual([]);
  });

  test("may be signed with any of the secrets", async () => {
    const others = [createWebhookSecret(), createWebhookSecret()];
    expect(await take({ secrets: [must(others[0]), secret, must(others[1])] })).toMatchObject({
      status: 200,
    });
    expect(await take({ secrets: others })).toMatchObject({
      status: 401,
      fault: "no_matching_signature",
      items: [],
    });
  });

  test("is refused while no secret is known: it may have come before the answer that holds it", async () => {
    expect(await take({ secrets: [] })).toMatchObject({ status: 401, items: [] });
  });

  test("to a trigger that is switched off ends the subscription, whatever it holds", async () => {
    expect(await take({ isActive: false, secrets: [] })).toMatchObject({
      status: 410,
      fault: "not_active",
      items: [],
    });
  });

  test("that is a test is told apart and is no item", async () => {
    const test = { ...sampleItem(TEST_EVENT), request: null, request_id: null };
    expect(await take(sent(test))).toEqual({
      status: 200,
      fault: null,
      items: [],
      move: null,
      test,
    });
  });

  test("of an event that isn't wanted is taken and gives no item", async () => {
    expect(await take({ types: ["approval.rejected"] })).toMatchObject({ status: 200, items: [] });
    expect(await take({ filter: { source: ["n8n"] } })).toMatchObject({ status: 200, items: [] });
    expect(await take({ types: ["approv.*"] })).toMatchObject({ status: 200, items: [] });
    expect(await take({ types: ["approval.*"] })).toMatchObject({ items: [item] });
  });

  test("passes no filter on what its request doesn't have, or without a request", async () => {
    const filter = { action_type: ["refund"] };
    const without = { ...item, request: { ...item.request, action_type: null } };
    expect((await take({ filter })).items).toHaveLength(1);
    expect((await take({ ...sent(without), filter })).items).toEqual([]);
    expect((await take({ ...sent({ ...item, request: null }), filter })).items).toEqual([]);
  });

  test.each([
    ["no JSON", "{", "malformed_body"],
    ["nothing", "", "malformed_body"],
    ["null", "null", "malformed_body"],
    ["a list", "[]", "not_an_event"],
    ["no id", { ...item, id: undefined }, "not_an_event"],
    ["a number as id", { ...item, id: 7 }, "not_an_event"],
    ["no type", { ...item, type: "" }, "not_an_event"],
    ["no time", { ...item, created_at: null }, "not_an_event"],
    ["an endless id", { ...item, id: "x".repeat(101) }, "not_an_event"],
  ])("that holds %s is answered with 400", async (_what, content, fault) => {
    expect(await take(sent(content))).toMatchObject({ status: 400, fault, items: [] });
  });

  test("that is an event with little in it is an item with nulls", async () => {
    const { id, type, created_at } = item;
    const received = await take(sent({ id, type, created_at, request: [], data: "x" }));
    expect(received.items).toEqual([
      {
        id,
        type,
        created_at,
        sequence: null,
        organization_id: null,
        request_id: null,
        actor: null,
        data: {},
        request: null,
      },
    ]);
  });

  test.each([
    [300, 200],
    [301, 401],
    [-300, 200],
    [-301, 401],
  ])("that is %i s old is answered with %i", async (ageSeconds, status) => {
    const message = sent(item, { timestampSeconds: nowSeconds - ageSeconds });
    expect((await take(message)).status).toBe(status);
  });

  test.each(["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_" + "A".repeat(28)])(
    "is an error of ours when the stored secret is none, which is never repeated: %s",
    async (bad) => {
      const error = await take({ secrets: [bad] }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toMatch(/^a webhook secret is whsec_ and /);
    },
  );
});

describe("who sent it", () => {
  const anySecret = fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((bytes) => "whsec_" + Buffer.from(bytes).toString("base64"));
  const flip = (text: string, at: number) => {
    const place = at % text.length;
    const other = text[place] === "A" ? "B" : "A";
    return text.slice(0, place) + other + text.slice(place + 1);
  };
  /** The part of a message that is altered, or nothing. */
  const tampered = fc.constantFrom("nothing", "body", "id", "timestamp", "signature", "secret");
  const header = fc.constantFrom("webhook-id", "webhook-timestamp", "webhook-signature");
  const mishap = fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    fc.record({
      header,
      value: fc.constantFrom(undefined, "", "0x1", "+1", "a b", ["a", "b"], "v1,", "v2,AAAA"),
    }),
  );

  function verdictOfServer(message: Parameters<typeof verifyWebhook>[0]): string | null {
    try {
      verifyWebhook(message);
      return null;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return error.code;
      throw error;
    }
  }

  test("is judged as packages/signature judges it on the server, whatever is wrong", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
        fc.string({ unit: "grapheme" }),
        fc.uniqueArray(anySecret, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -310, max: 310 }),
        tampered,
        fc.nat({ max: 1000 }),
        mishap,
        async (id, title, secrets, ageSeconds, wrong, at, mishap) => {
          const body = JSON.stringify({ ...item, request: { title } });
          const timestampSeconds = nowSeconds - ageSeconds;
          const signing = wrong === "secret" ? [createWebhookSecret()] : [must(secrets.at(-1))];
          const headers: Record<string, string | string[] | undefined> = {
            ...signWebhook({ id, timestampSeconds, body, secrets: signing }),
          };
          if (wrong === "id") headers["webhook-id"] = flip(id, at);
          if (wrong === "timestamp") headers["webhook-timestamp"] = String(timestampSeconds + 1);
          if (wrong === "signature")
            headers["webhook-signature"] = flip(headers["webhook-signature"] as string, at);
          if (mishap) headers[mishap.header] = mishap.value;
          const claimed = wrong === "body" ? body + " " : body;

          const message = { headers, body: claimed, secrets, now: NOW };
          const fault = verdictOfServer(message);
          const received = await receive(message);
          expect([received.fault, received.items.length]).toEqual([fault, fault ? 0 : 1]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("signs in one spelling: the same bytes in other base64 are refused", async () => {
    const { headers } = sent();
    const signature = headers["webhook-signature"];
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const next = must(last[last.indexOf(must(signature.at(-2))) + 1]);
    for (const other of [`${signature.slice(0, -2)}${next}=`, signature.slice(0, -1)])
      expect(await take({ headers: { ...headers, "webhook-signature": other } })).toMatchObject({
        status: 401,
      });
  });

  test("is read from fetch's Headers, plain objects in any case and lists of one alike", async () => {
    const { headers } = sent();
    const alike = [
      new Headers(headers),
      Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), [v]])),
    ];
    for (const one of alike) expect(await take({ headers: one })).toMatchObject({ status: 200 });
  });
});
