import type { FieldFault } from "@sayso/core";
import { parseExactJson } from "@sayso/exact-json";
import * as z from "zod";
import { messageOf } from "../thrown.ts";
import { defOf } from "./input-fields.ts";
import { InputError } from "./parse-input.ts";

type Field = z.core.$ZodType;
type Kind = "text" | "number" | "boolean" | "list" | "object";

/** Returns the kind of value that a field of a body holds. */
function kindOf(field: Field): Kind {
  const def = defOf(field);
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
      return kindOf(def.innerType);
    case "pipe":
      return kindOf(def.in);
    case "number":
    case "boolean":
      return def.type;
    case "array":
      return "list";
    case "object":
    case "record":
    case "custom":
      return "object";
    default:
      return "text";
  }
}

/** The fields that a schema declares at its top, by name. */
export const topFields = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> =>
  schema instanceof z.ZodObject ? schema.shape : {};

/**
 * Reads a form (WHATWG URL, `application/x-www-form-urlencoded`) as the JSON body that it stands for: numbers and
 * booleans as their declared type, lists from a repeated name (`name` or `name[]`) or as JSON text, objects as JSON text.
 * A value that has no such form stays text, so that the schema refuses it.
 *
 * @throws InputError: a name that is given twice, or is not valid UTF-8
 */
export function readForm(source: string, schema: z.ZodType): Record<string, unknown> {
  const fields = topFields(schema);
  const given = new Map<string, string[]>();
  for (const pair of source.split("&").filter((text) => text !== "")) {
    const [name = "", ...rest] = pair.split("=");
    const field = decode(name).replace(/\[\]$/, "");
    given.set(field, [...(given.get(field) ?? []), decode(rest.join("="))]);
  }
  return Object.fromEntries(
    [...given].map(([name, values]) => [
      name,
      read(name, values, Object.hasOwn(fields, name) ? fields[name] : undefined),
    ]),
  );
}

function read(name: string, values: string[], field: Field | undefined): unknown {
  const kind = field ? kindOf(field) : "text";
  const [text = "", ...others] = values;
  if (kind === "list" && text === "" && others.length === 0) return text;
  if (kind === "list")
    return others.length === 0 && /^\s*\[/.test(text) ? readJson(name, text) : values;
  if (others.length > 0) throw new InputError({ field: name, message: `${name} is given twice` });
  if (kind === "number" && /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/.test(text)) return Number(text);
  if (kind === "boolean" && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return kind === "object" ? readJson(name, text) : text;
}

/** The deepest nesting of a JSON text inside a body, one level less than that of a whole body. */
const TEXT_DEPTH_MAX = 62;

/**
 * Reads a JSON text that stands for an object or a list. Any other text is returned as it is.
 *
 * @throws InputError: a number that can't be kept exactly; nesting that is too deep
 */
export function readJson(name: string, text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  const wrong = (fault: string): FieldFault => ({ field: name, message: `${name} ${fault}` });
  if (depthOf(text) > TEXT_DEPTH_MAX)
    throw new InputError(wrong(`is nested deeper than ${TEXT_DEPTH_MAX} levels`));
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new InputError(wrong(`is not valid JSON: ${messageOf(error)}`));
  }
}

/** Counts brackets outside strings, as for a whole body. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new InputError({ field: "body", message: "The form is not valid UTF-8" });
  }
}
