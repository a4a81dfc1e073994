import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { options } from "./options.ts";

type Cell = string | number | null;

/** A table as it was printed. Numbers are not rounded; null is a missing figure. */
export interface Table {
  head: string[];
  rows: Cell[][];
}

/** The result of a bench's last run: `bench/results/<name>.json`. */
export interface Result {
  bench: string;
  /** ISO 8601 */
  at: string;
  tookSeconds: number;
  machine: { processor: string; cores: number; memoryGb: number; system: string };
  versions: Record<string, string>;
  options: Record<string, unknown>;
  tables: Table[];
  /** Facts that a reader of the tables needs. */
  notes: string[];
}

/** The folder for the results of completed benches. It is not part of the repository. */
export const resultsFolder = fileURLToPath(new URL("results/", import.meta.url));

const tables: Table[] = [];
const notes: string[] = [];
const versions: Record<string, string> = { node: process.version };

/** Prints rows as an aligned Markdown table, and keeps them for the run's result. */
export function printTable(head: string[], rows: Cell[][]): void {
  tables.push({ head, rows });
  console.log(`${renderTable({ head, rows })}\n`);
}

/** Prints a sentence below the tables, and keeps it for the run's result. */
export function printNote(text: string): void {
  notes.push(text);
  console.log(`${text}\n`);
}

/** Keeps the version of a measured program for the run's result. */
export function recordPeerVersion(of: string, version: string): void {
  versions[of] = version;
}

process.once("exit", (code) => {
  if (code === 0 && tables.length > 0) writeResult();
});

function writeResult(): void {
  const bench = basename(process.argv[1] ?? "", ".ts");
  const result: Result = {
    bench,
    at: new Date().toISOString(),
    tookSeconds: Math.round(process.uptime()),
    machine: {
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: { sayso: commit(), ...versions },
    options,
    tables,
    notes,
  };
  mkdirSync(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${bench}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.error(`Written to bench/results/${bench}.json after ${result.tookSeconds} s.`);
}

/** Returns the commit that is checked out, marked if files differ from it; without git, the version. */
function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const isDirty = git("status", "--porcelain", "--", "packages", "apps", "bench") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${isDirty ? ", with changes" : ""}`;
  } catch {
    const manifest = new URL("../package.json", import.meta.url);
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  }
}

/** Renders an aligned Markdown table. */
export function renderTable({ head, rows }: Table): string {
  const cells = [head, ...rows.map((row) => row.map(render))];
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...cells.slice(1).map(line)].join("\n");
}

function render(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (cell === null || !Number.isFinite(cell)) return "–";
  const size = Math.abs(cell);
  if (size >= 100) return Math.round(cell).toLocaleString("en");
  return cell.toFixed(size >= 10 || Number.isInteger(cell) ? (Number.isInteger(cell) ? 0 : 1) : 2);
}
