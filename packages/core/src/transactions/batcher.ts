import { DomainError } from "../errors.ts";

/** Runs one item. Items that arrive together share a round trip. */
export type Batched<Item, Result> = (groupKey: string, item: Item) => Promise<Result>;

const PATIENCE_MS = 500;
/**
 * The age until which a running batch holds back the next items, so that they gather in a larger batch. A slow batch
 * holds up nobody.
 */
const YOUNG_MS = 20;

/**
 * Gathers the items of one group (an organization) that arrive while earlier ones are under way, and runs them
 * together. A lone item starts at the end of the current tick: it never waits for company.
 *
 * @param run must return one result per item, in order. When a batch fails, its items are run one by one, so that an
 *   item only ever fails for its own reason. When the database is `unavailable`, all fail at once, together with the
 *   items that have waited behind them for more than 500 ms, so that nobody waits for a silent database twice. Items
 *   must carry their own ids or versions, so that running one twice does nothing twice.
 * @param limits.inFlight batches of one group under way at once, default 2. The next one begins when it is full, or
 *   when the last one is 20 ms old
 * @param limits.size items in one batch at most, default 64
 */
export function createBatcher<Item, Result>(
  run: (groupKey: string, items: Item[]) => Promise<Result[]>,
  limits: { inFlight?: number; size?: number } = {},
): Batched<Item, Result> {
  const { inFlight = 2, size = 64 } = limits;
  const groups = new Map<string, Group<Item, Result>>();

  const runTogether = async (key: string, entries: Entry<Item, Result>[]) => {
    try {
      const results = await run(
        key,
        entries.map((e) => e.item),
      );
      if (results.length !== entries.length)
        throw new Error(`A batch of ${entries.length} items returned ${results.length} results.`);
      results.forEach((result, i) => entries[i]?.resolve(result));
    } catch (error) {
      const isForAll = error instanceof DomainError && error.code === "unavailable";
      if (isForAll) entries.push(...takeImpatient(groups.get(key)));
      if (entries.length === 1 || isForAll) entries.forEach((entry) => entry.reject(error));
      else for (const entry of entries) await runTogether(key, [entry]);
    }
  };

  const mayBegin = ({ waiting, underWay, begunAt }: Group<Item, Result>): boolean =>
    underWay === 0 ||
    (underWay < inFlight && (waiting.length >= size || performance.now() - begunAt >= YOUNG_MS));

  const flush = (key: string, group: Group<Item, Result>) => {
    while (group.waiting.length > 0 && mayBegin(group)) {
      group.underWay++;
      group.begunAt = performance.now();
      void runTogether(key, group.waiting.splice(0, size)).finally(() => {
        group.underWay--;
        if (group.waiting.length > 0) flush(key, group);
        else if (group.underWay === 0) groups.delete(key);
      });
    }
    if (group.waiting.length > 0 && group.underWay < inFlight)
      group.timer ??= setTimeout(() => {
        group.timer = undefined;
        flush(key, group);
      }, YOUNG_MS);
  };

  return (key, item) =>
    new Promise<Result>((resolve, reject) => {
      const group = groups.get(key) ?? { waiting: [], underWay: 0, begunAt: 0 };
      groups.set(key, group);
      group.waiting.push({ item, since: performance.now(), resolve, reject });
      const { length } = group.waiting;
      if (length === 1 || length === size) setImmediate(flush, key, group);
    });
}

function takeImpatient<Item, Result>(
  group: Group<Item, Result> | undefined,
): Entry<Item, Result>[] {
  // The entries stand in their order of arrival.
  const soonestMs = performance.now() - PATIENCE_MS;
  const count = group?.waiting.findIndex((entry) => entry.since > soonestMs) ?? 0;
  return group?.waiting.splice(0, count === -1 ? group.waiting.length : count) ?? [];
}

interface Entry<Item, Result> {
  item: Item;
  /** `performance.now()` */
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

interface Group<Item, Result> {
  waiting: Entry<Item, Result>[];
  underWay: number;
  /** `performance.now()` at the start of the batch that began last. */
  begunAt: number;
  /** Starts the items that wait behind a young batch. */
  timer?: NodeJS.Timeout | undefined;
}
