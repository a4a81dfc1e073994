import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import {
  addApiOptions,
  callApi,
  ApiError,
  describeError,
  withBackoff,
  type ApiOptions,
  type Approval,
} from "./api.ts";
import { exitCodes } from "./exit-codes.ts";
import {
  addRequestOptions,
  toRequestBody,
  type RequestBody,
  type RequestOptions,
} from "./request-input.ts";
import { addVerb, print, type OutputOptions } from "./verb.ts";

type AskOptions = OutputOptions & ApiOptions & RequestOptions & { cancelOnExit?: boolean };

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
        "create a request, wait for its decision, and exit with 0 only if it is approved",
        'sayso ask "Deploy to production?" && ./deploy.sh',
      ),
    ),
  )
    .option(
      "--wait",
      "wait for the decision; this is the default (without waiting: sayso request create)",
      true,
    )
    .option("--cancel-on-exit", "withdraw the request if this command is interrupted")
    .addHelpText("after", `\nExit codes: ${listExitCodes()}`)
    .action(ask);
}

function listExitCodes(): string {
  const { approved, rejected, expired, cancelled, noAnswer } = exitCodes;
  return `${approved} approved, ${rejected} rejected, ${expired} expired, ${cancelled} cancelled, ${noAnswer} no answer (an error, or interrupted). Any other code comes from another program and is no answer either`;
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
        onTrouble: reportRetry,
        signal: interrupted.signal,
      },
    );
    if (asked.is_log)
      throw new Error(
        "This idempotency key belongs to a log entry, which nobody decides: use another key",
      );
    if (asked.status === "pending") report(`Waiting for a decision: ${asked.url}`);
    const answer = await waitForAnswer(asked, options, interrupted.signal);
    if (answer.status === "approved") refuseOther(body, answer);
    print(options, answer, describeAnswer(answer));
    process.exitCode = exitCodes[answer.status === "pending" ? "noAnswer" : answer.status];
  } catch (error) {
    process.exitCode = exitCodes.noAnswer;
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
      `The request was revised: people approved ${JSON.stringify(title)}, with its description and metadata. Ask again`,
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
    approval = await withBackoff(call, { onTrouble: reportRetry, signal });
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
    report("Interrupted before the server answered. The request may exist.");
  } else if (options.cancelOnExit) {
    await callApi(options, "DELETE", `/approvals/${asked.id}`).then(
      () => report("Interrupted. The request is withdrawn."),
      (error: unknown) =>
        report(
          `Interrupted. The request could not be withdrawn (${describeError(error)}): ${asked.url}`,
        ),
    );
  } else {
    report(`Interrupted. The request is still pending: ${asked.url}`);
  }
}

function describeAnswer(answer: Approval): string {
  const { status, decision_comment: comment } = answer;
  const by =
    answer.decided_by_full_name ?? answer.decided_via_connection_name ?? answer.decided_by_name;
  const who = by && status !== "expired" ? ` by ${by}` : "";
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}${who}${comment ? `: ${comment}` : ""}`;
}

const report = (text: string): void => void process.stderr.write(`${text}\n`);

const reportRetry = (error: unknown, pauseMs: number): void =>
  report(
    error instanceof ApiError && error.status === 429
      ? `Rate limit exceeded (${describeError(error)}). Continuing ${describePause(pauseMs)}`
      : `Retrying: ${describeError(error)}`,
  );

function describePause(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} minutes`;
}
