import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import {
  createWebhookSecret,
  signWebhook,
  verifyWebhook,
  WebhookVerificationError,
} from "./index.ts";

// The vector with which the reference libraries of Standard Webhooks are tested.
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampSeconds: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => "whsec_" + Buffer.from(bytes).toString("base64"));
const secrets = fc.uniqueArray(secret, { minLength: 1, maxLength: 3 });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const timestampSeconds = fc.integer({ min: 1, max: 4_102_444_800 });
const body = fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.uint8Array({ maxLength: 200 }));

function at(seconds: number): Date {
  return new Date(seconds * 1000);
}

function codeOf(verify: () => unknown): string {
  try {
    verify();
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.code;
    throw error;
  }
  return "verified";
}

describe("a secret", () => {
  test("is whsec_ and 32 random bytes in base64, never the same twice", () => {
    const made = Array.from({ length: 100 }, createWebhookSecret);
    expect(new Set(made).size).toBe(100);
    for (const one of made) {
      expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(Buffer.from(one.slice(6), "base64")).toHaveLength(32);
    }
  });

  test.each([
    ["has no prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["is empty", "whsec_"],
    ["is shorter than 24 bytes", "whsec_" + "A".repeat(28)],
    ["is longer than 64 bytes", "whsec_" + "A".repeat(88)],
    ["is base64url", "whsec_" + "_".repeat(32)],
    ["holds a space", "whsec_MfKQ9r8GKYqrTwjU PD8ILPZIo2LaLaSw"],
  ])("that %s is refused without being repeated", (_why, bad) => {
    const sign = () => signWebhook({ ...vector, id: "msg_1", secrets: [bad] });
    expect(sign).toThrow(RangeError);
    expect(sign).toThrow(/^a webhook secret is whsec_ and the base64 of 24 to 64 bytes$/);
  });
});

describe("signing", () => {
  test("gives the known answer of Standard Webhooks", () => {
    const headers = signWebhook({ ...vector, secrets: [vector.secret] });
    expect(headers["webhook-id"]).toBe(vector.id);
    expect(headers["webhook-timestamp"]).toBe("1614265330");
    expect(headers["webhook-signature"]).toBe(vector.signature);
  });

  test("gives the okrunit header that openssl computes from the secret as shown", () => {
    const headers = signWebhook({ ...vector, secrets: [vector.secret] });
    expect(headers["X-OKRunit-Signature"]).toBe(
      "sha256=80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c",
    );
  });

  test("signs with every secret, the newest first, and the newest keys the okrunit header", () => {
    const older = createWebhookSecret();
    const both = signWebhook({ ...vector, secrets: [vector.secret, older] });
    const alone = signWebhook({ ...vector, secrets: [older] });
    expect(both["webhook-signature"]).toBe(`${vector.signature} ${alone["webhook-signature"]}`);
    expect(both["X-OKRunit-Signature"]).toBe(
      signWebhook({ ...vector, secrets: [vector.secret] })["X-OKRunit-Signature"],
    );
  });

  test("keys the okrunit header with another secret when asked", () => {
    const legacySecret = "sécret of another scheme";
    const headers = signWebhook({ ...vector, secrets: [vector.secret], legacySecret });
    expect(headers["X-OKRunit-Signature"]).toBe(
      "sha256=ce4d3d3d26e6333b3cd83cafaab78ea21c7288b263b037c447d22f71dd7d38e5",
    );
    expect(headers["webhook-signature"]).toBe(vector.signature);
  });

  test("takes a string and its UTF-8 bytes as the same body", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const common = { ...vector, secrets: [vector.secret] };
        expect(signWebhook({ ...common, body: Buffer.from(text) })).toEqual(
          signWebhook({ ...common, body: text }),
        );
      }),
    );
  });

  test.each([
    ["an empty id", { id: "" }],
    ["an id with a full stop", { id: "msg.1" }],
    ["an id with a line break", { id: "msg\r\nx: y" }],
    ["a fraction of a second", { timestampSeconds: 1.5 }],
    ["a time before 1970", { timestampSeconds: -1 }],
    ["no secret", { secrets: [] }],
    ["no secret but a legacy one", { secrets: [], legacySecret: "x" }],
  ])("refuses %s", (_what, wrong) => {
    expect(() => signWebhook({ ...vector, secrets: [vector.secret], ...wrong })).toThrow(
      RangeError,
    );
  });
});

