import {
  claimDeliveries,
  createAttemptRecorder,
  createDatabaseClock,
  endClaims,
  type OpenDelivery,
  type Services,
} from "@sayso/core";
import { ownerId } from "../shares.ts";
import { attemptDelivery, type ReportFailure } from "./attempt-delivery.ts";
import { startLoop } from "./loop.ts";
import { PARKED_AFTER_MS, type AttemptEnd } from "./origins.ts";
import { createPlaces, type DeliveryTarget, type Place, type Places } from "./places.ts";
import type { WebhookSender } from "../webhooks/send-webhook.ts";

/** Sends the deliveries that are due. */
export interface Deliverer {
  /** Looks for due deliveries at once. */
  wake: () => void;
  /** As {@link Services.reserveDelivery}. */
  reserve: Services["reserveDelivery"];
  /**
   * Claims nothing more and waits `patienceMs` at most for running attempts. An attempt that isn't recorded by then is
   * due again soon.
   */
  stop(patienceMs: number): Promise<void>;
}

const CLAIMED_MAX = 64;
/** The deliveries of one connection in one claim, while any receiver gives trouble. */
const OF_ONE_OWNER_IN_TROUBLE = 16;
/** The bytes that the bodies of one claim hold together. */
const CLAIMED_BYTES_MAX = 8 * 1024 * 1024;
/** The poll finds everything: a lost wake-up delays by this time at most. */
const POLL_MS = 500;
/** Wake-ups that come closer together share a claim. A single one doesn't wait. */
const CLAIMS_APART_MS = 4;
const AFTER_ERROR_MS = 1000;
const CLOCK_READ_EVERY_MS = 60_000;

type ClaimLimits = Parameters<typeof claimDeliveries>[1];

export interface DelivererOptions {
  services: Services;
  sender: WebhookSender;
  complain: (what: string, error: unknown) => void;
  onFailure: ReportFailure;
}

/**
 * Claims due deliveries in bulk and attempts them side by side, with no transaction open meanwhile. Each attempt is
 * recorded. If recording fails, the delivery's lease ends, and it is sent again under the same id.
 */
export function startDeliverer(options: DelivererOptions): Deliverer {
  const { services, sender, complain, onFailure } = options;
  const record = createAttemptRecorder(services);
  const clock = startClock(services, complain);
  const places = createPlaces(() => {
    if (mayHaveMore()) loop.wake();
  });
  /** The targets that had more due at the last claim than it could take. New deliveries must not overtake those. */
  let behind: Behind = { isAll: false, owners: new Set(), origins: new Set() };
  const mayHaveMore = (): boolean => hasMore(behind);
  /** Claims of this process that might not have been stored: delivery to organization. */
  const unsure = new Map<string, string>();
  let isStopping = false;
  let isAbandoned = false;

  const send = async (open: OpenDelivery, place: Place): Promise<void> => {
    let end: AttemptEnd | null = null;
    try {
      const delivery = open();
      end = "failed";
      const { patienceMs } = place;
      const at = await clock.now();
      const attempt = await attemptDelivery(sender, delivery, at, patienceMs, onFailure);
      end = attempt.ok ? "delivered" : attempt.isTimeOut ? "timed_out" : "failed";
      services.reach("before_record");
      if (!isAbandoned) await record(delivery, attempt);
    } catch (error) {
      complain(end === null ? "opening a delivery's secrets" : "recording an attempt", error);
    } finally {
      place.free(end);
    }
  };

  const isBehind = (target: DeliveryTarget): boolean =>
    behind.isAll || behind.origins.has(target.origin) || behind.owners.has(ownerId(target));

  const reserve: Services["reserveDelivery"] = (target) => {
    if (isStopping || isBehind(target) || places.isFull(target)) return null;
    const place = places.take(target);
    return {
      send: (open) => void send(open, place),
      giveBack: () => place.free(null),
      recall(deliveryId) {
        place.free(null);
        unsure.set(deliveryId, target.organizationId);
        loop.wake();
      },
    };
  };

  const claim = async (): Promise<number> => {
    const recalled = [...unsure].map(([id, organizationId]) => ({ organizationId, id }));
    if (recalled.length > 0) await endClaims(services, recalled);
    for (const { id } of recalled) unsure.delete(id);

    const limits = limitsOf(places);
    if (limits.limit <= 0) {
      behind = { ...behind, isAll: true };
      return POLL_MS;
    }
    const claimed = await places.keepFree(limits.limit, () => claimDeliveries(services, limits));
    if (claimed.length > 0) services.reach("after_claim");
    for (const { target, open } of claimed) void send(open, places.take(target));
    behind = whatIsBehind(claimed, limits);
    if (claimed.length > 0 && mayHaveMore()) return 0;
    return mayHaveMore() ? PARKED_AFTER_MS : POLL_MS;
  };

  const loop = startLoop({
    round: claim,
    onError: (error) => complain("claiming deliveries", error),
    afterErrorMs: AFTER_ERROR_MS,
    apartMs: CLAIMS_APART_MS,
  });

  return {
    wake: loop.wake,
    reserve,
    async stop(patienceMs) {
      isStopping = true;
      await loop.stop();
      clock.stop();
      await atMost(patienceMs, places.empty());
      isAbandoned = true;
    },
  };
}

