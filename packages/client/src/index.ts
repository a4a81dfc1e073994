export { createClient, type Sayso } from "./create-client.ts";
export { SaysoError } from "./errors.ts";
export { type EventFeed, type FollowOptions } from "./follow-events.ts";
export { type ItemOf, type ListInput, type ListOperation } from "./iterate.ts";
export { eventTypes, operations } from "./operations.generated.ts";
export {
  type CallOptions,
  type ClientOptions,
  type OperationRoute,
  type TokenSource,
} from "./options.ts";
export type * from "./types.generated.ts";
export {
  verifyWebhook,
  WebhookVerificationError,
  type Webhook,
  type WebhookHeaders,
  type WebhookVerificationCode,
} from "./verify-webhook.ts";
export { type WaitOptions } from "./wait-for-decision.ts";
export { createWebhookInbox, type WebhookInbox } from "./webhook-inbox.ts";
