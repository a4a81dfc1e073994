import { expect, test } from "vitest";
import { piecesOfAddress, plainLineWithAddresses } from "./address.ts";

test("a plain address is one piece", () => {
  expect(piecesOfAddress("owner+1@example.com")).toEqual([{ shown: "owner+1@example.com" }]);
});

test.each([
  ["\u043ewner@example.com", "\u043e[U+043E]wner@example.com"],
  ["adm\u0131n@example.com", "adm\u0131[U+0131]n@example.com"],
  ["\u{1d41a}da@example.com", "\u{1d41a}[U+1D41A]da@example.com"],
  ["a\u200bda@example.com", "a[U+200B]da@example.com"],
])("%j is shown with the code of each character that isn't ASCII", (address, shown) => {
  expect(plainLineWithAddresses(`Owner (${address}) invites you\nto Acme é`)).toBe(
    `Owner (${shown}) invites you to Acme é`,
  );
});
