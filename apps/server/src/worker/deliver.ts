import {
  claimDeliveries,
  createAttemptRecorder,
  createDatabaseClock,
  type ClaimedDelivery,
  type Services,
} from "@sayso/core";
import { attemptDelivery } from "./attempt-delivery.ts";
import { startLoop } from "./loop.ts";
import { createOrigins, PARKED_AFTER_MS } from "./origins.ts";
import type { WebhookSender } from "./send-webhook.ts";

/** Sends what is due. */
export interface Deliverer {
  /** Something may be due: looks at once. */
  wake: () => void;
  /** Claims nothing more and waits for what is under way, at most so long; what isn't recorded then is due again soon. */
  stop(patienceMs: number): Promise<void>;
}

const CLAIMED_MAX = 64;
const UNDER_WAY_MAX = 256;
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
  const origins = createOrigins();
  const clock = startClock(services, complain);
  const underWay = new Set<Promise<void>>();
  let mayHaveMore = false;
  let isAbandoned = false;

  const deliver = async (delivery: ClaimedDelivery): Promise<void> => {
    const begun = origins.begin(delivery.origin);
    let isOk = false;
    try {
      const attempt = await attemptDelivery(sender, delivery, await clock.now());
      isOk = attempt.ok;
      services.reach("before_record");
      if (!isAbandoned) await record(delivery, attempt);
    } catch (error) {
      complain("recording an attempt", error);
    } finally {
      origins.end(begun, isOk);
    }
  };

  const claim = async (): Promise<number> => {
    const limit = Math.min(CLAIMED_MAX, UNDER_WAY_MAX - underWay.size);
    if (limit <= 0) {
      mayHaveMore = true;
      return POLL_MS;
    }
    const busyOrigins = origins.busy();
    const perOrigin = origins.perOrigin();
    const claimed = await claimDeliveries(services, { limit, perOrigin, busyOrigins });
    if (claimed.length > 0) services.reach("after_claim");
    for (const delivery of claimed) {
      const done = deliver(delivery).finally(() => {
        underWay.delete(done);
        if (mayHaveMore) loop.wake();
      });
      underWay.add(done);
    }
    // More may be due than was taken: look again now, and whenever a slot becomes free.
    const byOrigin = Map.groupBy(claimed, ({ origin }) => origin);
    const isOriginFull = [...byOrigin.values()].some((of) => of.length >= perOrigin);
    mayHaveMore = claimed.length === limit || isOriginFull || busyOrigins.length > 0;
    if (claimed.length > 0 && mayHaveMore) return 0;
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
    async stop(patienceMs) {
      await loop.stop();
      clock.stop();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
      await Promise.race([Promise.all(underWay), patience]);
      clearTimeout(timer);
      isAbandoned = true;
    },
  };
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
