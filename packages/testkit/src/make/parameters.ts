import { MakeError } from "./make-error.ts";
import { isCollection, isEmpty, toDate, toText } from "./values.ts";

/** A parameter of a module, connection or webhook, or a field of an interface (developers.make.com/custom-apps-documentation/block-elements/parameters). */
export interface ParameterSpec {
  name: string;
  label?: string;
  help?: string;
  type: string;
  required?: boolean;
  default?: unknown;
  advanced?: boolean;
  multiple?: boolean;
  options?: { label: string; value: unknown }[] | string | { store: unknown };
  validate?: { min?: number; max?: number; pattern?: string; maxItems?: number };
  spec?: ParameterSpec[] | { type: string };
}

/**
 * Turns the values that a person filled in or mapped into a module's input: defaults for missing values, and each value
 * in its parameter's type (…/block-elements/parameters, per type). A value that nobody filled in is undefined.
 *
 * @throws MakeError BundleValidationError when a required value is missing, or a value doesn't fit
 */
export function readParameters(
  specs: readonly ParameterSpec[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const strange = Object.keys(given).find((name) => !specs.some((spec) => spec.name === name));
  if (strange !== undefined) throw invalid(`There is no parameter '${strange}'.`);
  return Object.fromEntries(
    specs.map((spec) => {
      const value = given[spec.name] ?? spec.default;
      if (isEmpty(value)) {
        if (spec.required) throw invalid(`Missing value of required parameter '${spec.name}'.`);
        return [spec.name, undefined];
      }
      return [spec.name, convert(spec, value)];
    }),
  );
}

function convert(spec: ParameterSpec, value: unknown): unknown {
  switch (spec.type) {
    case "date":
      return checked(spec, () => toDate(value));
    case "integer":
    case "uinteger":
    case "number":
      return inRange(spec, Number(value));
    case "boolean":
      return value === true || value === "true";
    case "array":
      if (!Array.isArray(value)) throw invalid(`'${spec.name}' must be an array.`);
      return value.map((item: unknown) => convertItem(spec, item));
    case "collection":
      return Array.isArray(spec.spec) && isCollection(value)
        ? readParameters(spec.spec, value)
        : value;
    case "select":
      return chosen(spec, value);
    case "any":
      return value;
    default:
      return toText(value);
  }
}

const convertItem = ({ spec }: ParameterSpec, item: unknown): unknown =>
  Array.isArray(spec) && isCollection(item) ? readParameters(spec, item) : item;

function checked(spec: ParameterSpec, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw invalid(`'${spec.name}': ${(error as Error).message}`);
  }
}

function inRange(
  { name, validate: { min = -Infinity, max = Infinity } = {} }: ParameterSpec,
  n: number,
) {
  if (!(n >= min && n <= max)) throw invalid(`'${name}' must be a number from ${min} to ${max}.`);
  return n;
}

/** Checks one or several of the fixed options. The options of an RPC are not looked up again. */
function chosen({ name, multiple, options }: ParameterSpec, value: unknown): unknown {
  const values = multiple ? (Array.isArray(value) ? (value as unknown[]) : [value]) : [value];
  const strange =
    Array.isArray(options) && values.find((one) => !options.some((option) => option.value === one));
  if (strange) throw invalid(`'${name}' can't be ${toText(strange)}.`);
  return multiple ? values : value;
}

const invalid = (message: string) => new MakeError("BundleValidationError", message);
