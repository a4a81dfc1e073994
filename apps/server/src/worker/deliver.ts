import {
  claimDeliveries,
  createAttemptRecorder,
  createDatabaseClock,
  endClaims,
  type OpenDelivery,
  type Services,
} from "@sayso/core";
import { attemptDelivery } from "./attempt-delivery.ts";
import { startLoop } from "./loop.ts";
import { PARKED_AFTER_MS } from "./origins.ts";
import { createPlaces, type Place } from "./places.ts";
import type { WebhookSender } from "./send-webhook.ts";

/** Sends what is due. */
export interface Deliverer {
  /** Something may be due: looks at once. */
  wake: () => void;
  /** As {@link Services.reserveDelivery}. */
  reserve: Services["reserveDelivery"];
  /** Claims nothing more and waits for what is under way, at most so long; what isn't recorded then is due again soon. */
  stop(patienceMs: number): Promise<void>;
}

const CLAIMED_MAX = 64;
/** The poll is the truth: a lost wake-up costs this much. */
const POLL_MS = 500;
/** Wake-ups that come closer together share a claim. A lone one doesn't wait. */
const CLAIMS_APART_MS = 4;
const AFTER_ERROR_MS = 1000;
const CLOCK_READ_EVERY_MS = 60_000;

export interface DelivererOptions {
  services: Services;
  sender: WebhookSender;
  complain: (what: string, error: unknown) => void;
}

/**
 * Claims due deliveries in bulk and attempts them side by side, with no transaction open meanwhile. Each attempt is
 * recorded; where recording fails, the delivery's lease ends and it is sent again under the same id.
 */
export function startDeliverer({ services, sender, complain }: DelivererOptions): Deliverer {
  const record = createAttemptRecorder(services);
  const clock = startClock(services, complain);
  const places = createPlaces(() => {
    if (mayHaveMore()) loop.wake();
  });
  /** Where more was due at the last claim than could be taken: new ones must not overtake it. */
  let behind = { isAll: false, origins: new Set<string>() };
  const mayHaveMore = (): boolean => behind.isAll || behind.origins.size > 0;
  /** Claims of this process of which it isn't known whether they were stored. */
  const unsure = new Set<string>();
  let isStopping = false;
  let isAbandoned = false;

  const send = async (open: OpenDelivery, place: Place): Promise<void> => {
    let isOk: boolean | null = null;
    try {
      const delivery = open();
      isOk = false;
      const attempt = await attemptDelivery(sender, delivery, await clock.now());
      isOk = attempt.ok;
      services.reach("before_record");
      if (!isAbandoned) await record(delivery, attempt);
    } catch (error) {
      complain(isOk === null ? "opening a delivery's secrets" : "recording an attempt", error);
    } finally {
      place.free(isOk);
    }
  };

  const reserve: Services["reserveDelivery"] = (origin) => {
    if (isStopping || behind.isAll || behind.origins.has(origin) || places.isFull(origin))
      return null;
    const place = places.take(origin);
    return {
      send: (open) => void send(open, place),
      giveBack: () => place.free(null),
      recall(deliveryId) {
        place.free(null);
        unsure.add(deliveryId);
        loop.wake();
      },
    };
  };

  const claim = async (): Promise<number> => {
    const recalled = [...unsure];
    if (recalled.length > 0) await endClaims(services, recalled);
    for (const id of recalled) unsure.delete(id);

    const limit = Math.min(CLAIMED_MAX, places.room());
    behind.isAll = limit <= 0;
    if (behind.isAll) return POLL_MS;
    const busyOrigins = places.busy();
    const perOrigin = places.perOrigin();
    const claimed = await places.keepFree(limit, () =>
      claimDeliveries(services, { limit, perOrigin, busyOrigins }),
    );
    if (claimed.length > 0) services.reach("after_claim");
    for (const { origin, open } of claimed) void send(open, places.take(origin));
    // More may be due than was taken: look again now, and whenever a place becomes free.
    const full = [...Map.groupBy(claimed, ({ origin }) => origin)]
      .filter(([, of]) => of.length >= perOrigin)
      .map(([origin]) => origin);
    behind = { isAll: claimed.length === limit, origins: new Set([...busyOrigins, ...full]) };
    if (claimed.length > 0 && mayHaveMore()) return 0;
    return busyOrigins.length > 0 ? PARKED_AFTER_MS : POLL_MS;
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

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

/** The database's time, read now and then, so that a wrong clock here doesn't make receivers refuse our timestamps. */
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
