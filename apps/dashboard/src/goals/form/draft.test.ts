import { describe, expect, test } from "vitest";
import { bodyOf, changedMeanwhile, draftOf, patchOf, shownValue, type FormField } from "./draft.ts";

const fields: FormField[] = [
  { name: "title", label: "Title", kind: "line", isRequired: true },
  { name: "target", label: "Target", kind: "number", isRequired: true },
  { name: "unit", label: "Unit", kind: "line" },
  {
    name: "owner_id",
    label: "Owner",
    kind: "choice",
    options: [
      { value: "", label: "Nobody" },
      { value: "a", label: "Alice" },
    ],
  },
  { name: "needs_approval", label: "Approval", kind: "tick" },
];
const goal = { title: "Margin", target: 10, unit: "%", owner_id: null, needs_approval: false };
const current = draftOf(fields, goal);

test("a thing becomes a draft, and nothing an empty one", () => {
  expect(current).toEqual({
    title: "Margin",
    target: "10",
    unit: "%",
    owner_id: "",
    needs_approval: false,
  });
  expect(draftOf(fields, null)).toMatchObject({ title: "", target: "", needs_approval: false });
});

describe("a patch", () => {
  test("holds what was changed and nothing else, each as its kind is sent", () => {
    const typed = {
      title: "Margin",
      target: "12,5",
      unit: " ",
      owner_id: "a",
      needs_approval: true,
    };
    expect(patchOf(fields, current, typed)).toEqual({
      patch: { target: 12.5, unit: null, owner_id: "a", needs_approval: true },
      faults: {},
    });
    expect(patchOf(fields, current, {}).patch).toEqual({});
  });

  test("leaves alone what somebody else changed meanwhile and this person did not touch", () => {
    const now = draftOf(fields, { ...goal, title: "Renamed", target: 20 });
    expect(patchOf(fields, now, { unit: "€", title: "Renamed" }).patch).toEqual({ unit: "€" });
  });

  test("names what is missing or no number, by its field", () => {
    const { faults } = patchOf(fields, current, { title: " ", target: "many" });
    expect(faults).toEqual({
      title: "Title is required",
      target: "Target must be a number, such as 12.5",
    });
  });
});

test("something new is sent with its defaults and without what was left empty", () => {
  const filled = bodyOf(fields, { owner_id: "a" }, { title: "New", target: "-3", unit: "" });
  expect(filled).toEqual({ patch: { title: "New", target: -3, owner_id: "a" }, faults: {} });
});

test("what both changed is told of, what only one changed is not", () => {
  const now = draftOf(fields, { ...goal, title: "Renamed", target: 20 });
  const reported = changedMeanwhile(fields, current, now, {
    target: "15",
    unit: "€",
    title: "Renamed",
  });
  expect(reported.map(({ name }) => name)).toEqual(["target"]);
});

test("values are shown in words", () => {
  const [title, , , owner, tick] = fields as [
    FormField,
    FormField,
    FormField,
    FormField,
    FormField,
  ];
  expect([shownValue(owner, "a"), shownValue(owner, ""), shownValue(title, "")]).toEqual([
    "Alice",
    "Nobody",
    "nothing",
  ]);
  expect([shownValue(tick, true), shownValue(tick, false)]).toEqual(["on", "off"]);
});
