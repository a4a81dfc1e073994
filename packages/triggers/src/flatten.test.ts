import { must } from "@sayso/must";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flatFields, flatten, flattenAll } from "./flatten.ts";
import { readItem, type EventItem } from "./item.ts";
import { sampleItem, sampleTypes } from "./sample-item.ts";

const keys = flatFields.map((field) => field.key);

/** Any value that a server could send with an id, a type and a time. */
const anyItem = fc
  .record(
    {
      id: fc.string({ minLength: 1, maxLength: 100 }),
      type: fc.oneof(fc.constantFrom(...sampleTypes), fc.string({ minLength: 1 })),
      created_at: fc.oneof(
        fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
        fc.string(),
      ),
      sequence: fc.anything(),
      actor: fc.anything(),
      data: fc.oneof(
        fc.dictionary(fc.constantFrom("reason", "comment", "x"), fc.jsonValue()),
        fc.anything(),
      ),
      request: fc.oneof(
        fc.dictionary(
          fc.constantFrom(
            "title",
            "status",
            "metadata",
            "decided_by",
            "created_at",
            "required_approvals",
          ),
          fc.jsonValue(),
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: ["id", "type", "created_at"] },
  )
  .map((value) => must(readItem(value)));

const iso = /^[+-]?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function expectFlat(item: EventItem) {
  const flat = flatten(item);
  expect(Object.keys(flat)).toEqual(keys);
  for (const { key, kind } of flatFields) {
    const value = flat[key];
    if (value === null) continue;
    expect([key, typeof value]).toEqual([
      key,
      kind === "text" || kind === "date" ? "string" : kind,
    ]);
    if (kind === "date") expect(value).toMatch(iso);
  }
  return flat;
}

describe("a flat item", () => {
  test("has the same keys in the same order, of the same kinds, whatever the event", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expectFlat(item);
      }),
      { numRuns: 500 },
    );
  });

  test("has keys in snake case, each once, each with a label", () => {
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(flatFields.map((field) => field.label)).size).toBe(keys.length);
    for (const { key, label } of flatFields) {
      expect(key).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(label).toMatch(/^[A-Z]/);
    }
  });

  test("of an approval, as it is given to platforms", () => {
    expect(flatten(sampleItem("approval.approved"))).toMatchObject({
      id: "01930000-0000-7000-8000-000000000001",
      type: "approval.approved",
      outcome: "approved",
      may_go_on: true,
      outcome_message: "“Refund order 4821” was approved by Ada Okafor: Go ahead",
      request_status: "approved",
      request_metadata: '{"order":4821,"amount":"129.00 EUR"}',
      request_decided_by_name: "Ada Okafor",
      request_decision_comment: "Go ahead",
      data_reason: "vote",
      data_decision: null,
    });
  });

  test("may go on only when it tells of an approval", () => {
    for (const type of sampleTypes)
      expect([type, flatten(sampleItem(type)).may_go_on]).toEqual([
        type,
        type === "approval.approved",
      ]);
  });

  test("has its dates in UTC, and null for what is none", () => {
    const item = sampleItem("approval.created");
    expect(
      flatten({
        ...item,
        created_at: "2026-03-02T10:15:00+01:00",
        request: { ...item.request, created_at: "yesterday" },
      }),
    ).toMatchObject({ created_at: "2026-03-02T09:15:00.000Z", request_created_at: null });
  });

  test("comes oldest first, or newest first for a platform that wants that", () => {
    const items = ["a", "b", "c"].map((id) => ({ ...sampleItem("approval.created"), id }));
    const idsOf = (flat: Record<string, unknown>[]) => flat.map((one) => one.id);
    expect(idsOf(flattenAll(items))).toEqual(["a", "b", "c"]);
    expect(idsOf(flattenAll(items, "newest_first"))).toEqual(["c", "b", "a"]);
    expect(items.map((item) => item.id)).toEqual(["a", "b", "c"]);
  });
});

describe("the samples", () => {
  test.each([...sampleTypes, "made.up"])(
    "of %s is a whole item that a server could send",
    (type) => {
      const item = sampleItem(type);
      expect(readItem(JSON.parse(JSON.stringify(item)))).toEqual(item);
      expect(sampleItem(type)).toEqual(item);
      const flat = expectFlat(item);
      expect(flat.type).toBe(type);
    },
  );

  test("show the status in which an event leaves its request", () => {
    const endings = ["approved", "rejected", "cancelled", "expired"];
    const shown = sampleTypes
      .filter((type) => type !== "delivery.failed")
      .map((type) => {
        const { request } = sampleItem(type);
        return [type, request?.status, request?.decided_at != null];
      });
    expect(shown).toEqual(
      shown.map(([type]) => {
        const status = endings.find((ending) => type === `approval.${ending}`);
        return [type, status ?? "pending", status !== undefined];
      }),
    );
    expect(sampleItem("delivery.failed").request).toBeNull();
  });
});
