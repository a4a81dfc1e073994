import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleItem, sampleTypes } from "./sample-item.ts";
import {
  describeOutcome,
  n8nOutputs,
  outcomeKinds,
  outcomeOf,
  outcomeOfItem,
  outcomeOfRefusal,
  outcomes,
} from "./outcome.ts";
import type { ReadRequest } from "./port.ts";
import { readDecision } from "./read-decision.ts";
import { Refusal } from "./test-server.ts";

const request: ReadRequest = {
  id: "r1",
  status: "approved",
  title: "Refund order 4821",
  is_log: false,
  decided_by: "p1",
  decided_by_name: "Ada",
  decided_via_connection_name: null,
  decision_comment: "Go ahead",
};
const read = (changes: Record<string, unknown> = {}) =>
  readDecision({ getRequest: () => Promise.resolve({ ...request, ...changes }) }, "r1");

describe("the table", () => {
  test("lets an automation go on with approved and nothing else, on every platform", () => {
    for (const kind of outcomeKinds) {
      const { goesOn, n8n, zapier, make } = outcomes[kind];
      expect([kind, goesOn]).toEqual([kind, kind === "approved"]);
      expect([kind, n8nOutputs[n8n] === "Approved"]).toEqual([kind, goesOn]);
      expect([kind, zapier === "continue"]).toEqual([kind, goesOn]);
      expect([kind, make === "output"]).toEqual([kind, goesOn]);
    }
    expect(Object.keys(outcomes)).toEqual([...outcomeKinds]);
  });

  test("has no decision on n8n's output 0, where n8n itself sends what timed out", () => {
    expect(n8nOutputs).toEqual(["No decision", "Approved", "Rejected"]);
    const outputOf = outcomeKinds.map((kind) => [kind, n8nOutputs[outcomes[kind].n8n]]);
    expect(Object.fromEntries(outputOf)).toEqual({
      approved: "Approved",
      rejected: "Rejected",
      expired: "No decision",
      cancelled: "No decision",
      stopped: "No decision",
      error: "No decision",
      pending: "No decision",
    });
  });

  test("holds only pending for not the end", () => {
    expect(outcomeKinds.filter((kind) => !outcomes[kind].isFinal)).toEqual(["pending"]);
  });
});

describe("what became of a request", () => {
  test.each([
    [{ status: "approved" }, "approved"],
    [{ status: "rejected" }, "rejected"],
    [{ status: "expired" }, "expired"],
    [{ status: "cancelled" }, "cancelled"],
    [{ status: "cancelled", decision_reason: "cancelled" }, "cancelled"],
    [{ status: "cancelled", decision_reason: "emergency_stop" }, "stopped"],
    [{ status: "approved", decision_reason: "emergency_stop" }, "approved"],
    [{ status: "pending" }, "pending"],
    [{ status: "approved", is_log: true }, "error"],
    [{ status: "Approved" }, "error"],
    [{ status: "constructor" }, "error"],
    [{ status: "__proto__" }, "error"],
    [{ status: "" }, "error"],
  ])("%j is %s", (facts, kind) => {
    expect(outcomeOf(facts)).toBe(kind);
  });

  test("is yes for no answer but the status approved", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (status) => {
        fc.pre(status !== "approved");
        expect(outcomes[outcomeOf({ status: status as string })].goesOn).toBe(false);
      }),
    );
  });
});

describe("what an event says of its request", () => {
  test.each([
    ["approval.approved", "approved"],
    ["approval.rejected", "rejected"],
    ["approval.expired", "expired"],
    ["approval.cancelled", "cancelled"],
    ["approval.created", null],
    ["approval.step_decided", null],
    ["approval.pending", null],
    ["approval.constructor", null],
    ["approved", null],
    ["other.approved", null],
  ])("%s: %s", (type, kind) => {
    expect(outcomeOfItem(sampleItem(type))).toBe(kind);
  });

  test("tells the emergency stop from a cancellation", () => {
    const item = sampleItem("approval.cancelled");
    expect(outcomeOfItem({ ...item, data: { reason: "emergency_stop" } })).toBe("stopped");
  });

  test("and what the request says of itself are the same", () => {
    for (const type of sampleTypes) {
      const item = sampleItem(type);
      const kind = outcomeOfItem(item);
      if (kind !== null)
        expect([type, outcomeOf(item.request as ReadRequest)]).toEqual([type, kind]);
    }
  });

  test("is an error where the request says otherwise", () => {
    const item = sampleItem("approval.approved");
    for (const status of ["pending", "rejected", undefined] as const)
      expect(outcomeOfItem({ ...item, request: { ...item.request, status } })).toBe("error");
    expect(outcomeOfItem({ ...item, request: null })).toBe("approved");
  });
});

