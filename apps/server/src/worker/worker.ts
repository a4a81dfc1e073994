import type { Services } from "@sayso/core";
import type { Logger } from "pino";
import { createComplaints } from "./complaints.ts";
import { startDeliverer } from "./deliver.ts";
import { startMailer } from "./mail.ts";
import type { MailSender } from "./mail-sender.ts";
import type { WebhookSender } from "../webhooks/send-webhook.ts";
import { startSequencer } from "./sequence.ts";
import { startForgettingCalls } from "./forget-calls.ts";
import { watchHold } from "./hold.ts";
import { startSweeper } from "./sweep.ts";
import { createFeedNotifier, listenForHints } from "./work-hints.ts";

/** The work that happens without a call: callbacks and mails are sent, deadlines met, and events sequenced. */
export interface Worker {
  /** Looks for due work at once. Cheap; call it after every commit that brings work. */
  wake: () => void;
  /** Sequences newly written events. Cheaper than `wake`. */
  wakeSequencer: () => void;
  /** As {@link Services.reserveDelivery}. */
  reserveDelivery: Services["reserveDelivery"];
  /** Begins nothing more. Resolves when running work has ended, after 20 s at most. Close the sender afterwards. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  services: Services;
  sender: WebhookSender;
  /** Null: mail isn't configured. Closed by `stop`. */
  mailSender: MailSender | null;
  log: Logger;
}

const STOP_PATIENCE_MS = 20_000;

/**
 * Starts the worker. Any number of processes may run one: claims and compare-and-set make sure that each thing is done
 * once. Errors are logged once a minute per kind and never end the worker.
 */
export function startWorker({ services, sender, mailSender, log }: WorkerOptions): Worker {
  const complain = createComplaints(log);
  const hold = watchHold(services, log, complain);
  const deliverer = startDeliverer({
    services,
    sender,
    complain,
    onFailure: ({ id, organizationId, origin }, detail) =>
      log.debug({ delivery: id, organizationId, origin, detail }, "an attempt to deliver failed"),
  });
  const sweeper = startSweeper(services, complain);
  const forgetter = startForgettingCalls(services, complain);
  const mailer = mailSender && startMailer({ services, sender: mailSender, complain });
  const wake = (): void => {
    deliverer.wake();
    sweeper.wake();
    mailer?.wake();
  };
  const notifyOthers = createFeedNotifier(services);
  const sequencer = startSequencer({
    services,
    onHeads(heads) {
      services.feed.changed(heads);
      notifyOthers(heads);
    },
    onDeliveries: deliverer.wake,
    complain,
  });
  const stopListening = listenForHints(
    services,
    { onWork: wake, onEvents: sequencer.wake, onFeed: services.feed.changed },
    complain,
  );
  return {
    wake,
    wakeSequencer: sequencer.wake,
    reserveDelivery: (origin) => (hold.mayBeHeld() ? null : deliverer.reserve(origin)),
    async stop() {
      stopListening();
      hold.stop();
      await Promise.all([
        deliverer.stop(STOP_PATIENCE_MS),
        sweeper.stop(),
        forgetter.stop(),
        sequencer.stop(),
        mailer?.stop(STOP_PATIENCE_MS),
      ]);
    },
  };
}
