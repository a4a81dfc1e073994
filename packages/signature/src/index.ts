export { createWebhookSecret } from "./webhook-secret.ts";
export { signWebhook, type WebhookSignatureHeaders } from "./sign-webhook.ts";
export {
  verifyWebhook,
  WebhookVerificationError,
  type ReceivedHeaders,
  type WebhookVerificationCode,
} from "./verify-webhook.ts";
