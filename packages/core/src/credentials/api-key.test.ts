import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createApiKey,
  createPersonalToken,
  hashSecret,
  isWellFormedApiKey,
  isWellFormedPersonalToken,
  keyLastFour,
  keyPrefix,
} from "./api-key.ts";

// The checksums were computed with Python's zlib.crc32.
const known = [
  "gk_" + "0".repeat(56) + "cb612bfd",
  "gk_" + "0123456789abcdef".repeat(3) + "01234567" + "1c637e5a",
  "gk_" + "0000000000000000000000000000000000000000000000000000017b" + "0087e7d5",
];

describe.each([
  ["an API key", "gk_", createApiKey, isWellFormedApiKey, isWellFormedPersonalToken],
  ["a personal token", "sp_", createPersonalToken, isWellFormedPersonalToken, isWellFormedApiKey],
] as const)("%s", (_what, prefix, create, isWellFormed, isOtherWellFormed) => {
  test("is its prefix and 64 lower-case hex digits, never the same twice", () => {
    const made = Array.from({ length: 200 }, create);
    expect(new Set(made).size).toBe(200);
    for (const key of made) {
      expect(key.startsWith(prefix)).toBe(true);
      expect(key.slice(3)).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test("is well formed as itself and not as the other", () => {
    const key = create();
    expect(isWellFormed(key)).toBe(true);
    expect(isOtherWellFormed(key)).toBe(false);
  });

  test("with any one character changed is not well formed", () => {
    const key = create();
    for (let at = 0; at < key.length; at += 1) {
      for (const other of "0123456789abcdefAFgz_ \n") {
        if (key[at] === other) continue;
        expect(isWellFormed(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
      }
    }
  });

  test("with something before, after or missing is not well formed", () => {
    const key = create();
    for (const wrong of [
      ` ${key}`,
      `${key} `,
      `${key}\n`,
      `${key}0`,
      key.slice(0, -1),
      key.slice(1),
      key.toUpperCase(),
      prefix + key.slice(3).toUpperCase(),
      prefix,
      "",
      prefix + "٠".repeat(64),
    ]) {
      expect(isWellFormed(wrong)).toBe(false);
    }
  });

  test("is not found by guessing: random hex is refused", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (hex) => !isWellFormed(prefix + hex)),
      { numRuns: 2_000 },
    );
  });

  test("any string is answered, none throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !isWellFormed(prefix + text)));
  });
});

test.each(known)("the checksum is the CRC32 that others compute: %s", (key) => {
  expect(isWellFormedApiKey(key)).toBe(true);
});

test("a secret is stored as its SHA-256 (vector of FIPS 180-2, appendix B.1)", () => {
  expect(hashSecret("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("the prefix and the last four are what may be shown", () => {
  const [key] = known as [string];
  expect(keyPrefix(key)).toBe("gk_00000000");
  expect(keyLastFour(key)).toBe(key.slice(63));
});
