import { SaysoError, type Approval, type CreateApprovalInput, type Sayso } from "@sayso/client";
import { portOf, readDecision } from "@sayso/triggers";
import type { ZObject } from "zapier-platform-core";
import { readInput, wrong } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { digestOf, originOf, zapId } from "../zap.ts";
import { conclude } from "./conclude.ts";
import { waitOutputs } from "./fields.ts";
import type { Waiting } from "./waiting.ts";

const DAY_MS = 86_400_000;
/** The time after which Zapier gives up a waiting step. */
const WAIT_DAYS = 30;
const MARGIN_MS = 3_600_000;

/**
 * Asks people and makes Zapier wait for the callback. Zapier's address for it identifies the step of this run. So a
 * step that is run again finds the request that it made, and a decision that was made meanwhile.
 */
export const requestApproval: Perform = async (z, bundle, { sayso, declared }) => {
  const { isLoadingSample } = bundle.meta ?? {};
  if (isLoadingSample) return { ...declared.sample, ...waitOutputs.sample };
  const input = readInput<CreateApprovalInput>(z, declared.fields, bundle.inputData);
  const expiresAt = expiryOf(z, input);
  const callbackUrl = z.generateCallbackUrl();
  if (!callbackUrl)
    throw new z.errors.Error(
      "Zapier gave no callback URL, so no request was created. Turn the Zap on: only a running Zap can wait",
      "NO_CALLBACK",
      400,
    );
  const sourceId = `zapier:${zapId(bundle)}:${digestOf(z, callbackUrl)}`;
  const request = await askOrFind(sayso, {
    ...input,
    ...originOf(bundle),
    expires_at: expiresAt,
    callback_url: callbackUrl,
    source_id: sourceId,
    idempotency_key: sourceId,
  });
  const continues = readContinue(bundle.inputData);
  if (request.status !== "pending")
    return conclude(z, await readDecision(portOf(sayso), request.id), continues);
  return {
    ...toFlat(declared.outputs, request),
    continue_on_rejection: continues,
  } satisfies Waiting;
};

/**
 * Returns the time at which the request expires. It must not outlive the wait, because a yes that comes when Zapier no
 * longer waits would have no effect.
 */
function expiryOf(z: ZObject, { expires_at: wanted }: CreateApprovalInput): string {
  // Counted from the beginning of the day, so that a step that is run again asks for the same. Ends a little before
  // Zapier gives up.
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const latest = today + WAIT_DAYS * DAY_MS - MARGIN_MS;
  if (wanted === undefined) return new Date(latest).toISOString();
  if (Date.parse(wanted) > Date.now() + WAIT_DAYS * DAY_MS)
    throw wrong(
      z,
      "expires_at",
      `must lie within the ${WAIT_DAYS} days that Zapier waits; a later decision would have no effect`,
    );
  return wanted;
}

/**
 * Makes the request, or finds it. A request with the same key but other content, such as another day's expiry, is this
 * step's too.
 */
async function askOrFind(
  sayso: Sayso,
  asked: CreateApprovalInput & { source_id: string; idempotency_key: string },
): Promise<Approval> {
  try {
    return await sayso.createApproval(asked);
  } catch (error) {
    if (!(error instanceof SaysoError) || error.code !== "CONFLICT") throw error;
    const { source_id, idempotency_key: key } = asked;
    const { data } = await sayso.listApprovals({ source_id, page_size: 100 });
    // Anybody can use this external id when they ask; the key belongs only to this step.
    const request = data.find(({ idempotency_key: theirs }) => theirs === key);
    if (!request) throw error;
    return request;
  }
}

const readContinue = ({ continue_on_rejection: given }: Record<string, unknown>): boolean =>
  given === true || given === "true";
