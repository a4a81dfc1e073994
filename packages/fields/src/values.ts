import * as z from "zod";

/** Text of limited length, in characters (UTF-16 code units). */
export const text = (max: number) => z.string().max(max);

/** Text that isn't blank. Spaces at both ends are removed. */
export const filledText = (max: number) => {
  const error = `must have 1 to ${max} characters`;
  return z.string().trim().min(1, error).max(max, error);
};

/** Returns a text on one line: line breaks and other white space become single spaces, with none at the ends. */
export const asLine = (line: string): string => line.replace(/[\s\u0085]+/gu, " ").trim();

/** The joiners that words of Persian, Hindi and other languages are written with, where they stand in such a word. */
const joiners =
  /(?<=[[\p{L}\p{M}]--[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]])[\u200c\u200d](?=\p{L})/gv;

/**
 * Whether a text hides something: control and format characters, except those that an emoji is made of or that the
 * words of a language need.
 */
export const hasHidden = (line: string): boolean =>
  /\p{C}/u.test(line.replace(/\p{RGI_Emoji}/gv, "").replace(joiners, ""));

/**
 * A name or a title that isn't blank, stored on one line (`asLine`). A line break would let a name write a paragraph of
 * its own into a mail, and a hidden character would let it pass for another name, so the latter is refused.
 */
export const filledLine = (max: number) => {
  const error = `must have 1 to ${max} characters`;
  return z
    .string()
    .overwrite(asLine)
    .min(1, error)
    .max(max, error)
    .refine((line) => !hasHidden(line), "must not contain control or invisible characters");
};

/** A whole number from `min` to `max`. */
export const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int().min(min, error).max(max, error);
};

/** A number that keeps its differences, which would be rounded away beyond ±10¹⁵. */
export const measure = z
  .number()
  .min(-1e15, "must lie between -1e15 and 1e15")
  .max(1e15, "must lie between -1e15 and 1e15")
  // Turns -0 into 0.
  .overwrite((value) => value + 0);

/** A day of the calendar: 2026-03-31. */
export const day = z.iso
  .date("must be a day, such as 2026-03-31")
  .refine((text) => text >= "1000-01-01", "must be a day from the year 1000 on")
  .meta({ examples: ["2026-03-31"] });

/** A UUID. An upper-case one is converted to lower case, so that ids can be compared as text. */
export const id = z
  .uuid()
  .toLowerCase()
  .meta({ examples: ["019aa3f2-7c1e-7d4a-9b3f-2e5d8c6a1f04"] });

/** A point in time with its zone, up to the year 9999. */
export const instant = z.iso
  .datetime({
    offset: true,
    error: "must be an ISO 8601 date and time with a zone, such as 2026-03-25T10:00:00Z",
  })
  .refine(
    (s) => Date.parse(s) >= 0 && Date.parse(s) < Date.UTC(10_000, 0),
    "must lie between 1970 and 9999",
  )
  .meta({ examples: ["2026-03-25T10:00:00Z"] });

/** A point in time in the form of answers: UTC, milliseconds. */
export const timestamp = z.iso.datetime().meta({ examples: ["2026-03-25T10:00:00.000Z"] });

/** Ports of other protocols, to which no browser sends HTTP (WHATWG Fetch, "bad port"), and 0, which is no port. */
const otherPorts = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101],
  ...[102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389],
  ...[427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636],
  ...[989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665],
  ...[6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

export const webAddress = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .max(2048)
  .refine((s) => {
    // A text that is no address was refused above already.
    const address = URL.parse(s);
    return address === null || (address.username === "" && address.password === "");
  }, "must not contain a user name or password")
  .refine((s) => {
    const port = URL.parse(s)?.port ?? "";
    return port === "" || !otherPorts.has(Number(port));
  }, "must not name a port that is no web server's")
  .meta({ examples: ["https://example.com/sayso"] });

const isJsonObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Any JSON object, kept as it is. Its content was parsed from JSON, so it needs no further check. */
export const jsonObject = z
  .custom<Record<string, unknown>>(isJsonObject, "must be a JSON object")
  .meta({ type: "object" });
