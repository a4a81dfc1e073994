import { deleteSubscriptions } from "./delete-hook.ts";
import { readHook, tidyWish, type HookState } from "./hook.ts";
import type { Port, SubscriptionBody, Warning } from "./port.ts";

/** The largest number of replaced subscriptions that are remembered. Older ones end by the server's own rules. */
const RETIRED_MAX = 10;

/**
 * Ensures that the wanted subscription exists, and no other one of this trigger. The server answers the same wish with
 * the same id and secret, so this can be repeated after a lost answer, after a lost state or at each activation. A
 * subscription with another target, types or filter is deleted only after the new one exists, so that no event is
 * missed in between.
 *
 * @returns the hook to store. The warning `old_subscription_remains` says that deleting failed. The next `createHook`
 * or `deleteHook` tries again; until then the subscription's secret stays among `hookSecrets`
 * @throws the port's errors while the subscription is made; Error when the answer isn't a subscription
 */
export async function createHook({
  port,
  stored,
  wanted,
}: {
  port: Pick<Port, "createSubscription" | "deleteSubscription">;
  stored: unknown;
  wanted: SubscriptionBody;
}): Promise<{ hook: HookState; warnings: Warning[] }> {
  const before = readHook(stored);
  const wish = tidyWish(wanted);
  const { id, secret } = await port.createSubscription(wish);
  if (typeof id !== "string" || typeof secret !== "string")
    throw new Error("The server didn't confirm the subscription: its answer has no id and secret");
  const replaced = before ? [{ id: before.id, secret: before.secret }, ...before.retired] : [];
  // The wish can be an earlier one again, whose subscription was not deleted yet.
  const old = replaced.filter((one) => one.id !== id).slice(0, RETIRED_MAX);
  const { remaining, failures } = await deleteSubscriptions(port, old);
  return {
    hook: {
      v: 1,
      id,
      secret,
      target_url: wish.target_url,
      event_types: wish.event_types,
      filter: wish.filter ?? null,
      retired: remaining,
    },
    warnings: failures.map((failure) => ({
      code: "old_subscription_remains",
      message: `The subscription that was replaced could not be deleted yet: ${failure}`,
    })),
  };
}
