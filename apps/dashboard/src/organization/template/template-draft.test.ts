import type { Template } from "@sayso/client";
import { expect, test } from "vitest";
import { changesOf, defaultsOf, draftOf, minutesOf } from "./template-draft.ts";

const template: Template = {
  id: "019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04",
  name: "Production deploy",
  description: null,
  target_app: "n8n",
  created_at: "2026-03-01T00:00:00.000Z",
  defaults: {
    title: "Deploy",
    priority: "high",
    action_type: "deploy.production",
    required_approvals: 2,
    is_sequential: true,
    assigned_approvers: ["a", "b"],
    auto_action: "reject",
    auto_action_after_minutes: 2880,
    require_rejection_reason: true,
    expires_after_minutes: 90,
  },
};

test("a form gives back what it was filled with", () => {
  expect(defaultsOf(draftOf(template))).toEqual(template.defaults);
  expect(defaultsOf(draftOf(null))).toEqual({});
});

test("times are shown in the largest unit that has them whole", () => {
  const { expires, autoAfter } = draftOf(template);
  expect([expires, autoAfter]).toEqual([
    { amount: "90", unit: "minutes" },
    { amount: "2", unit: "days" },
  ]);
  expect(minutesOf({ amount: "1.5", unit: "hours" })).toBe(90);
  expect(minutesOf({ amount: " ", unit: "days" })).toBeUndefined();
});

test("only what was changed is sent; all of a new one", () => {
  const draft = draftOf(template);
  expect(changesOf(template, draft)).toEqual({});
  expect(changesOf(template, { ...draft, description: " For deploys " })).toEqual({
    description: "For deploys",
  });
  expect(changesOf(template, { ...draft, whom: "unset" })).toEqual({
    defaults: {
      ...template.defaults,
      assigned_approvers: undefined,
      is_sequential: undefined,
    },
  });
  expect(changesOf(null, draftOf(null))).toEqual({
    name: "",
    description: null,
    target_app: null,
    defaults: {},
  });
});

test("a decision by itself needs its time: an empty one is left to the server to refuse", () => {
  const draft = { ...draftOf(null), autoAction: "approve" as const };
  expect(defaultsOf(draft)).toEqual({ auto_action: "approve" });
  expect(defaultsOf({ ...draft, autoAfter: { amount: "x", unit: "days" } })).toEqual({
    auto_action: "approve",
    auto_action_after_minutes: Number.NaN,
  });
});
