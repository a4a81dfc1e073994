import { createOrigins, type Origins } from "./origins.ts";

const UNDER_WAY_MAX = 256;

/** Of one delivery among those that are under way. */
export interface Place {
  /** Once, when it has ended; null: nothing was attempted. */
  free(isOk: boolean | null): void;
}

/** What one process has under way: 256 deliveries at most, of each origin as many as it has earned. */
export interface Places extends Pick<Origins, "busy" | "perOrigin"> {
  /** Whether this origin may be given nothing more for now. */
  isFull(origin: string): boolean;
  room(): number;
  take(origin: string): Place;
  /** Gives nobody else the last `count` places until `work` has ended. */
  keepFree<Result>(count: number, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all that are taken now are free. */
  empty(): Promise<unknown>;
}

/** @param onFree a place has become free */
export function createPlaces(onFree: () => void): Places {
  const origins = createOrigins();
  const taken = new Set<Promise<void>>();
  let kept = 0;
  const room = (): number => UNDER_WAY_MAX - taken.size - kept;
  return {
    busy: origins.busy,
    perOrigin: origins.perOrigin,
    isFull: (origin) => room() <= 0 || origins.isBusy(origin),
    room,
    take(origin) {
      const begun = origins.begin(origin);
      const ended = Promise.withResolvers<void>();
      taken.add(ended.promise);
      return {
        free(isOk) {
          if (isOk === null) origins.cancel(begun);
          else origins.end(begun, isOk);
          taken.delete(ended.promise);
          ended.resolve();
          onFree();
        },
      };
    },
    async keepFree(count, work) {
      kept += count;
      try {
        return await work();
      } finally {
        kept -= count;
      }
    },
    empty: () => Promise.all(taken),
  };
}
