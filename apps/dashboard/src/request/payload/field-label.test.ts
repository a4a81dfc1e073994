import { describe, expect, test } from "vitest";
import { digitGroups, isInstant, isQuantity, labelOf } from "./field-label.ts";

test.each([
  ["user_id", "User id"],
  ["ticketNumber", "Ticket number"],
  ["env", "Env"],
  ["<b>", "<b>"],
  ["__proto__", "__proto__"],
  ["A key with words", "A key with words"],
  ["x.y", "x.y"],
])("%s is read as %s", (key, label) => expect(labelOf(key)).toBe(label));

test("identifiers are no quantities", () => {
  for (const key of ["id", "user_id", "userId", "orderNumber", "zip", "year", "http_port"])
    expect([key, isQuantity(key)]).toEqual([key, false]);
  for (const key of ["amount", "paid", "total", "rows", "valid", "count"])
    expect([key, isQuantity(key)]).toEqual([key, true]);
});

test("only a whole point in time with its zone is one", () => {
  for (const text of ["2026-03-25T10:00:00Z", "2026-03-25T10:00+02:00", "2026-03-25T10:00:00.123Z"])
    expect(isInstant(text)).toBe(true);
  for (const text of ["2026-03-25", "2026-03-25T10:00:00", "2026-13-45T99:00:00Z", "20260325", ""])
    expect(isInstant(text)).toBe(false);
});

describe("digits in threes", () => {
  test.each([
    ["12345", ["12", "345"]],
    ["-1234567.25", ["1", "234", "567"]],
    ["100000", ["100", "000"]],
  ])("%s", (text, groups) => {
    const found = digitGroups(text);
    expect(found?.groups).toEqual(groups);
    expect(`${found?.sign}${found?.groups.join("")}${found?.rest}`).toBe(text);
  });
  test("short and odd numbers are left alone", () => {
    for (const text of ["1234", "1e+21", "0.00001", "-9999.5"])
      expect(digitGroups(text)).toBeNull();
  });
});
