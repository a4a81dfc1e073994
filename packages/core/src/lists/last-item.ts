/**
 * Returns the last item of a list that is never empty.
 *
 * @throws Error: it is empty, so the code is wrong
 */
export function lastItem<Item>(items: readonly Item[]): Item {
  const last = items.at(-1);
  if (last === undefined) throw new Error("A list that is never empty was empty");
  return last;
}
