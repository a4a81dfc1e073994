import {
  countUnsent,
  holdDeliveries,
  readDeliveryHold,
  releaseDeliveries,
  type Services,
} from "@sayso/core";
import type { Command } from "commander";
import { addVerb, print, tellDate, type OutputOptions } from "./verb.ts";
import { withContext } from "./with-context.ts";

/** Adds `sayso deliveries …`. */
export function addDeliveriesVerbs(program: Command): void {
  const deliveries = program
    .command("deliveries")
    .description("hold what is sent (callbacks, subscriptions, mails), and let it out");

  addVerb(
    deliveries,
    "hold",
    "send nothing from this database until `sayso deliveries release`",
    "sayso deliveries hold",
  ).action((options: OutputOptions) =>
    withContext(async ({ services }) => {
      await holdDeliveries(services);
      await tellHold(services, options);
    }),
  );

  addVerb(
    deliveries,
    "release",
    "send what is held, as after a restore",
    "sayso deliveries release",
  ).action((options: OutputOptions) =>
    withContext(async ({ services }) => {
      const unsent = await countUnsent(services);
      const wasHeld = await releaseDeliveries(services);
      print(
        options,
        { was_held: wasHeld, unsent },
        wasHeld
          ? `${unsent} callbacks and mails are sent from now on, as they are due.`
          : "Nothing was held.",
      );
    }),
  );

  addVerb(deliveries, "status", "say whether anything is held", "sayso deliveries status").action(
    (options: OutputOptions) => withContext(({ services }) => tellHold(services, options)),
  );
}

async function tellHold(services: Services, options: OutputOptions): Promise<void> {
  const [hold, unsent] = await Promise.all([readDeliveryHold(services), countUnsent(services)]);
  print(
    options,
    { is_held: hold !== null, reason: hold?.reason ?? null, since: hold?.since ?? null, unsent },
    hold
      ? `Held since ${tellDate(hold.since)} (${hold.reason}): ${unsent} callbacks and mails wait for \`sayso deliveries release\`.`
      : `Nothing is held; ${unsent} callbacks and mails wait to be sent as they are due.`,
  );
}
