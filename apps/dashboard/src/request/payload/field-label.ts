/**
 * Returns a key as people read it: `userId` and `user_id` become "User id". A key that is no plain name stays as it is.
 */
export function labelOf(key: string): string {
  if (!/^[a-z][a-zA-Z0-9]*(?:_[a-zA-Z0-9]+)*$/.test(key)) return key;
  const words = key
    .replaceAll("_", " ")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();
  return words[0]?.toUpperCase() + words.slice(1);
}

const identifying = new Set(
  "id ids number no nr code zip phone year port version pin ref".split(" "),
);

/** Whether a number under this key is a quantity. The digits of any other number are a name. */
export const isQuantity = (key: string): boolean =>
  !identifying.has(labelOf(key).toLowerCase().split(" ").at(-1) ?? "");

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Whether a text is a point in time with a time zone, so that it can be shown in the reader's zone. */
export const isInstant = (text: string): boolean =>
  instant.test(text) && !Number.isNaN(Date.parse(text));

/**
 * Splits a number's digits into groups of three, from the right. The parts joined are the number again. Null: the
 * number is too short for groups, or no plain decimal.
 */
export function digitGroups(text: string): { sign: string; groups: string[]; rest: string } | null {
  const match = /^(-?)(\d{5,})((?:\.\d+)?)$/.exec(text);
  if (!match) return null;
  const [, sign = "", digits = "", rest = ""] = match;
  const first = digits.length % 3 || 3;
  const groups = [digits.slice(0, first)];
  for (let at = first; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3));
  return { sign, groups, rest };
}
