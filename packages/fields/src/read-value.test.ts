import { expect, test } from "vitest";
import * as z from "zod";
import { day, filledText, id, measure, readValue, text, webAddress, wholeNumber } from "./index.ts";

const faultOf = (schema: z.ZodType, value: unknown) =>
  readValue(schema, value, "field").faults?.map(({ message }) => message);

test.each<[string, z.ZodType, unknown, string]>([
  ["nothing", filledText(5), undefined, "field is required"],
  ["null", filledText(5), null, "field must be text"],
  ["only spaces", filledText(5), "  ", "field must have 1 to 5 characters"],
  ["too long a name", filledText(5), "abcdef", "field must have 1 to 5 characters"],
  ["too long a text", text(5), "abcdef", "field must have at most 5 characters"],
  ["an empty text", z.string().min(1), "", "field must not be empty"],
  ["a number as text", text(5), 7, "field must be text"],
  ["text as a number", measure, "7", "field must be a number"],
  ["too large a number", measure, 1e16, "field must lie between -1e15 and 1e15"],
  ["a part of a number", wholeNumber(1, 9), 1.5, "field must be a whole number"],
  ["too small a number", wholeNumber(1, 9), 0, "field must be a whole number from 1 to 9"],
  ["a number below a bound", z.number().min(3), 2, "field must be at least 3"],
  ["text as a yes", z.boolean(), "yes", "field must be true or false"],
  ["an unknown choice", z.enum(["a", "b"]), "c", "field must be one of a, b"],
  ["another literal", z.literal("a"), "c", "field must be a"],
  ["no list", z.array(id), "x", "field must be a list"],
  ["too short a list", z.array(id).min(1), [], "field must not be empty"],
  ["no object", z.object({}), [], "field must be a JSON object"],
  ["no id", id, "7", "field must be an id"],
  ["no day", day, "2026-02-30", "field must be a day, such as 2026-03-31"],
  ["no address", webAddress, "ftp://x", "field must be an http or https address"],
])("%s is described in our words", (_, schema, value, message) => {
  expect(faultOf(schema, value)).toEqual([message]);
});

test("the fault of a key is that key's, with the place", () => {
  const headers = z.record(z.string().regex(/^[a-z]+$/, "must be in small letters"), z.string());
  expect(faultOf(headers, { "A b": "c" })).toEqual(["field.A b must be in small letters"]);
});

test("every fault of a body is named by its path; one of the body itself says so", () => {
  const body = z
    .object({ name: filledText(5).optional(), ids: z.array(id).optional() })
    .refine((given) => Object.keys(given).length > 0, "must change something");
  expect(readValue(body, { name: "", ids: [1] }).faults).toEqual([
    { field: "name", message: "name must have 1 to 5 characters" },
    { field: "ids.0", message: "ids.0 must be text" },
  ]);
  expect(readValue(body, {}).faults).toEqual([
    { field: "body", message: "the body must change something" },
  ]);
  expect(readValue(body, undefined).faults).toEqual([
    { field: "body", message: "a JSON body is required" },
  ]);
  expect(readValue(body, { name: " Ada " })).toEqual({ value: { name: "Ada" } });
});
