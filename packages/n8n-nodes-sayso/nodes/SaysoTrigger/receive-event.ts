import { hookSecrets, receive, settle } from "@sayso/triggers";
import type { IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { readWanted } from "../shared/wanted.ts";
import { rawBodyOf } from "../shared/webhook-secrets.ts";
import { staticDataOf } from "./hook.ts";

/**
 * Events that this process handed on but that n8n has perhaps not stored yet, by workflow and node, because two copies
 * can come at once.
 */
const justSeen = new Map<string, Set<string>>();
const JUST_SEEN_MAX = 500;

/** Starts the workflow for an event that Sayso signed and that did not come before. Refuses any other message. */
export async function receiveEvent(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const data = staticDataOf(context);
  const received = await receive({
    ...readWanted(context),
    headers: context.getHeaderData(),
    body: rawBodyOf(context),
    secrets: hookSecrets(data.hook),
    now: new Date(),
  });
  if (received.status !== 200) {
    context.getResponseObject().status(received.status).json({ message: received.fault });
    return { noWebhookResponse: true };
  }
  const settled = settle(data.state, received);
  data.state = settled.state;
  const items = settled.items.filter(({ id }) => isFirst(context, id));
  if (items.length === 0) return { webhookResponse: { message: "Nothing new" } };
  return { workflowData: [items.map((item) => ({ json: { ...item } }))] };
}

function isFirst(context: IWebhookFunctions, eventId: string): boolean {
  const key = `${context.getWorkflow().id}:${context.getNode().id}:${context.getMode()}`;
  const seen = justSeen.get(key) ?? new Set<string>();
  justSeen.set(key, seen);
  if (seen.has(eventId)) return false;
  seen.add(eventId);
  const [oldest] = seen;
  if (seen.size > JUST_SEEN_MAX && oldest !== undefined) seen.delete(oldest);
  return true;
}
