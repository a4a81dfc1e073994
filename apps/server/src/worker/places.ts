import type { Services } from "@sayso/core";
import { createShares, type Owner } from "../shares.ts";
import { createOrigins, type AttemptEnd, type Origins } from "./origins.ts";

/**
 * The places of one process, which limit bodies to 64 MB. A delivery takes one place for each 128 kB that it has begun.
 */
const PLACES = 512;
const BYTES_EACH = 128 * 1024;

/** The target of a delivery: where it goes, on whose behalf, and its size. */
export type DeliveryTarget = Parameters<Services["reserveDelivery"]>[0];

/** The place of one delivery that is under way. */
export interface Place {
  /** The longest time that the attempt may take, in milliseconds. */
  readonly patienceMs: number;
  /** Gives the place back; call it once, when the attempt has ended. Null: nothing was attempted. */
  free(end: AttemptEnd | null): void;
}

/**
 * The deliveries that one process has under way. Each origin has as many as it has earned. Each connection and each
 * organization has no more than its share, so that a place is left for everybody else.
 */
export interface Places extends Pick<Origins, "perOrigin"> {
  /** Returns true while a delivery to this target may not begin. */
  isFull(target: DeliveryTarget): boolean;
  /** The organizations, owners and origins that may get nothing more for now. */
  busy(): { organizations: string[]; owners: string[]; origins: string[] };
  room(): number;
  /** Bytes that further bodies can hold. */
  bytesLeft(): number;
  take(target: DeliveryTarget): Place;
  /** Reserves `count` places until `work` has ended: nothing else takes them. */
  keepFree<Result>(count: number, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when all places that are taken now are free. */
  empty(): Promise<unknown>;
}

/** @param onFree called when a place becomes free */
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
