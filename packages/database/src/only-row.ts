/**
 * Returns the first item of an answer that always has one: of a statement that returns one row, for instance.
 *
 * @throws Error: there is none, so the code is wrong
 */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  if (rows.length === 0) throw new Error("A statement that returns one row returned none");
  return rows[0] as Row;
}
