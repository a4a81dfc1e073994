import { must } from "@sayso/must";
import type { Result, Table } from "./report.ts";

/** Finds a figure of the last runs; NaN if it is missing. */
type Find = (bench: string, table: string, row: string, column: string) => number;

interface Goal {
  what: string;
  is: "at least" | "at most";
  first: number;
  then: number;
  measured: (find: Find, results: readonly Result[]) => number;
}

const PAIRS = "Sayso over HTTP, one process ÷";
const CYCLES = "full cycles, 32 at once";
const CALLBACK = "decision → callback received";

const tableOf = (results: readonly Result[], bench: string, head: string): Table | undefined =>
  results.find((result) => result.bench === bench)?.tables.find((table) => table.head[0] === head);

/** Returns the ratio to the best peer that waits durably and comes from npm, except n8n. */
function ratioToBestPeer(results: readonly Result[]): number {
  const table = tableOf(results, "cycle", CYCLES);
  const ratios = (table?.rows ?? [])
    .filter(([name]) => name !== "Sayso" && !String(name).startsWith("n8n"))
    .map((row) => Number(row[must(table).head.indexOf("Sayso ÷")] ?? Number.NaN));
  return ratios.length === 0 ? Number.NaN : Math.min(...ratios);
}

/** Returns the largest growth from the shortest to the longest list or feed, among the rows that `which` selects. */
function growth(results: readonly Result[], which: (name: string) => boolean): number {
  const table = tableOf(results, "list", "list");
  const all = (table?.rows ?? [])
    .filter(([name]) => which(String(name)))
    .map((row) => Number(row[must(table).head.indexOf("growth")] ?? Number.POSITIVE_INFINITY));
  return all.length === 0 ? Number.NaN : Math.max(...all);
}

function feedGrowth(results: readonly Result[]): number {
  const all = (tableOf(results, "poll", "50 events behind a cursor")?.rows ?? []).map((row) =>
    Number(row.at(-1)),
  );
  return all.length === 0 ? Number.NaN : Math.max(...all);
}

const isSearch = (name: string): boolean => name.startsWith("search");

const goals: Goal[] = [
  {
    what: "full cycles ÷ best peer",
    is: "at least",
    first: 2,
    then: 5,
    measured: (_, results) => ratioToBestPeer(results),
  },
  {
    what: "full cycles ÷ n8n's own wait and resume",
    is: "at least",
    first: 80,
    then: 200,
    measured: (find) => find("cycle", CYCLES, "n8n", "Sayso ÷"),
  },
  {
    what: "create and decide over HTTP ÷ pgbench, several statements, 32 at once",
    is: "at least",
    first: 0.4,
    then: 1,
    measured: (find) => find("cycle", PAIRS, "several statements by pgbench", "32 at once"),
  },
  {
    what: "one organization's writes ÷ the same over 100 organizations",
    is: "at least",
    first: 0.8,
    then: 0.95,
    measured: (find) =>
      find("fleet", "the same load, 32 at once", "one organization", "÷ 100 organizations"),
  },
  {
    what: "decision → callback, idle, p50 ms",
    is: "at most",
    first: 50,
    then: 10,
    measured: (find) => find("callback", CALLBACK, "one at a time", "from answered: p50 ms"),
  },
  {
    what: "decision → callback, idle, p99 ms",
    is: "at most",
    first: 200,
    then: 50,
    measured: (find) => find("callback", CALLBACK, "one at a time", "p99 ms"),
  },
  {
    what: "the same at 50 a second, one endpoint of 100 dead, p99 ms",
    is: "at most",
    first: 2000,
    then: 250,
    measured: (find) => find("callback", CALLBACK, "50 a second", "p99 ms"),
  },
  {
    what: "list page, any filter, exact total: longest ÷ shortest list",
    is: "at most",
    first: 3,
    then: 1.5,
    measured: (_, results) => growth(results, (name) => !isSearch(name)),
  },
  {
    what: "search by text: longest ÷ shortest list",
    is: "at most",
    first: 10,
    then: 3,
    measured: (_, results) => growth(results, isSearch),
  },
  {
    what: "events behind a cursor: longest ÷ shortest feed",
    is: "at most",
    first: 1.5,
    then: 1.1,
    measured: (_, results) => feedGrowth(results),
  },
  {
    what: "start, embedded database initialised, ms",
    is: "at most",
    first: 3000,
    then: 1000,
    measured: (find) =>
      find("start", "start of the process → ready", "embedded database, initialised", "ms"),
  },
  {
    what: "memory, idle, server and embedded database, MB",
    is: "at most",
    first: 250,
    then: 150,
    measured: (find) => find("memory", "memory, MB", "just started", "both"),
  },
  {
    what: "throughput of 2 server processes, each with as much to do, ÷ 1, by CPU for a pair",
    is: "at least",
    first: 1.3,
    then: 1.7,
    measured: (find) => find("fleet", "server processes", "2, each with as much", "by all CPU"),
  },
];

/** Returns each goal beside the measured figure. A missing figure stays empty. */
export function tabulateGoals(results: readonly Result[]): Table {
  const find: Find = (bench, head, rowStart, column) => {
    const table = tableOf(results, bench, head);
    const row = table?.rows.find(([name]) => String(name).startsWith(rowStart));
    return Number(row?.[must(table).head.indexOf(column)] ?? Number.NaN);
  };
  return {
    head: ["goal", "first", "then", "measured", "met"],
    rows: goals.map(({ what, is, first, then, measured }) => {
      const figure = measured(find, results);
      const meets = (aim: number) => (is === "at least" ? figure >= aim : figure <= aim);
      const met = meets(then) ? "both" : meets(first) ? "first" : "no";
      return [`${what}, ${is}`, first, then, figure, Number.isNaN(figure) ? "not measured" : met];
    }),
  };
}
