import { isSameHook, readHook } from "./hook.ts";
import { refusalCode, type Port, type SubscriptionBody } from "./port.ts";

/**
 * Returns true if nothing needs to be done: the stored subscription is the wanted one, the server still has it switched
 * on, and no replaced one is left over. If it returns false, call `createHook`.
 *
 * @throws the port's errors, except `NOT_FOUND`
 */
export async function checkHook({
  port,
  stored,
  wanted,
}: {
  port: Pick<Port, "getSubscription">;
  stored: unknown;
  wanted: SubscriptionBody;
}): Promise<boolean> {
  const hook = readHook(stored);
  if (!hook || hook.retired.length > 0 || !isSameHook(hook, wanted)) return false;
  try {
    const { disabled_at } = await port.getSubscription(hook.id);
    return disabled_at == null;
  } catch (error) {
    if (refusalCode(error) === "NOT_FOUND") return false;
    throw error;
  }
}
