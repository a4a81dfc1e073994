import type { Services } from "@sayso/core";
import { createShares, type Owner } from "../shares.ts";
import { createOrigins, type AttemptEnd, type Origins } from "./origins.ts";

/**
 * Of one process, in places: 64 MB of bodies at most. A delivery takes one place for each 128 kB that it has begun.
 */
const PLACES = 512;
const BYTES_EACH = 128 * 1024;

/** To whom something is delivered, on whose behalf, and how much of it there is. */
export type DeliveryTarget = Parameters<Services["reserveDelivery"]>[0];

/** Of one delivery among those that are under way. */
export interface Place {
  /** How long the attempt may take. */
  readonly patienceMs: number;
  /** Once, when it has ended; null: nothing was attempted. */
  free(end: AttemptEnd | null): void;
}

/**
 * What one process has under way: of each origin as many as it has earned, of each connection and each organization
 * no more than its share, so that a place is left for everybody else whatever one of them asks for.
 */
export interface Places extends Pick<Origins, "perOrigin"> {
  /** Whether this one may not be begun for now. */
  isFull(target: DeliveryTarget): boolean;
  /** Those that may be given nothing more for now. */
  busy(): { organizations: string[]; owners: string[]; origins: string[] };
  room(): number;
  /** Bytes that bodies may still hold. */
  bytesLeft(): number;
  take(target: DeliveryTarget): Place;
  /** Gives nobody else the last `count` places until `work` has ended. */
  keepFree<Result>(count: number, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all that are taken now are free. */
  empty(): Promise<unknown>;
}

/** @param onFree a place has become free */
export function createPlaces(onFree: () => void): Places {
  const origins = createOrigins();
  const shares = createShares(PLACES);
  const taken = new Set<Promise<void>>();
  let kept = 0;
  const room = (): number => shares.left() - kept;
  const placesOf = ({ bytes }: DeliveryTarget): number => 1 + Math.floor(bytes / BYTES_EACH);
  return {
    perOrigin: origins.perOrigin,
    isFull: (target) =>
      room() < placesOf(target) || origins.isBusy(target.origin) || shares.isFull(ownerOf(target)),
    busy: () => ({
      organizations: shares.fullOrganizations(),
      owners: shares.fullOwners(),
      origins: origins.busy(),
    }),
    room,
    bytesLeft: () => Math.max(0, room()) * BYTES_EACH,
    take(target) {
      const begun = origins.begin(target.origin);
      const giveBack = shares.take(ownerOf(target), placesOf(target));
      const ended = Promise.withResolvers<void>();
      taken.add(ended.promise);
      return {
        patienceMs: begun.patienceMs,
        free(end) {
          if (end === null) origins.cancel(begun);
          else origins.end(begun, end);
          giveBack();
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

const ownerOf = ({ organizationId, connectionId }: DeliveryTarget): Owner => ({
  organizationId,
  connectionId,
});
