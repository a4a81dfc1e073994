import { messageOf } from "@sayso/triggers";
import type { Bundle, ZObject } from "zapier-platform-core";
import { serverUrl } from "./server.ts";
import { digestOf, zapId } from "./zap.ts";

/** The longest time for which Zapier keeps a value. */
const KEPT_SECONDS = 7 * 86_400;

/**
 * Returns the key of a stored value. All accounts share one cache, and a Zap in the editor has no id. So the key begins
 * with the connected person and organization, and nobody receives another person's values.
 */
export const keyOf = (z: ZObject, bundle: Pick<Bundle, "authData" | "meta">, ...parts: string[]) =>
  [
    digestOf(z, [serverUrl(z), bundle.authData.org_name, bundle.authData.user_email]),
    zapId(bundle),
    ...parts,
  ].join(":");

/**
 * Reads the value that the app stored under this key. Null where Zapier no longer has it.
 *
 * @template Stored the type of what {@link keep} stores under this key. Only this app writes into its cache
 */
export async function recall<Stored>(z: ZObject, key: string): Promise<Stored | null> {
  try {
    return (await z.cache.get(key)) as Stored | null;
  } catch (error) {
    z.console.error(`Zapier's cache could not be read: ${messageOf(error)}`);
    return null;
  }
}

/** Stores a value for the next run. If Zapier can't store it, the next run has none. */
export async function keep(
  z: ZObject,
  key: string,
  value: unknown,
  seconds = KEPT_SECONDS,
): Promise<void> {
  try {
    await z.cache.set(key, value, seconds);
  } catch (error) {
    z.console.error(`Zapier's cache could not be written: ${messageOf(error)}`);
  }
}

/**
 * Returns true if this key is stored for the first time, as far as Zapier remembers. Of two calls at once, one is the
 * first.
 */
export async function remember(z: ZObject, key: string): Promise<boolean> {
  if ((await recall(z, key)) !== null) return false;
  try {
    return (await z.cache.set(key, 1, KEPT_SECONDS, undefined, true)) !== false;
  } catch {
    // Doing it twice is better than never doing it.
    return true;
  }
}
