/**
 * Returns the last item of a list that is never empty.
 *
 * @throws Error: it is empty, so the code is wrong
 */
export function lastItem<Item>(items: readonly Item[]): Item {
  if (items.length === 0) throw new Error("A list that is never empty was empty");
  return items[items.length - 1] as Item;
}