function limitsOf(places: Places): ClaimLimits {
  const perOrigin = places.perOrigin();
  return {
    limit: Math.min(CLAIMED_MAX, places.room()),
    bytes: Math.min(CLAIMED_BYTES_MAX, places.bytesLeft()),
    perOwner: perOrigin.isCareful ? OF_ONE_OWNER_IN_TROUBLE : CLAIMED_MAX,
    perOrigin: perOrigin.count,
    busy: places.busy(),
  };
}

/**
 * The targets that might have more due than a claim could take: all, or these owners (or whole organizations) and
 * origins.
 */
interface Behind {
  isAll: boolean;
  owners: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

const hasMore = ({ isAll, owners, origins }: Behind): boolean =>
  isAll || owners.size > 0 || origins.size > 0;

function whatIsBehind(
  deliveries: readonly { target: DeliveryTarget }[],
  { limit, bytes, perOwner, perOrigin, busy }: ClaimLimits,
): Behind {
  const claimed = deliveries.map(({ target }) => target);
  const claimedBytes = claimed.reduce((sum, target) => sum + target.bytes, 0);
  return {
    isAll: claimed.length === limit || claimedBytes > bytes / 2,
    owners: new Set([
      ...busy.organizations,
      ...busy.owners,
      ...reached(claimed, ownerId, perOwner),
    ]),
    origins: new Set([...busy.origins, ...reached(claimed, ({ origin }) => origin, perOrigin)]),
  };
}

/** Returns the keys that occur at least `count` times. */
const reached = <T>(all: readonly T[], keyOf: (one: T) => string, count: number): string[] =>
  [...Map.groupBy(all, keyOf)].filter(([, of]) => of.length >= count).map(([key]) => key);

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

/**
 * Keeps the database's time, read now and then, so that receivers don't refuse our timestamps because of a wrong clock
 * here.
 */
function startClock({ system }: Services, complain: DelivererOptions["complain"]) {
  const clock = createDatabaseClock();
  const read = async (): Promise<void> => {
    const [askedAt, askedAtWall] = [performance.now(), Date.now()];
    const { rows } = await system.query<{ now: Date }>("select clock_timestamp() as now");
    if (rows[0]) clock.observe(rows[0].now, askedAt, askedAtWall);
  };
  const readOrComplain = (): Promise<void> =>
    read().catch((error: unknown) => complain("reading the database's clock", error));
  void readOrComplain();
  const timer = setInterval(() => void readOrComplain(), CLOCK_READ_EVERY_MS);
  return {
    now: async (): Promise<Date> => {
      if (clock.nowMs() === null) await readOrComplain();
      return new Date(clock.nowMs() ?? Date.now());
    },
    stop: () => clearInterval(timer),
  };
}
