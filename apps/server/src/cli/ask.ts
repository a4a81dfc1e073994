import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import {
  addApiOptions,
  callApi,
  tellTrouble,
  withBackoff,
  type ApiOptions,
  type Approval,
} from "./api.ts";
import {
  addRequestOptions,
  toRequestBody,
  type RequestBody,
  type RequestOptions,
} from "./request-input.ts";
import { addVerb, print, type OutputOptions } from "./verb.ts";

type AskOptions = OutputOptions & ApiOptions & RequestOptions & { cancelOnExit?: boolean };

/** 0 only if approved, so that `sayso ask "Deploy?" && ./deploy.sh` deploys only after a yes. */
const exitCodes: Record<Approval["status"], number> = {
  approved: 0,
  rejected: 1,
  expired: 2,
  cancelled: 2,
  pending: 3,
};

const ASK_PATIENCE_MS = 60_000;
const WAIT_SECONDS = 50;
/** The pause before the next call to a server that answers "pending" before the wait has ended. */
const PENDING_PAUSE_MS = 2_000;
const PENDING_PAUSE_MS_MAX = 60_000;

/** Adds `sayso ask`. */
export function addAskVerb(program: Command): void {
  addRequestOptions(
    addApiOptions(
      addVerb(
        program,
        "ask <question>",
        "ask, wait for the answer, and exit with 0 only when it is yes",
        'sayso ask "Deploy to production?" && ./deploy.sh',
      ),
    ),
  )
    .option(
      "--wait",
      "wait for the answer (it always does; to ask without waiting: sayso request create)",
      true,
    )
    .option("--cancel-on-exit", "withdraw the request when this command is interrupted")
    .addHelpText(
      "after",
      "\nExit codes: 0 approved, 1 rejected, 2 expired or cancelled, 3 no answer (error or interrupted)",
    )
    .action(ask);
}

async function ask(question: string, options: AskOptions): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, interrupt);
  let asked: Approval | undefined;
  try {
    const body = toRequestBody(question, options, options.idempotencyKey ?? randomUUID());
    asked = await withBackoff(
      () => callApi(options, "POST", "/approvals", { body, signal: interrupted.signal }),
      {
        patienceMs: ASK_PATIENCE_MS,
        onTrouble: tellRetry,
        signal: interrupted.signal,
      },
    );
    if (asked.is_log)
      throw new Error(
        "That idempotency key belongs to a log entry, which asks nobody: use another key",
      );
    if (asked.status === "pending") tell(`Waiting for a decision: ${asked.url}`);
    const answer = await waitForAnswer(asked, options, interrupted.signal);
    if (answer.status === "approved") refuseOther(body, answer);
    print(options, answer, tellAnswer(answer));
    process.exitCode = exitCodes[answer.status];
  } catch (error) {
    process.exitCode = 3;
    if (!interrupted.signal.aborted) throw error;
    await takeLeave(asked, options);
  }
}

/**
 * Refuses an answer to another question than this command's. Everybody who holds the same key can revise the request,
 * and the idempotency key of an earlier question leads to that request's current text.
 *
 * @throws Error if something else was approved than this command asks
 */
function refuseOther(asked: RequestBody, { title, description, metadata }: Approval): void {
  const isSame =
    title.trim() === asked.title.trim() &&
    description.trim() === asked.description.trim() &&
    isDeepStrictEqual(metadata ?? {}, asked.metadata ?? {});
  if (!isSame)
    throw new Error(
      `That request was revised: people approved ${JSON.stringify(title)}, with its description and metadata. Ask anew`,
    );
}

/** Waits until the request is no longer "pending". Goes on after every lost connection. */
async function waitForAnswer(
  asked: Approval,
  options: AskOptions,
  signal: AbortSignal,
): Promise<Approval> {
  let approval = asked;
  let pauseMs = PENDING_PAUSE_MS;
  while (approval.status === "pending") {
    const beganAt = performance.now();
    const path = `/approvals/${asked.id}?wait=${WAIT_SECONDS}`;
    const call = (): Promise<Approval> =>
      callApi(options, "GET", path, { waitMs: WAIT_SECONDS * 1000, signal });
    approval = await withBackoff(call, { onTrouble: tellRetry, signal });
    if (approval.status !== "pending") break;
    if (performance.now() - beganAt > (WAIT_SECONDS * 1000) / 2) pauseMs = PENDING_PAUSE_MS;
    else {
      await sleep(pauseMs, undefined, { signal });
      pauseMs = Math.min(PENDING_PAUSE_MS_MAX, pauseMs * 2);
    }
  }
  return approval;
}

async function takeLeave(asked: Approval | undefined, options: AskOptions): Promise<void> {
  if (!asked) {
    tell("Interrupted before the server answered; the request may have been made.");
  } else if (options.cancelOnExit) {
    await callApi(options, "DELETE", `/approvals/${asked.id}`).then(
      () => tell("Interrupted; the request is cancelled."),
      (error: unknown) =>
        tell(
          `Interrupted; the request could not be cancelled (${tellTrouble(error)}): ${asked.url}`,
        ),
    );
  } else {
    tell(`Interrupted; the request stays open: ${asked.url}`);
  }
}

function tellAnswer(answer: Approval): string {
  const { status, decision_comment: comment } = answer;
  const by = answer.decided_via_connection_name ?? answer.decided_by_name;
  const who = by && (status === "approved" || status === "rejected") ? ` by ${by}` : "";
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}${who}${comment ? `: ${comment}` : ""}`;
}

const tell = (text: string): void => void process.stderr.write(`${text}\n`);
const tellRetry = (error: unknown): void => tell(`Still trying: ${tellTrouble(error)}`);
