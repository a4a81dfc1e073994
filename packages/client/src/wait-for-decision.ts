import { SaysoError } from "./errors.ts";
import { createPatience } from "./patience.ts";
import { pause } from "./pause.ts";
import type { Approval, Operations } from "./types.generated.ts";
import type { WebhookInbox } from "./webhook-inbox.ts";

export interface WaitOptions {
  /** The time limit of the wait. Default: none, so it lasts until the decision. */
  timeoutSeconds?: number;
  /** Ends the wait, which then throws the signal's reason. */
  signal?: AbortSignal;
  /**
   * An inbox whose webhooks about the request wake the wait. The server is then asked only every ten minutes as well.
   */
  inbox?: WebhookInbox;
}

/** Less than a minute, after which many proxies give up. The 66 calls an hour stay below the usual rate limit. */
const POLL_SECONDS = 55;
/** The interval with an inbox, because a webhook can get lost. */
const CHECK_SECONDS = 600;

/**
 * Waits until a request has left "pending", and returns it: `status` is "approved", "rejected", "cancelled" or
 * "expired". Only "approved" means yes. Waits out restarts of the server and rate limits.
 *
 * @throws SaysoError `TIMEOUT` when the time is over; `INVALID_STATE` for a log entry, which asks nothing;
 * `BAD_RESPONSE` for a status that this version doesn't know; the error of the first call, such as `NOT_FOUND`
 */
export async function waitForDecision(
  operations: Pick<Operations, "getApproval">,
  id: string,
  { timeoutSeconds, signal, inbox }: WaitOptions = {},
): Promise<Approval> {
  const until = timeoutSeconds === undefined ? Infinity : Date.now() + timeoutSeconds * 1000;
  const patiently = createPatience(signal, until);
  // Listens before the first call, so that no webhook is missed in between.
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
      // A proxy in between can answer without waiting.
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

/** Returns true for a decided request. Throws for an unknown status, and for a log entry, which nobody decides. */
function isDecided({ id, status, is_log: isLog }: Approval): boolean {
  if (isLog)
    throw new SaysoError(
      "INVALID_STATE",
      `${id} is an entry of the activity log, which asks nothing`,
    );
  if (status === "pending") return false;
  if (decided.includes(status)) return true;
  const found = JSON.stringify(status);
  throw new SaysoError("BAD_RESPONSE", `${id} has the status ${found}, unknown to this version`);
}
