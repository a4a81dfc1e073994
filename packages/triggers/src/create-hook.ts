import { deleteSubscriptions } from "./delete-hook.ts";
import { readHook, tidyWish, type HookState } from "./hook.ts";
import type { Port, SubscriptionBody, Warning } from "./port.ts";

/** How many replaced subscriptions are remembered; beyond that, the oldest ends by the server's own rules. */
const RETIRED_MAX = 10;

/**
 * Makes the wanted subscription be there, and no other of this trigger's: the server answers the same wish with
 * the same id and secret, so this can be repeated after a lost answer, a lost state or at each activation. One that
 * had another target, types or filter is deleted only after the new one exists, so that no event falls between.
 *
 * @returns the hook to store; `old_subscription_remains` among the warnings: deleting failed and is tried again by
 *   the next `createHook` or `deleteHook`, until then its secret stays among `hookSecrets`
 * @throws what the port throws when the subscription is made; Error: its answer isn't one
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
  // The wish may be an earlier one again, whose subscription was not deleted yet.
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
