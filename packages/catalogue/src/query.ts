import * as z from "zod";

/** A whole number in a query string. */
export const wholeNumberText = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

/** A comma-separated list in a query string. Renderers recognise it by `commaList`. */
export const commaList = <Item extends string>(items: readonly Item[]) => {
  const allowed = new Set<string>(items);
  const isItem = (text: string): text is Item => allowed.has(text);
  return z
    .string()
    .refine(
      (s) => s.split(",").every((item) => isItem(item.trim())),
      `must be one or more of ${items.join(", ")}, separated by commas`,
    )
    .transform((s) => [...new Set(s.split(",").map((item) => item.trim()))].filter(isItem))
    .meta({ commaList: [...items] });
};
