import { invalidInput } from "../../errors.ts";

/** One value of a table, with its line and column, both from 1. */
export interface Cell {
  text: string;
  line: number;
  column: number;
}

/**
 * Returns the records of a comma-separated table (RFC 4180). A value in quotes can contain doubled quotes, commas and
 * line breaks. Lines end in CRLF, LF or CR. A byte order mark and empty lines are skipped.
 *
 * @throws DomainError `validation_failed`, which names line and column: a quote in the wrong place, or one that never
 *   ends
 */
export function readCsv(text: string): Cell[][] {
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const records: Cell[][] = [];
  let [at, line] = [0, 1];
  while (at < source.length) {
    const record: Cell[] = [];
    for (;;) {
      const cell = readCell(source, at, line, record.length + 1);
      record.push(cell.cell);
      at = cell.end;
      line = cell.line;
      if (source[at] !== ",") break;
      at++;
    }
    if (source.startsWith("\r\n", at)) at += 2;
    else if (at < source.length) at++;
    line++;
    if (record.length > 1 || record[0]?.text !== "") records.push(record);
  }
  return records;
}

interface Read {
  cell: Cell;
  /** The index after the cell; `line` is the line there. */
  end: number;
  line: number;
}

function readCell(source: string, from: number, line: number, column: number): Read {
  const at = { line, column };
  if (source[from] !== '"') {
    const length = source.slice(from).search(/[,\r\n]/);
    const end = length === -1 ? source.length : from + length;
    const text = source.slice(from, end);
    if (text.includes('"')) throw fault(at, 'a value with a quote in it must stand in quotes: ""');
    return { cell: { text, ...at }, end, line };
  }
  let text = "";
  for (let i = from + 1; ;) {
    const quote = source.indexOf('"', i);
    if (quote === -1) throw fault(at, "the quote that begins here never ends");
    text += source.slice(i, quote);
    if (source[quote + 1] === '"') {
      text += '"';
      i = quote + 2;
      continue;
    }
    const end = quote + 1;
    if (end < source.length && !/[,\r\n]/.test(source.charAt(end)))
      throw fault(at, "after the closing quote a comma or the end of the line must follow");
    return { cell: { text, ...at }, end, line: line + countLines(text) };
  }
}

const countLines = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

const fault = ({ line, column }: { line: number; column: number }, message: string) =>
  invalidInput({ field: "csv", message: `csv: line ${line}, column ${column}: ${message}` });
