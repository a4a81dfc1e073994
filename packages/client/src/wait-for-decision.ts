import { SaysoError } from "./errors.ts";
import { createPatience } from "./patience.ts";
import { pause } from "./pause.ts";
import type { Approval, Operations } from "./types.generated.ts";
import type { WebhookInbox } from "./webhook-inbox.ts";

export interface WaitOptions {
  /** How long to wait; default: until it is decided, however long that takes. */
  timeoutSeconds?: number;
  /** Ends the wait, which then throws the signal's reason. */
  signal?: AbortSignal;
  /** Wakes the wait when a webhook tells of the request; the server is then asked only now and then besides. */
  inbox?: WebhookInbox;
}

/** Below a minute, after which many proxies give up; and 66 an hour stay below the usual rate limit. */
const POLL_SECONDS = 55;
/** With an inbox: a webhook may get lost. */
const CHECK_SECONDS = 600;

/**
 * Waits until a request has left "pending", and returns it: `status` is "approved", "rejected", "cancelled" or
 * "expired". Only "approved" means yes. Restarts of the server and rate limits are waited out.
 *
 * @throws SaysoError `TIMEOUT` when the time is over; `INVALID_STATE` for an entry of the activity log, which asks nothing;
 *   `BAD_RESPONSE` for a status that this version doesn't know; what the first look throws, such as `NOT_FOUND`
 */
export async function waitForDecision(
  operations: Pick<Operations, "getApproval">,
  id: string,
  { timeoutSeconds, signal, inbox }: WaitOptions = {},
): Promise<Approval> {
  const until = timeoutSeconds === undefined ? Infinity : Date.now() + timeoutSeconds * 1000;
  const patiently = createPatience(signal, until);
  // Listens before it looks, so that nothing falls in between.
  const ear = inbox?.listen(id);
  try {
    for (let wait = 0; ;) {
      const startedAt = Date.now();
      const request = await patiently(() => operations.getApproval({ id, wait }, { signal }));
      if (isDecided(request)) return request;
      const leftSeconds = (until - Date.now()) / 1000;
      if (leftSeconds <= 0)
        throw new SaysoError("TIMEOUT", `Request ${id} was not decided in the time given`);
      if (ear) {
        await ear.wait(Math.min(CHECK_SECONDS, leftSeconds), signal);
        continue;
      }
      // Somebody in between may answer without waiting.
      if (wait > 1 && Date.now() - startedAt < 1000) await pause(Math.min(1, leftSeconds), signal);
      wait = Math.min(POLL_SECONDS, Math.ceil(leftSeconds));
    }
  } finally {
    ear?.stop();
  }
}

const decided: readonly string[] = [
  "approved",
  "rejected",
  "cancelled",
  "expired",
] satisfies Approval["status"][];

/** Nothing but a known status is a decision, and nobody decides an entry of the activity log. */
function isDecided({ id, status, is_log: isLog }: Approval): boolean {
  if (isLog)
    throw new SaysoError(
      "INVALID_STATE",
      `${id} is an entry of the activity log, which asks nothing`,
    );
  if (status === "pending") return false;
  if (decided.includes(status)) return true;
  const told = JSON.stringify(status);
  throw new SaysoError("BAD_RESPONSE", `${id} has the status ${told}, unknown to this version`);
}
