import { approvalsSurface, defineOperation, type Surface } from "@sayso/catalogue";
import { expect, test } from "vitest";
import * as z from "zod";
import { specify } from "../specification.ts";
import { renderZapierFields } from "./zapier.ts";

/** Returns the fields that Zapier shows for an operation with this answer. */
function keysOf(answer: z.ZodType): string[] | undefined {
  const pourTea = defineOperation({
    key: "approval.pour",
    http: { method: "POST", path: "/api/v1/tea" },
    scope: "approvals:write",
    label: "Pour Tea",
    description: "Pour a cup of tea",
    input: {},
    responses: { 200: answer },
    errors: [],
    platforms: ["zapier"],
  });
  const surface: Surface = { ...approvalsSurface, operations: { pourTea }, triggers: {} };
  return renderZapierFields(specify(surface)).creates[0]?.outputFields.map(({ key }) => key);
}

test("what is nested in an answer is called by its way, joined by one underscore", () => {
  expect(
    keysOf(z.object({ cup: z.object({ owner: z.object({ name: z.string() }), ml: z.int() }) })),
  ).toEqual(["cup_owner_name", "cup_ml"]);
});

test("what stands there twice under one name is one field", () => {
  expect(keysOf(z.object({ cup_id: z.string(), cup: z.object({ id: z.string() }) }))).toEqual([
    "cup_id",
  ]);
});

test("two different things under one name fail", () => {
  expect(() => keysOf(z.object({ cup_id: z.string(), cup: z.object({ id: z.int() }) }))).toThrow(
    "pourTea answers with two different things that are cup_id when flat",
  );
});