describe("verifying", () => {
  test("accepts what was signed, with any of the secrets alone", () => {
    fc.assert(
      fc.property(id, timestampSeconds, body, secrets, (id, timestampSeconds, body, secrets) => {
        const headers = signWebhook({ id, timestampSeconds, body, secrets });
        for (const one of secrets) {
          expect(
            verifyWebhook({ headers, body, secrets: [one], now: at(timestampSeconds) }),
          ).toEqual({ id, timestampSeconds });
        }
      }),
    );
  });

  test("refuses any other body, id, timestamp or secret", () => {
    fc.assert(
      fc.property(
        id,
        timestampSeconds,
        body,
        secret,
        fc.tuple(id, timestampSeconds, body, secret),
        fc.integer({ min: 0, max: 3 }),
        (id, timestampSeconds, body, secret, others, which) => {
          const signed = { id, timestampSeconds, body, secret };
          const claimed = { ...signed };
          if (which === 0) claimed.id = others[0];
          if (which === 1) claimed.timestampSeconds = others[1];
          if (which === 2) claimed.body = others[2];
          if (which === 3) claimed.secret = others[3];
          const bytes = (value: string | Uint8Array) => Buffer.from(value as string);
          fc.pre(
            claimed.id !== id ||
              claimed.timestampSeconds !== timestampSeconds ||
              !bytes(claimed.body).equals(bytes(body)) ||
              claimed.secret !== secret,
          );
          const headers = {
            ...signWebhook({ ...signed, secrets: [secret] }),
            "webhook-id": claimed.id,
            "webhook-timestamp": String(claimed.timestampSeconds),
          };
          expect(
            codeOf(() =>
              verifyWebhook({
                headers,
                body: claimed.body,
                secrets: [claimed.secret],
                now: at(claimed.timestampSeconds),
              }),
            ),
          ).toBe("no_matching_signature");
        },
      ),
    );
  });

  test("accepts exactly the tolerance, 300 s by default, on both sides", () => {
    const headers = signWebhook({ ...vector, secrets: [vector.secret] });
    const verify = (offsetSeconds: number, toleranceSeconds?: number) =>
      codeOf(() =>
        verifyWebhook({
          headers,
          body: vector.body,
          secrets: [vector.secret],
          now: at(vector.timestampSeconds + offsetSeconds),
          ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
        }),
      );
    expect(verify(300)).toBe("verified");
    expect(verify(301)).toBe("timestamp_too_old");
    expect(verify(-300)).toBe("verified");
    expect(verify(-301)).toBe("timestamp_too_new");
    expect(verify(11, 10)).toBe("timestamp_too_old");
    expect(verify(-11, 10)).toBe("timestamp_too_new");
  });

  const good = signWebhook({ ...vector, secrets: [vector.secret] });
  test.each([
    ["the id is missing", { "webhook-id": undefined }, "missing_header"],
    ["the timestamp is empty", { "webhook-timestamp": "" }, "missing_header"],
    ["the signature is missing", { "webhook-signature": undefined }, "missing_header"],
    ["the id came twice", { "webhook-id": ["a", "b"] }, "malformed_header"],
    ["the id came twice in two cases", { "Webhook-Id": "b" }, "malformed_header"],
    ["the timestamp is a date", { "webhook-timestamp": "2021-02-25" }, "malformed_header"],
    ["the timestamp is in hex", { "webhook-timestamp": "0x60379db2" }, "malformed_header"],
    ["the timestamp has a sign", { "webhook-timestamp": "+1614265330" }, "malformed_header"],
    [
      "the signature has no version",
      { "webhook-signature": vector.signature.slice(3) },
      "no_matching_signature",
    ],
    [
      "the version is another",
      { "webhook-signature": vector.signature.replace("v1", "v2") },
      "no_matching_signature",
    ],
    [
      "the signature is cut",
      { "webhook-signature": vector.signature.slice(0, -2) },
      "no_matching_signature",
    ],
    [
      "the signature is empty after the version",
      { "webhook-signature": "v1," },
      "no_matching_signature",
    ],
  ])("when %s, says so", (_what, wrong, code) => {
    expect(
      codeOf(() =>
        verifyWebhook({
          headers: { ...good, ...wrong },
          body: vector.body,
          secrets: [vector.secret],
          now: at(vector.timestampSeconds),
        }),
      ),
    ).toBe(code);
  });

  test("finds the right one among signatures of other versions and secrets", () => {
    const headers = {
      ...good,
      "webhook-signature": `v1a,abc v2, v1,${"A".repeat(43)}= ${vector.signature}`,
    };
    expect(
      verifyWebhook({
        headers,
        body: vector.body,
        secrets: [createWebhookSecret(), vector.secret],
        now: at(vector.timestampSeconds),
      }).id,
    ).toBe(vector.id);
  });

  test("reads fetch's Headers, node's objects and arrays of one alike", () => {
    for (const headers of [
      new Headers(good),
      { ...good },
      Object.fromEntries(Object.entries(good).map(([k, v]) => [k.toUpperCase(), [v]])),
    ]) {
      expect(
        verifyWebhook({
          headers,
          body: vector.body,
          secrets: [vector.secret],
          now: at(vector.timestampSeconds),
        }),
      ).toEqual({ id: vector.id, timestampSeconds: vector.timestampSeconds });
    }
  });

  test("an empty list of secrets verifies nothing", () => {
    expect(() =>
      verifyWebhook({
        headers: good,
        body: vector.body,
        secrets: [],
        now: at(vector.timestampSeconds),
      }),
    ).toThrow(RangeError);
  });
});

describe("the reference library", () => {
  const nowSeconds = () => Math.floor(Date.now() / 1000);

  test("verifies what we sign, with each secret of a rotation", () => {
    fc.assert(
      fc.property(id, fc.json(), secrets, (id, body, secrets) => {
        const headers = signWebhook({ id, timestampSeconds: nowSeconds(), body, secrets });
        for (const one of secrets) {
          expect(new Webhook(one).verify(body, headers)).toEqual(JSON.parse(body));
        }
      }),
    );
  });

  test("signs what we verify", () => {
    fc.assert(
      fc.property(id, timestampSeconds, fc.json(), secret, (id, timestampSeconds, body, secret) => {
        const headers = {
          "webhook-id": id,
          "webhook-timestamp": String(timestampSeconds),
          "webhook-signature": new Webhook(secret).sign(id, at(timestampSeconds), body),
        };
        expect(
          verifyWebhook({ headers, body, secrets: [secret], now: at(timestampSeconds) }),
        ).toEqual({ id, timestampSeconds });
      }),
    );
  });

  test("refuses what we sign with another secret", () => {
    const headers = signWebhook({
      ...vector,
      timestampSeconds: nowSeconds(),
      secrets: [createWebhookSecret()],
    });
    expect(() => new Webhook(vector.secret).verify(vector.body, headers)).toThrow(
      "No matching signature found",
    );
  });
});
