import { describe, expect, test } from "vitest";
import type { Actor, PersonActor } from "../actors/actor.ts";
import { eventMatches, maySeeEvent, requireVisible } from "./event-types.ts";

describe("an event's type", () => {
  test.each<[string, string[] | null, boolean]>([
    ["approval.created", null, true],
    ["approval.created", [], false],
    ["approval.created", ["approval.created"], true],
    ["approval.created", ["approval.approved", "approval.*"], true],
    ["approval.created", ["approval.cre"], false],
    ["approval.created", ["approva.*"], false],
    ["approvals.created", ["approval.*"], false],
    ["approval.step_activated", ["approval.step*activated"], false],
  ])("%s among %j: %s", (type, types, isIn) => {
    expect(eventMatches(type, types)).toBe(isIn);
  });
});

const person = (more: Partial<PersonActor>): Actor => ({
  kind: "person",
  personId: "p",
  role: "admin",
  via: "session",
  ...more,
});

describe("what concerns only the administration", () => {
  test.each<[string, Actor, boolean]>([
    ["an owner", person({ role: "owner" }), true],
    ["an admin's token", person({ via: "token" }), true],
    ["an admin's app", person({ via: "oauth" }), false],
    ["a member", person({ role: "member" }), false],
    ["Sayso itself", { kind: "system" }, false],
  ])("%s sees it: %s", (_, actor, isSeen) => {
    expect(maySeeEvent(actor, "connection.created")).toBe(isSeen);
    expect(maySeeEvent(actor, "approval.created")).toBe(true);
    const ask = () => requireVisible(actor, ["approval.*", "person.*"]);
    if (isSeen) expect(ask).not.toThrow();
    else expect(ask).toThrow("sees person.* events");
  });
});
