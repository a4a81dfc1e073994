import { verifyWebhook, WebhookVerificationError, type WebhookHeaders } from "@sayso/client";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";

const secret = `whsec_${Buffer.alloc(32, "key").toString("base64")}`;
const other = `whsec_${Buffer.alloc(32, "other").toString("base64")}`;
const body = JSON.stringify({ request_id: "r1", status: "approved", note: "größer – 👍" });
const now = new Date("2026-03-25T10:00:00Z");

/** Signs as the reference implementation does. */
function sign(options: { secret?: string; at?: Date; id?: string; body?: string } = {}) {
  const { id = "msg_1", at = now } = options;
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(options.secret ?? secret).sign(id, at, options.body ?? body),
  };
}

const codeOf = (verifying: Promise<unknown>): Promise<string> =>
  verifying.then(
    () => "believed",
    (error: unknown) => {
      expect(error).toBeInstanceOf(WebhookVerificationError);
      return (error as WebhookVerificationError).code;
    },
  );

describe("a webhook is believed", () => {
  test.each<[string, WebhookHeaders]>([
    ["fetch gives headers", new Headers(sign())],
    ["node:http does", sign()],
    [
      "somebody capitalised them",
      Object.fromEntries(Object.entries(sign()).map(([k, v]) => [k.toUpperCase(), v])),
    ],
    ["they come as lists", Object.fromEntries(Object.entries(sign()).map(([k, v]) => [k, [v]]))],
  ])("as %s", async (_, headers) => {
    expect(await verifyWebhook(headers, body, secret, { now })).toEqual({
      id: "msg_1",
      sentAt: now,
      payload: JSON.parse(body) as object,
    });
  });

  test("also as bytes, and with more behind them in the same buffer", async () => {
    const bytes = Buffer.concat([Buffer.from("xx"), Buffer.from(body), Buffer.from("xx")]);
    const part = bytes.subarray(2, -2);
    expect((await verifyWebhook(sign(), part, secret, { now })).payload.status).toBe("approved");
  });

  test("during a rotation, by whichever of the secrets and signatures fit", async () => {
    expect((await verifyWebhook(sign({ secret: other }), body, [secret, other], { now })).id).toBe(
      "msg_1",
    );
    const both = {
      ...sign(),
      "webhook-signature": `v2,xx ${sign({ secret: other })["webhook-signature"]} ${sign()["webhook-signature"]}`,
    };
    expect((await verifyWebhook(both, body, secret, { now })).id).toBe("msg_1");
  });

  test.each([-300, 300])("%i s from now", async (seconds) => {
    const at = new Date(now.getTime() + seconds * 1000);
    expect(await codeOf(verifyWebhook(sign({ at }), body, secret, { now }))).toBe("believed");
  });
});

describe("a webhook is refused", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      "of another secret",
      () => verifyWebhook(sign({ secret: other }), body, secret, { now }),
      "no_matching_signature",
    ],
    [
      "altered",
      () => verifyWebhook(sign(), body.replace("approved", "rejected"), secret, { now }),
      "no_matching_signature",
    ],
    [
      "under another id",
      () => verifyWebhook({ ...sign(), "webhook-id": "msg_2" }, body, secret, { now }),
      "no_matching_signature",
    ],
    [
      "with the time moved",
      () =>
        verifyWebhook(
          { ...sign(), "webhook-timestamp": String(now.getTime() / 1000 + 1) },
          body,
          secret,
          { now },
        ),
      "no_matching_signature",
    ],
    [
      "with no secret at all",
      () => verifyWebhook(sign(), body, [], { now }),
      "no_matching_signature",
    ],
    [
      "with a signature that is none",
      () => verifyWebhook({ ...sign(), "webhook-signature": "v1,*** v1" }, body, secret, { now }),
      "no_matching_signature",
    ],
    [
      "301 s old",
      () => verifyWebhook(sign({ at: new Date(now.getTime() - 301_000) }), body, secret, { now }),
      "timestamp_too_old",
    ],
    [
      "301 s ahead",
      () => verifyWebhook(sign({ at: new Date(now.getTime() + 301_000) }), body, secret, { now }),
      "timestamp_too_new",
    ],
    [
      "without an id",
      () => verifyWebhook({ ...sign(), "webhook-id": undefined }, body, secret, { now }),
      "missing_header",
    ],
    [
      "without headers",
      () => verifyWebhook(new Headers(), body, secret, { now }),
      "missing_header",
    ],
    [
      "with an id twice",
      () => verifyWebhook({ ...sign(), "webhook-id": ["msg_1", "msg_1"] }, body, secret, { now }),
      "malformed_header",
    ],
    [
      "with a time that is none",
      () => verifyWebhook({ ...sign(), "webhook-timestamp": "1e9" }, body, secret, { now }),
      "malformed_header",
    ],
    [
      "whose body is no object",
      () => verifyWebhook(sign({ body: "[" }), "[", secret, { now }),
      "malformed_body",
    ],
  ])("%s", async (_, verifying, code) => {
    expect(await codeOf(verifying())).toBe(code);
  });

  test.each(["", "secret", "whsec_short", "whsec_***"])(
    "and a secret that is none is told: %j",
    async (malformed) => {
      await expect(verifyWebhook(sign(), body, malformed, { now })).rejects.toThrow(RangeError);
    },
  );

  test("after five minutes by the clock of now, unless told otherwise", async () => {
    const at = new Date(Date.now() - 3_600_000);
    expect(await codeOf(verifyWebhook(sign({ at }), body, secret))).toBe("timestamp_too_old");
    const options = { toleranceSeconds: 7200 };
    expect(await codeOf(verifyWebhook(sign({ at }), body, secret, options))).toBe("believed");
  });
});
