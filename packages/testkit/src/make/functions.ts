import { createHash, createHmac, randomUUID, type BinaryToTextEncoding } from "node:crypto";
import { must } from "@sayso/must";
import { isCollection, isEmpty, toDate, toText } from "./values.ts";

type IML = (...args: unknown[]) => unknown;

/** Words that stand for a value (help.make.com, "Variables"). `uuid` has a new value each time. */
export const keywords: Record<string, (() => unknown) | undefined> = {
  true: () => true,
  false: () => false,
  null: () => null,
  emptystring: () => "",
  emptyarray: () => [],
  space: () => " ",
  newline: () => "\n",
  now: () => new Date(),
  timestamp: () => Math.floor(Date.now() / 1000),
  uuid: () => randomUUID(),
};

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const entry = (item: unknown, key: unknown): unknown =>
  isCollection(item) ? item[toText(key)] : undefined;

/**
 * Implements `sha256(text, encoding?, key?, key encoding?)`; with a key it is an HMAC (help.make.com/string-functions).
 */
const hash =
  (algorithm: string): IML =>
  (text, encoding, key, keyEncoding) => {
    const output = (isEmpty(encoding) ? "hex" : toText(encoding)) as BinaryToTextEncoding;
    if (isEmpty(key)) return createHash(algorithm).update(toText(text)).digest(output);
    const form = isEmpty(keyEncoding) || keyEncoding === "text" ? "utf8" : toText(keyEncoding);
    const secret = Buffer.from(toText(key), form as BufferEncoding);
    return createHmac(algorithm, secret).update(toText(text)).digest(output);
  };

/** Replaces each occurrence. A search text between slashes is a regular expression (help.make.com/string-functions). */
const replace: IML = (text, search, replacement) => {
  const [, pattern, flags] = /^\/(.+)\/([gimsuy]*)$/s.exec(toText(search)) ?? [];
  return pattern === undefined
    ? toText(text).replaceAll(toText(search), () => toText(replacement))
    : toText(text).replace(new RegExp(pattern, flags), toText(replacement));
};

const later =
  (unitMillis: number): IML =>
  (date, count) =>
    new Date(toDate(date).getTime() + Number(count) * unitMillis);

const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");

/**
 * Formats a date with the tokens that we use, in UTC, the time zone of our tests
 * (help.make.com/tokens-for-datetime-formatting).
 */
const formatDate: IML = (given, format) => {
  const date = toDate(given);
  const tokens: Record<string, string> = {
    YYYY: pad(date.getUTCFullYear(), 4),
    MM: pad(date.getUTCMonth() + 1),
    DD: pad(date.getUTCDate()),
    HH: pad(date.getUTCHours()),
    mm: pad(date.getUTCMinutes()),
    ss: pad(date.getUTCSeconds()),
    SSS: pad(date.getUTCMilliseconds(), 3),
    X: String(Math.floor(date.getTime() / 1000)),
    Z: "+00:00",
  };
  return toText(format).replaceAll(/YYYY|MM|DD|HH|mm|ss|SSS|X|Z/g, (token) => must(tokens[token]));
};

const arithmetic: Record<string, IML> = {
  abs: (n) => Math.abs(Number(n)),
  ceil: (n) => Math.ceil(Number(n)),
  floor: (n) => Math.floor(Number(n)),
  round: (n) => Math.round(Number(n)),
  min: (...all) => Math.min(...all.flat().map(Number)),
  max: (...all) => Math.max(...all.flat().map(Number)),
  sum: (...all) => all.flat().reduce((total: number, n) => total + Number(n), 0),
  parseNumber: (text) => Number(toText(text)),
};

const texts: Record<string, IML> = {
  lower: (text) => toText(text).toLowerCase(),
  upper: (text) => toText(text).toUpperCase(),
  trim: (text) => toText(text).trim(),
  replace,
  substring: (text, from, to) => toText(text).substring(Number(from), Number(to)),
  split: (text, separator) => toText(text).split(toText(separator)),
  indexOf: (text, part) => toText(text).indexOf(toText(part)),
  startcase: (text) =>
    toText(text)
      .toLowerCase()
      .replaceAll(/(^|\s)\S/g, (letter) => letter.toUpperCase()),
  toString: (value: unknown) => toText(value),
  base64: (text) => Buffer.from(toText(text)).toString("base64"),
  encodeURL: (text) => encodeURIComponent(toText(text)),
  decodeURL: (text) => decodeURIComponent(toText(text)),
  md5: (text) => createHash("md5").update(toText(text)).digest("hex"),
  sha1: hash("sha1"),
  sha256: hash("sha256"),
  sha512: hash("sha512"),
};

const dates: Record<string, IML> = {
  formatDate,
  parseDate: (text) => toDate(text),
  addSeconds: later(1000),
  addMinutes: later(60_000),
  addHours: later(3_600_000),
  addDays: later(86_400_000),
};

const collections: Record<string, IML> = {
  length: (value) => (Array.isArray(value) ? value.length : toText(value).length),
  contains: (value, part) =>
    Array.isArray(value) ? value.includes(part) : toText(value).includes(toText(part)),
  join: (array, separator) => list(array).map(toText).join(toText(separator)),
  first: (array) => list(array)[0],
  last: (array) => list(array).at(-1),
  slice: (array, from, to) =>
    list(array).slice(Number(from), to === undefined ? undefined : Number(to)),
  merge: (...arrays) => arrays.flatMap(list),
  distinct: (array) => [...new Set(list(array))],
  keys: (object) => (isCollection(object) ? Object.keys(object) : []),
  get: (object, path) =>
    toText(path)
      .split(".")
      .reduce<unknown>((inner, key) => entry(inner, key), object),
  map: (array, key, filterKey, filterValues) =>
    list(array)
      .filter(
        (item) =>
          filterKey === undefined ||
          toText(filterValues)
            .split(",")
            .includes(toText(entry(item, filterKey))),
      )
      .map((item) => entry(item, key)),
  omit: (object, ...names) =>
    Object.fromEntries(
      Object.entries(isCollection(object) ? object : {}).filter(([key]) => !names.includes(key)),
    ),
  pick: (object, ...names) =>
    Object.fromEntries(
      Object.entries(isCollection(object) ? object : {}).filter(([key]) => names.includes(key)),
    ),
  toCollection: (array, key, value) =>
    Object.fromEntries(list(array).map((item) => [toText(entry(item, key)), entry(item, value)])),
  toArray: (object) =>
    Object.entries(isCollection(object) ? object : {}).map(([key, value]) => ({ key, value })),
};

const general: Record<string, IML> = {
  if: (condition, then, otherwise) => (condition ? then : otherwise),
  ifempty: (value, otherwise) => (isEmpty(value) ? otherwise : value),
  switch: (value, ...cases) => {
    const at = cases.findIndex((one, index) => index % 2 === 0 && one === value);
    if (at !== -1 && at + 1 < cases.length) return cases[at + 1];
    return cases.length % 2 === 1 ? cases.at(-1) : undefined;
  },
};

/**
 * Make's built-in functions: those that our app and its blueprints use, and related ones
 * (developers.make.com/custom-apps-documentation/block-elements/iml, help.make.com/functions). All others are unknown,
 * like a misspelt one in Make.
 */
export const functions: Readonly<Record<string, IML>> = {
  ...general,
  ...texts,
  ...dates,
  ...arithmetic,
  ...collections,
};
