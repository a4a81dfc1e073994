const number = (name: string, otherwise: number): number => {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0`);
  return value;
};

/** What a run can be told by its environment. */
export const options = {
  /** SAYSO_BENCH_SECONDS: how long a figure is measured in one round. */
  seconds: number("SAYSO_BENCH_SECONDS", 5),
  /** SAYSO_BENCH_ROUNDS: how often, in turn with what it is compared with. */
  rounds: number("SAYSO_BENCH_ROUNDS", 3),
  /** SAYSO_BENCH_REQUESTS: the longest list; 10,000,000 take about 20 GB of disk for a while. */
  requestsMax: number("SAYSO_BENCH_REQUESTS", 1_000_000),
  /** SAYSO_BENCH_EVENTS: the longest feed; 10,000,000 take about 8 GB of disk for a while. */
  eventsMax: number("SAYSO_BENCH_EVENTS", 1_000_000),
  /** SAYSO_BENCH_CLIENTS: streams that are open at once. */
  streams: number("SAYSO_BENCH_CLIENTS", 2_000),
  /** SAYSO_BENCH_PEERS: which, by commas; `none` for none. */
  peers: process.env.SAYSO_BENCH_PEERS?.split(",").filter((name) => name !== "none"),
};

/** 10,000, 100,000, … up to the largest. */
export function sizesUpTo(largest: number): number[] {
  const sizes = [];
  for (let size = 10_000; size < largest; size *= 10) sizes.push(size);
  return [...sizes, largest];
}
