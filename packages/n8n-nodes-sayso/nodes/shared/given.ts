import type { IDataObject } from "n8n-workflow";

// Reads what people, expressions and other versions give, whose form n8n's types leave open.

/** Returns true for an object as JSON holds it, which is no list. */
export const isObject = (value: unknown): value is IDataObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the value if it is an object, and an empty object for anything else. */
export const objectOf = (value: unknown): IDataObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/** @throws Error: the value is no text */
export function readText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new Error(`${name} must be a text`);
}

/**
 * Reads a number, also from the text that an expression gives.
 *
 * @throws Error: the value is no number
 */
export function readNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new Error(`${name} must be a number`);
}

/** @throws Error: the value is no list of texts */
export function readTexts(name: string, value: unknown): string[] {
  if (isListOf(value, isText)) return value;
  throw new Error(`${name} must be a list of texts`);
}

/** @throws Error: the value is no object */
export function readObject(name: string, value: unknown): IDataObject {
  if (isObject(value)) return value;
  throw new Error(`${name} must be a JSON object`);
}

/** @throws Error: the value is no list of objects */
export function readObjects(name: string, value: unknown): IDataObject[] {
  if (isListOf(value, isObject)) return value;
  throw new Error(`${name} must be a list of objects`);
}

const isText = (value: unknown): value is string => typeof value === "string";

const isListOf = <Of>(value: unknown, is: (one: unknown) => one is Of): value is Of[] =>
  Array.isArray(value) && value.every(is);

/** Returns what was thrown as an error. */
export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
