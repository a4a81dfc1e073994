/** Something that is wrong with a table, and where. */
export interface TableFault {
  line: number;
  column: number;
  message: string;
  /** The line as it was sent. */
  row: string;
}

const FAULT = /csv: line (\d+), column (\d+): (.*?)(?=; csv: line \d|$)/gs;

/** What a refused import tells of its rows, in the order of lines; nothing where it is about something else. */
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
