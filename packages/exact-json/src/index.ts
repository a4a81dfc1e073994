/** A number in a JSON text that changes its value when it is read. */
export interface InexactNumber {
  /** The path to the number: names and indexes from the root. */
  path: string[];
  /** The same path as a JSON Pointer (RFC 6901). */
  pointer: string;
  /** The number as it is in the text, at most 40 characters. */
  text: string;
  /** The number as it would be written after reading. */
  becomes: string;
}

/** A JSON text holds a number that changes its value when it is read. The message names the place and the fix. */
export class InexactNumberError extends Error {
  readonly number: InexactNumber;

  constructor(number: InexactNumber) {
    super(describeInexact(number));
    this.name = "InexactNumberError";
    this.number = number;
  }
}

/** States the fault, the place and the fix. */
export const describeInexact = ({ text, pointer, becomes }: InexactNumber): string =>
  `the number ${text}${pointer && ` at ${shorten(pointer, 200)}`} can't be kept exactly (it would become ${becomes}); send it as text`;

const shorten = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;

/**
 * Reads a JSON text (RFC 8259) and guarantees that every number survives: its decimal text has the same value as the
 * shortest text of the double that it is read as. Pages show that text, and hashes are computed from it. `1.0`, `1e3`
 * and `-0` survive; `9007199254740993`, `1e400` and `1.0000000000000001` don't.
 *
 * @throws SyntaxError; InexactNumberError
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const [first] = findInexactNumbers(text);
  if (first) throw new InexactNumberError(first);
  return value;
}

/** The largest number of places that are named at once. */
const FOUND_MAX = 20;
/** Any decimal of so many digits survives. */
const SAFE_LENGTH = 15;

const [QUOTE, BACKSLASH, MINUS, ZERO, NINE, LOWER_E, UPPER_E, PLUS, POINT] = [
  34, 92, 45, 48, 57, 101, 69, 43, 46,
] as const;

/**
 * Finds the first 20 numbers of a JSON text that don't survive reading. One pass, in time linear in its length.
 *
 * @param text valid JSON
 */
export function findInexactNumbers(text: string): InexactNumber[] {
  const offsets: number[] = [];
  for (let i = 0; i < text.length && offsets.length < FOUND_MAX;) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, i);
      if (mayChange(text, i, end) && !survives(text.slice(i, end))) offsets.push(i);
      i = end;
    } else i++;
  }
  return offsets.length === 0 ? [] : locate(text, offsets);
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** Returns the index after the string that begins here. */
function endOfString(text: string, start: number): number {
  for (let quote = start; ;) {
    quote = text.indexOf('"', quote + 1);
    if (quote === -1) return text.length;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const isPart =
      isDigit(code) ||
      code === POINT ||
      code === LOWER_E ||
      code === UPPER_E ||
      code === PLUS ||
      code === MINUS;
    if (!isPart) break;
  }
  return end;
}

function mayChange(text: string, start: number, end: number): boolean {
  if (end - start > SAFE_LENGTH) return true;
  for (let i = start; i < end; i++)
    if (text.charCodeAt(i) === LOWER_E || text.charCodeAt(i) === UPPER_E) return true;
  return false;
}

/** Returns true if a decimal text has the value of the shortest text of its double. */
export const survives = (decimal: string): boolean =>
  normalize(decimal) === normalize(String(Number(decimal)));

/**
 * Returns the digits without zeros at either end, and the power of ten of the last one. Leaves the sign out, because
 * reading can't change it.
 */
function normalize(decimal: string): string {
  const parts = /^[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(decimal);
  if (!parts) return decimal;
  const [, whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  let [first, last] = [0, digits.length];
  while (first < last && digits.charCodeAt(first) === ZERO) first++;
  while (last > first && digits.charCodeAt(last - 1) === ZERO) last--;
  if (first === last) return "0";
  return `${digits.slice(first, last)}e${Number(exponent) - fraction.length + digits.length - last}`;
}

interface Level {
  /** The index in an array. Null: an object. */
  index: number | null;
  name: string;
}

/** Finds the places of the numbers at these offsets. */
function locate(text: string, offsets: readonly number[]): InexactNumber[] {
  const found: InexactNumber[] = [];
  const levels: Level[] = [];
  let isName = false;
  for (let i = 0; found.length < offsets.length;) {
    const top = levels.at(-1);
    if (i === offsets[found.length]) found.push(describe(text, i, levels));
    switch (text.charAt(i)) {
      case '"': {
        const end = endOfString(text, i);
        if (isName && top) top.name = String(JSON.parse(text.slice(i, end)));
        isName = false;
        i = end;
        continue;
      }
      case "{":
      case "[":
        isName = text[i] === "{";
        levels.push({ index: isName ? null : 0, name: "" });
        break;
      case "}":
      case "]":
        levels.pop();
        isName = false;
        break;
      case ",":
        if (top?.index != null) top.index++;
        else isName = true;
    }
    i++;
  }
  return found;
}

function describe(text: string, offset: number, levels: readonly Level[]): InexactNumber {
  const decimal = text.slice(offset, endOfNumber(text, offset));
  const path = levels.map(({ index, name }) => (index === null ? name : String(index)));
  return {
    path,
    pointer: path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    text: shorten(decimal, 40),
    becomes: String(Number(decimal)),
  };
}

/** Whether a value is an object with named fields, as JSON has them: no list, and not null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is one of an object's own names. */
export const isKeyOf = <Names extends object>(
  object: Names,
  value: unknown,
): value is keyof Names & string => typeof value === "string" && Object.hasOwn(object, value);
