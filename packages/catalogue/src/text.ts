import { z } from "zod";

/** Text of limited length, in characters (UTF-16 code units). */
export const text = (max: number) => z.string().max(max);

/** Text that isn't blank. Spaces at both ends are removed. */
export const filledText = (max: number) => z.string().trim().min(1).max(max);

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

/** A whole number in a query string. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** A comma-separated list in a query string. Renderers recognise it by `commaList`. */
export const commaList = <Item extends string>(items: readonly Item[]) => {
  const allowed = new Set<string>(items);
  return z
    .string()
    .refine(
      (s) => s.split(",").every((item) => allowed.has(item.trim())),
      `must be one or more of ${items.join(", ")}, separated by commas`,
    )
    .transform((s) => [...new Set(s.split(",").map((item) => item.trim()))] as Item[])
    .meta({ commaList: [...items] });
};

const isJsonObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Any JSON object, kept as it is. Its content was parsed from JSON, so it needs no further check. */
export const jsonObject = z
  .custom<Record<string, unknown>>(isJsonObject, "must be a JSON object")
  .meta({ type: "object" });
