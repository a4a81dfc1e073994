/**
 * Returns the first item of an answer that always has one: of a statement that returns one row, for instance.
 *
 * @throws Error: there is none, so the code is wrong
 */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("A statement that returns one row returned none");
  return row;
}
