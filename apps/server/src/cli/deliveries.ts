import { addVerb, print, type OutputOptions } from "@sayso/cli";
import {
  countUnsent,
  holdDeliveries,
  readDeliveryHold,
  releaseDeliveries,
  type Services,
} from "@sayso/core";
import type { Command } from "commander";
import { withContext } from "./with-context.ts";
import { formatDate } from "./table.ts";

/** Adds `sayso deliveries …`. */
export function addDeliveriesVerbs(program: Command): void {
  const deliveries = program
    .command("deliveries")
    .description("hold or release outgoing callbacks, webhooks and emails");

  addVerb(
    deliveries,
    "hold",
    "stop sending from this database until `sayso deliveries release`",
    "sayso deliveries hold",
  ).action((options: OutputOptions) =>
    withContext(async ({ services }) => {
      await holdDeliveries(services);
      await printHold(services, options);
    }),
  );

  addVerb(
    deliveries,
    "release",
    "send everything that is held, for example after a restore",
    "sayso deliveries release",
  ).action((options: OutputOptions) =>
    withContext(async ({ services }) => {
      const unsent = await countUnsent(services);
      const wasHeld = await releaseDeliveries(services);
      print(
        options,
        { was_held: wasHeld, unsent },
        wasHeld
          ? `Released. ${unsent} callbacks and emails are sent as they fall due.`
          : "Deliveries were not held.",
      );
    }),
  );

  addVerb(
    deliveries,
    "status",
    "show whether deliveries are held",
    "sayso deliveries status",
  ).action((options: OutputOptions) => withContext(({ services }) => printHold(services, options)));
}

async function printHold(services: Services, options: OutputOptions): Promise<void> {
  const [hold, unsent] = await Promise.all([readDeliveryHold(services), countUnsent(services)]);
  print(
    options,
    { is_held: hold !== null, reason: hold?.reason ?? null, since: hold?.since ?? null, unsent },
    hold
      ? `Held since ${formatDate(hold.since)} (${hold.reason}): ${unsent} callbacks and emails wait for \`sayso deliveries release\`.`
      : `Deliveries are not held. ${unsent} callbacks and emails are sent as they fall due.`,
  );
}
