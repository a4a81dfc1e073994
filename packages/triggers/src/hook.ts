import { isObject } from "@sayso/exact-json";
import { tidyFilter, tidyList } from "./filter.ts";
import type { EventFilter, SubscriptionBody } from "./port.ts";

/** A subscription as the platform stores it: JSON, with the secrets that verify its webhooks. */
export interface HookState {
  v: 1;
  id: string;
  secret: string;
  target_url: string;
  event_types: string[];
  filter: EventFilter | null;
  /** Subscriptions that this one replaced and that could not be deleted yet. */
  retired: { id: string; secret: string }[];
}

/** Reads the hook that a platform stored. Null for nothing, and for anything that is no hook of this version. */
export function readHook(stored: unknown): HookState | null {
  if (!isObject(stored) || stored.v !== 1) return null;
  const { id, secret, target_url, event_types, filter, retired } = stored;
  if (typeof id !== "string" || typeof secret !== "string" || typeof target_url !== "string") {
    return null;
  }
  if (!Array.isArray(event_types) || !event_types.every((type) => typeof type === "string")) {
    return null;
  }
  if (!Array.isArray(retired) || !retired.every(isRetired)) return null;
  return {
    v: 1,
    id,
    secret,
    target_url,
    event_types,
    filter: isObject(filter) ? filter : null,
    retired,
  };
}

const isRetired = (one: unknown): one is HookState["retired"][number] =>
  isObject(one) && typeof one.id === "string" && typeof one.secret === "string";

/** Returns the secrets that verify this trigger's webhooks; none without a hook. */
export function hookSecrets(stored: unknown): string[] {
  const hook = readHook(stored);
  return hook ? [hook.secret, ...hook.retired.map((one) => one.secret)] : [];
}

/** Returns a wish in the form in which it is sent and compared, so that equal wishes give equal texts. */
export function tidyWish({
  target_url,
  event_types,
  filter,
  description,
}: SubscriptionBody): SubscriptionBody {
  const tidied = tidyFilter(filter);
  return {
    target_url,
    event_types: tidyList(event_types),
    ...(tidied && { filter: tidied }),
    ...(description !== undefined && { description }),
  };
}

/** Returns true if a subscription is the wanted one. */
export const isSameHook = (hook: HookState, wanted: SubscriptionBody): boolean =>
  hookKey(hook) === hookKey(wanted);

const hookKey = ({
  target_url,
  event_types,
  filter,
}: Pick<HookState, "target_url" | "event_types"> & { filter?: EventFilter | null }): string =>
  JSON.stringify([target_url, tidyList(event_types), tidyFilter(filter)]);
