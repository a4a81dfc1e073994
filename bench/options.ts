const number = (name: string, otherwise: number): number => {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0`);
  return value;
};

/** The options of a run, from its environment. */
export const options = {
  /** SAYSO_BENCH_SECONDS: the seconds of a measurement in one round. */
  seconds: number("SAYSO_BENCH_SECONDS", 5),
  /** SAYSO_BENCH_ROUNDS: the number of rounds, in each of which all compared things take turns. */
  rounds: number("SAYSO_BENCH_ROUNDS", 3),
  /** SAYSO_BENCH_REQUESTS: the longest list. 10,000,000 take about 20 GB of disk during the run. */
  requestsMax: number("SAYSO_BENCH_REQUESTS", 1_000_000),
  /** SAYSO_BENCH_EVENTS: the longest feed. 10,000,000 take about 8 GB of disk during the run. */
  eventsMax: number("SAYSO_BENCH_EVENTS", 1_000_000),
  /** SAYSO_BENCH_CLIENTS: the number of streams that are open at once. */
  streams: number("SAYSO_BENCH_CLIENTS", 2_000),
  /** SAYSO_BENCH_PEERS: the peers, separated by commas; `none` for none. */
  peers: process.env.SAYSO_BENCH_PEERS?.split(",").filter((name) => name !== "none"),
};

/** Returns 10,000, 100,000, … up to the largest. */
export function sizesUpTo(largest: number): number[] {
  const sizes = [];
  for (let size = 10_000; size < largest; size *= 10) sizes.push(size);
  return [...sizes, largest];
}
