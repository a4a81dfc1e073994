import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginning, decodeCursor, encodeCursor } from "./event-cursor.ts";

const place = fc.record({
  position: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  mark: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
});

test("a cursor reads back as the place that it was made of, and needs no escaping", () => {
  fc.assert(
    fc.property(place, (one) => {
      const cursor = encodeCursor(one);
      expect(cursor).toMatch(/^[\w-]{22}$/);
      expect(decodeCursor(cursor)).toEqual(one);
    }),
  );
});

test("two places never share a cursor", () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      const isSame = one.position === other.position && one.mark.equals(other.mark);
      expect(encodeCursor(one) === encodeCursor(other)).toBe(isSame);
    }),
  );
});

describe("no cursor is", () => {
  test.each([
    ["nothing", ""],
    ["a word", "yesterday"],
    ["one that was cut", encodeCursor(beginning).slice(0, -1)],
    ["one with something behind it", `${encodeCursor(beginning)}A`],
    ["one with padding", `${encodeCursor(beginning)}==`],
    ["the same bytes in another spelling", `${encodeCursor(beginning).slice(0, -1)}B`],
    ["a position that no number holds", Buffer.alloc(16, 0xff).toString("base64url")],
  ])("%s", (_, text) => {
    expect(() => decodeCursor(text)).toThrow(
      expect.objectContaining({
        code: "validation_failed",
        details: expect.objectContaining({ reason: "malformed_cursor" }) as object,
      }),
    );
  });

  test("any other text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!/^[\w-]{22}$/.test(text));
        expect(() => decodeCursor(text)).toThrow("not a cursor");
      }),
    );
  });
});
