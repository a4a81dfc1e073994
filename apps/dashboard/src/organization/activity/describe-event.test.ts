import { expect, test } from "vitest";
import { actionOf, detailsOf, subjectOf } from "./describe-event.ts";

const actor = { kind: "person", id: "ann", name: "Ann", full_name: "Ann" } as const;
const names = new Map([
  ["bob", "Bob"],
  ["ops", "Operations"],
]);

test("an action has words; one without words shows its type", () => {
  expect(actionOf({ type: "approval.approved" })).toBe("approved");
  expect(actionOf({ type: "kettle.put_on" })).toBe("recorded “kettle put on”");
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
