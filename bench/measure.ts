/** The value below which `share` of the samples lie; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Throughput {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Repeats `work` with so many at once for about `seconds`, after a tenth of that as warm-up. */
export async function repeat(
  concurrency: number,
  seconds: number,
  work: (round: number) => Promise<void>,
): Promise<Throughput> {
  let round = 0;
  const runFor = async (ms: number) => {
    const samples: number[] = [];
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (performance.now() - startedAt < ms) {
          const begin = performance.now();
          await work(round++);
          samples.push(performance.now() - begin);
        }
      }),
    );
    return { samples, ms: performance.now() - startedAt };
  };
  await runFor(seconds * 100);
  const { samples, ms } = await runFor(seconds * 1000);
  return {
    perSecond: (samples.length / ms) * 1000,
    p50Ms: percentile(samples, 0.5),
    p99Ms: percentile(samples, 0.99),
  };
}

/** Prints rows as an aligned Markdown table. */
export function printTable(head: string[], rows: (string | number)[][]): void {
  const cells = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === "number" ? format(cell) : cell))),
  ];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  console.log(
    [
      line(cells[0]!),
      `|${widths.map((w) => "-".repeat(w + 2)).join("|")}|`,
      ...cells.slice(1).map(line),
    ].join("\n"),
    "\n",
  );
}

const format = (n: number): string =>
  Number.isNaN(n)
    ? "–"
    : n >= 100
      ? Math.round(n).toLocaleString("en")
      : n >= 10
        ? n.toFixed(1)
        : n.toFixed(2);
