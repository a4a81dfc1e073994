/**
 * The code that the n8n, Zapier and Make packages share. It receives every event once, by polling or by webhooks
 * ({@link poll}, {@link receive}, {@link settle}). It subscribes ({@link createHook}). It decides when an automation
 * can go on ({@link readDecision}). It has no platform, no dependency, no clock and no storage of its own.
 */
export { InexactNumberError, isObject, parseExactJson } from "@sayso/exact-json";
export { checkHook } from "./check-hook.ts";
export { createHook } from "./create-hook.ts";
export { deleteHook } from "./delete-hook.ts";
export { flatFields, flatten, flattenAll, type FlatField } from "./flatten.ts";
export { hookSecrets, type HookState } from "./hook.ts";
export type { EventItem } from "./item.ts";
export {
  describeOutcome,
  n8nOutputs,
  outcomeKinds,
  outcomeOf,
  outcomeOfItem,
  outcomeOfRefusal,
  outcomes,
  type OutcomeKind,
  type OutcomeRule,
} from "./outcome.ts";
export { poll, type Polled, type PollOptions } from "./poll.ts";
export {
  messageOf,
  type EventFilter,
  type EventPage,
  type Port,
  type ReadRequest,
  type Subscription,
  type SubscriptionBody,
  type Warning,
} from "./port.ts";
export { portOf } from "./port-of.ts";
export { readDecision, type Decision } from "./read-decision.ts";
export { receive, type Received, type ReceiveOptions } from "./receive.ts";
export { sampleItem, sampleTypes } from "./sample-item.ts";
export { settle, type Offer, type Settled } from "./settle.ts";
export type { TriggerState } from "./state.ts";
