/** A fault in a table, with its place. */
export interface TableFault {
  line: number;
  column: number;
  message: string;
  /** The line in the form that was sent. */
  row: string;
}

const FAULT = /csv: line (\d+), column (\d+): (.*?)(?=; csv: line \d|$)/gs;

/**
 * Returns the faults that a refused import names, in the order of lines. Empty: the message is about something else.
 */
export function faultsOfTable(message: string, csv: string): TableFault[] {
  const lines = csv.split(/\r\n|\r|\n/);
  return [...message.matchAll(FAULT)]
    .map(([, line = "", column = "", what = ""]) => ({
      line: Number(line),
      column: Number(column),
      message: what,
      row: lines[Number(line) - 1] ?? "",
    }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}
