import type { Bundle, ZObject } from "zapier-platform-core";
import { serverUrl } from "./server.ts";
import { digestOf, zapId } from "./zap.ts";

/** Zapier keeps nothing longer. */
const KEPT_SECONDS = 7 * 86_400;

/**
 * The name of something that is kept. All accounts share one cache, and a Zap in the editor has no id: so it begins with
 * whose it is, and nobody is given what another one did.
 */
export const keyOf = (z: ZObject, bundle: Pick<Bundle, "authData" | "meta">, ...parts: string[]) =>
  [
    digestOf(z, [serverUrl(z), bundle.authData.org_name, bundle.authData.user_email]),
    zapId(bundle),
    ...parts,
  ].join(":");

/** What the app kept under this name, as far as Zapier keeps it: null where it doesn't. */
export async function recall(z: ZObject, key: string): Promise<unknown> {
  try {
    return (await z.cache.get(key)) as unknown;
  } catch (error) {
    z.console.error(`Zapier's cache could not be read: ${(error as Error).message}`);
    return null;
  }
}

/** Keeps something for the next run. If Zapier can't, the next run does without. */
export async function keep(
  z: ZObject,
  key: string,
  value: unknown,
  seconds = KEPT_SECONDS,
): Promise<void> {
  try {
    await z.cache.set(key, value, seconds);
  } catch (error) {
    z.console.error(`Zapier's cache could not be written: ${(error as Error).message}`);
  }
}

/** Whether this is said for the first time, as far as Zapier remembers; of two at once, one is first. */
export async function remember(z: ZObject, key: string): Promise<boolean> {
  if ((await recall(z, key)) !== null) return false;
  try {
    return (await z.cache.set(key, 1, KEPT_SECONDS, undefined, true)) !== false;
  } catch {
    // Better twice than never.
    return true;
  }
}