test("a refusal for the emergency stop is stopped, any other an error", () => {
  expect(outcomeOfRefusal(new Refusal("EMERGENCY_STOP"))).toBe("stopped");
  for (const error of [new Refusal("FORBIDDEN"), new Error("EMERGENCY_STOP"), null, "x"])
    expect(outcomeOfRefusal(error)).toBe("error");
});

describe("reading a decision", () => {
  test("gives what the server says, with what follows from it", async () => {
    expect(await read()).toEqual({
      kind: "approved",
      goesOn: true,
      isFinal: true,
      label: "Approved",
      n8n: 1,
      zapier: "continue",
      make: "output",
      message: "“Refund order 4821” was approved by Ada: Go ahead",
      who: "Ada",
      why: "Go ahead",
      request,
    });
  });

  test.each([
    [
      { status: "rejected", decided_via_connection_name: "n8n", decision_comment: null },
      "“Refund order 4821” was rejected by Ada through n8n: no reason given",
    ],
    [
      { decided_by: null, decided_by_name: null },
      "“Refund order 4821” was approved by its automatic action: Go ahead",
    ],
    [{ decided_by_name: null }, "“Refund order 4821” was approved by p1: Go ahead"],
    [{ status: "expired" }, "“Refund order 4821” expired: nobody decided it in time"],
    [
      { status: "cancelled", decision_reason: "emergency_stop", decision_comment: "Leak" },
      "“Refund order 4821” was stopped: Ada pulled the emergency stop: Leak",
    ],
    [{ status: "pending" }, "“Refund order 4821” is not decided yet"],
    [
      { is_log: true },
      "“Refund order 4821” has no decision that Sayso confirms: it is an entry of the activity log, which asks nothing",
    ],
    [
      { status: "aproved", title: "" },
      'The request has no decision that Sayso confirms: its status is "aproved", which this version doesn\'t know',
    ],
    [
      { title: "{who} $& {why}", decision_comment: "{title}" },
      "“{who} $& {why}” was approved by Ada: {title}",
    ],
  ])("%j says: %s", async (changes, message) => {
    expect((await read(changes)).message).toBe(message);
  });

  test("is an error, not a yes, when the server answers with another request", async () => {
    expect(await read({ id: "r2" })).toMatchObject({ kind: "error", goesOn: false, request: null });
  });

  test("is an error, not a yes, where neither the automation nor the answer has an id", async () => {
    const answer = { status: "approved" } as ReadRequest;
    const port = { getRequest: () => Promise.resolve(answer) };
    for (const id of [undefined, ""] as string[])
      expect((await readDecision(port, id)).kind).toBe("error");
  });

  test("is an error when the server knows no such request", async () => {
    const getRequest = () => Promise.reject(new Refusal("NOT_FOUND"));
    expect(await readDecision({ getRequest }, "r1")).toMatchObject({
      kind: "error",
      goesOn: false,
      why: "NOT_FOUND",
    });
  });

  test("is none when the server can't be asked: the automation waits on", async () => {
    for (const error of [new Error("connection refused"), new Refusal("UNAVAILABLE")]) {
      const getRequest = () => Promise.reject(error);
      await expect(readDecision({ getRequest }, "r1")).rejects.toBe(error);
    }
  });
});

test("every outcome can be said of a request of which nothing is known", () => {
  for (const kind of outcomeKinds) {
    const message = describeOutcome(kind, {});
    expect(message).toMatch(/^The request /);
    expect(message).not.toMatch(/[{}]|undefined|null/);
  }
});
