import {
  allSurfaces,
  approvalsSurface,
  defineOperation,
  joinSurfaces,
  type Surface,
} from "@sayso/catalogue";
import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { specify } from "./index.ts";

const whole = joinSurfaces(allSurfaces);
const { operations, triggers } = specify(whole);

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  "%s",
  (name, { fields, sample, answers }) => {
    const { input, responses } = must(whole.operations[name]);

    test("takes the sample of each of its fields", () => {
      for (const field of fields) {
        const schema = { path: input.params, query: input.query, body: input.body }[field.location];
        const { shape } = objectIn(must(schema));
        // In a query every value is text.
        const sent = field.location === "query" ? String(field.sample) : field.sample;
        const { success, error } = must(shape[field.key]).safeParse(sent);
        expect([field.key, sent, success, error?.message]).toEqual([
          field.key,
          sent,
          true,
          undefined,
        ]);
      }
    });

    test("answers with something like its sample", () => {
      const schema = must(Object.values<z.ZodType>(responses)[0]);
      const list = answers === "array" ? schema : objectIn(schema).shape?.data;
      const one = answers === "one" ? schema : (list as z.ZodArray<z.ZodType>).element;
      const strict = one instanceof z.ZodObject ? one.strict() : one;
      expect(strict.safeParse(sample)).toMatchObject({ success: true });
    });
  },
);

/** Returns the object inside an optional schema. */
function objectIn(schema: z.ZodType): z.ZodObject<Record<string, z.ZodType>> {
  return (schema instanceof z.ZodOptional ? schema.unwrap() : schema) as z.ZodObject<
    Record<string, z.ZodType>
  >;
}

test("says of every list how it goes on", () => {
  const of = (wanted: string) => operations.find(({ name }) => name === wanted)?.answers;
  expect([of("getApproval"), of("listTeams"), of("listApprovals"), of("listEvents")]).toEqual([
    "one",
    "all",
    "page",
    "cursor",
  ]);
});

test("offers the choice among a trigger's events where there are several", () => {
  const of = (wanted: string) => triggers.find(({ name }) => name === wanted);
  expect(of("requestDecided")?.fields[0]).toMatchObject({
    key: "types",
    kind: "multi-select",
    choices: [
      { value: "approval.approved", label: "Request Approved" },
      { value: "approval.rejected" },
      { value: "approval.cancelled" },
      { value: "approval.expired" },
    ],
  });
  expect(of("requestCreated")?.fields.map(({ key }) => key)).toEqual([
    "priority",
    "action_type",
    "source",
  ]);
});

describe("refuses a declaration", () => {
  const declare = (change: object): Surface => ({
    ...approvalsSurface,
    operations: {
      ...approvalsSurface.operations,
      odd: defineOperation({
        key: "approval.odd",
        http: { method: "PUT", path: "/api/v1/odd/{id}" },
        scope: "approvals:write",
        label: "Odd",
        description: "Odd",
        input: { params: z.object({ id: z.uuid() }), body: z.object({ name: z.string() }) },
        responses: { 200: z.object({ id: z.uuid() }) },
        errors: [],
        ...change,
      }),
    },
  });

  test.each([
    [
      "with two fields of one name",
      { input: { params: z.object({ id: z.uuid() }), body: z.object({ id: z.uuid() }) } },
      /odd has two fields named id/,
    ],
    ["with a hint at no field", { fields: { nmae: {} } }, /odd has no field nmae/],
    [
      "with choices from nowhere",
      { fields: { name: { choices: { operation: "listMoons" } } } },
      /listMoons, which is not declared/,
    ],
    ["of an unknown resource", { key: "moon.odd" }, /no resource moon/],
    ["without success", { responses: {} }, /odd declares no answer for success/],
    [
      "with another schema under a known name",
      { responses: { 200: z.object({ id: z.string() }).meta({ id: "Approval" }) } },
      /the schema Approval differs between its places/,
    ],
  ])("%s", (_, change, message) => {
    expect(() => specify(declare(change))).toThrow(message);
  });

  test("of this form is taken as it stands", () => {
    expect(() => specify(declare({}))).not.toThrow();
  });
});
