// npm run bench all: runs every bench in turn, then writes docs/benchmarks.md from their results.
// SAYSO_BENCH_ONLY=report: only writes the page.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { must } from "@sayso/must";
import { tabulateGoals } from "./goals.ts";
import { renderTable, resultsFolder, type Result } from "./report.ts";

/** The benches in the order of the page, each with a description of its tables. */
const benches: Record<string, [title: string, says: string]> = {
  cycle: [
    "Create, decide, call back",
    "Pairs of create and decide over HTTP, compared with the same work on PostgreSQL without Sayso; then full cycles, compared with other products.",
  ],
  callback: ["Decision → callback", "The time from a decision to the receipt of its callback."],
  poll: [
    "Polling for events",
    "Pages of the feed after a cursor, with ever longer feeds, and a poll that waits for an event.",
  ],
  stream: [
    "Streaming events",
    "Server-sent events: the delay of a new event, and the speed of reading from the beginning.",
  ],
  feed: ["What the feed's order costs", "The same writes, with the sequencer on and off."],
  list: ["Lists", "A page of 20 requests with the exact total, among ever more requests."],
  start: ["Starting", "The time from the start of the process to the first 200 of /readyz."],
  memory: ["Memory", "The server and its embedded PostgreSQL."],
  fleet: [
    "Several processes, several organizations",
    "Several server processes on one database, with callbacks; and the same load in one organization and in a hundred.",
  ],
  scaling: [
    "Resources by number of requests",
    "The measured cost of one request, and the resources calculated from it ([scaling](scaling.md)).",
  ],
};

const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
const failed: string[] = [];
if (process.env.SAYSO_BENCH_ONLY !== "report") {
  for (const name of Object.keys(benches)) {
    console.error(`\n${name}`);
    const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    const { status } = spawnSync(process.execPath, [file], { stdio: "inherit" });
    if (status !== 0) failed.push(name);
  }
}
writeFileSync(page, renderPage(Object.keys(benches).flatMap(readResult)));
console.error(`Written: docs/benchmarks.md.`);
if (failed.length > 0) {
  console.error(
    `Failed, so the page shows what they said before, if anything: ${failed.join(", ")}`,
  );
  process.exitCode = 1;
}

function readResult(name: string): Result[] {
  try {
    return [JSON.parse(readFileSync(join(resultsFolder, `${name}.json`), "utf8")) as Result];
  } catch {
    return [];
  }
}

function renderPage(results: Result[]): string {
  return [
    "# Benchmarks",
    "Written by `npm run bench all`; don't edit. Every bench measures the shipped product: row-level security, audit trail, " +
      "rate limits, signatures, `fsync` and synchronous commit are on. Load generator, server and PostgreSQL share the " +
      "machine. One run measures the compared cases in turn. Figures are medians over its rounds; ratios are medians of the " +
      "ratios within each round. Absolute figures depend on the machine, ratios less so.",
    "## Goals",
    renderTable(tabulateGoals(results)),
    ...results.flatMap(renderResult),
    "## How to repeat it",
    "`npm run bench <name>` runs one bench and stores its figures in `bench/results/`; `npm run bench all` runs all benches and " +
      "writes this page. `SAYSO_BENCH_SECONDS` (5), `SAYSO_BENCH_ROUNDS` (3), `SAYSO_BENCH_REQUESTS` and `SAYSO_BENCH_EVENTS` " +
      "(1,000,000; with 10,000,000 a run needs about 30 GB of disk), `SAYSO_BENCH_CLIENTS` (2,000) and " +
      "`SAYSO_BENCH_PEERS` (`mastra,restate,dbos,langgraph,n8n`, or `none`) make a run longer or shorter. Peers are installed " +
      "from npm into `~/.cache/sayso-bench`, n8n into `tools/n8n-host`. `pgbench` measures limits if it is on the path.",
  ]
    .join("\n\n")
    .concat("\n");
}

function renderResult(result: Result): string[] {
  const [title, says] = must(benches[result.bench]);
  const { processor, cores, memoryGb, system } = result.machine;
  const versions = Object.entries(result.versions).map(([of, version]) => `${of} ${version}`);
  const { seconds, rounds } = result.options;
  return [
    `## ${title}`,
    says,
    ...result.tables.map(renderTable),
    ...result.notes,
    `_${result.at.slice(0, 10)}, ${cores} cores (${processor}), ${memoryGb} GB, ${system}; ${versions.join(", ")}; ` +
      `${String(rounds)} rounds of ${String(seconds)} s._`,
  ];
}
