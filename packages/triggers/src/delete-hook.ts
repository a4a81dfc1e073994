import { readHook, type HookState } from "./hook.ts";
import { messageOf, refusalCode, type Port } from "./port.ts";

/**
 * Ends the stored subscription and those that it replaced. A subscription that the server doesn't know has ended
 * already, and without a stored one there is nothing to do, so this can be repeated.
 *
 * @returns null: the hook to store
 * @throws Error when the server could not be asked. The subscription can still exist then: try again
 */
export async function deleteHook({
  port,
  stored,
}: {
  port: Pick<Port, "deleteSubscription">;
  stored: unknown;
}): Promise<null> {
  const hook = readHook(stored);
  if (!hook) return null;
  const { failures, errors } = await deleteSubscriptions(port, [hook, ...hook.retired]);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, failures.join("; "));
  return null;
}

/** Deletes each subscription. Returns those whose deletion failed, to be tried again. */
export async function deleteSubscriptions(
  port: Pick<Port, "deleteSubscription">,
  all: HookState["retired"],
): Promise<{ remaining: HookState["retired"]; failures: string[]; errors: unknown[] }> {
  const remaining: HookState["retired"] = [];
  const errors: unknown[] = [];
  for (const one of all) {
    try {
      await port.deleteSubscription(one.id);
    } catch (error) {
      if (refusalCode(error) === "NOT_FOUND") continue;
      remaining.push(one);
      errors.push(error);
    }
  }
  return { remaining, failures: errors.map(messageOf), errors };
}
