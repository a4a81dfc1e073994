import { expect, test } from "vitest";
import { deedOf, detailsOf, subjectOf } from "./tell-event.ts";

const actor = { kind: "person", id: "ann", name: "Ann" } as const;
const names = new Map([
  ["bob", "Bob"],
  ["ops", "Operations"],
]);

test("a deed has words; one that has none says its type", () => {
  expect(deedOf({ type: "approval.approved" })).toBe("approved");
  expect(deedOf({ type: "kettle.put_on" })).toBe("did “kettle put on”");
});

test("what it was done to has the name that it had then, else the present one", () => {
  expect(subjectOf({ actor, data: { team_id: "ops", name: "Ops" } }, names)).toBe("Ops");
  expect(subjectOf({ actor, data: { team_id: "ops" } }, names)).toBe("Operations");
  expect(subjectOf({ actor, data: { person_id: "ann" } }, names)).toBeNull();
  expect(subjectOf({ actor, data: { person_id: "gone" } }, names)).toBeNull();
});

test("details name whom they can; what is null is left out", () => {
  const data = { person_ids: ["bob", "x"], previous_role: "admin", count: 2, note: null, to: {} };
  expect(detailsOf({ data }, names)).toEqual([
    ["person", "Bob, x"],
    ["previous role", "admin"],
    ["count", "2"],
    ["to", "{}"],
  ]);
});
