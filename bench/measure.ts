import { must } from "@sayso/must";
/** Returns the value below which `share` of the samples lie; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Returns the median of those samples that are numbers; the mean of the middle two if their count is even. */
export function median(samples: readonly number[]): number {
  const sorted = samples.filter((sample) => !Number.isNaN(sample)).sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

export interface Throughput {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Repeats `work` with `concurrency` at once for about `seconds`, after a tenth of that as warm-up. */
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

/** The measurements of one thing, round by round. */
export type Rounds = readonly Record<string, number>[];

/**
 * Measures several things in turn, so that other work of the machine affects all of them. Each goes first equally often
 * if there are enough rounds. An error of one of them ends all.
 */
export async function interleave<Name extends string>(
  rounds: number,
  things: Record<Name, () => Promise<Record<string, number>>>,
): Promise<Record<Name, Rounds>> {
  const names = Object.keys(things) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Record<string, number>[]
  >;
  for (let round = 0; round < rounds; round++) {
    const turned = names.map((_, i) => must(names[(i + round) % names.length]));
    for (const name of turned) {
      console.error(`Round ${round + 1} of ${rounds}: ${name} …`);
      results[name].push(await things[name]());
    }
  }
  return results;
}

/** Returns the median over the rounds. */
export const medianOf = (rounds: Rounds, of: string): number =>
  median(rounds.map((round) => round[of] ?? Number.NaN));

/** Returns the median of the ratios, each within its round. */
export const ratioOf = (dividend: Rounds, divisor: Rounds, of: string): number =>
  median(dividend.map((round, i) => (round[of] ?? Number.NaN) / (divisor[i]?.[of] ?? Number.NaN)));
