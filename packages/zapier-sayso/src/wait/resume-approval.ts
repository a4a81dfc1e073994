import { isObject, portOf, readDecision } from "@sayso/triggers";
import type { Bundle, ZObject } from "zapier-platform-core";
import type { FlatItem } from "../output.ts";
import { withRefusals } from "../refusals.ts";
import { connect } from "../server.ts";
import { isSigned } from "./callback.ts";
import { conclude } from "./conclude.ts";
import type { Waiting } from "./waiting.ts";

/** The time after which Zapier tries again after a callback without a decision. */
const LOOK_AGAIN_SECONDS = 300;

/**
 * Wakes a Zap that waits. The callback must be signed, and then this function asks the server; the callback's content
 * decides nothing. Only approved lets the Zap go on. Every other outcome halts it and names the person and the reason,
 * unless somebody chose to branch.
 *
 * As long as Sayso confirms no decision, it asks Zapier to try again later, which ends nothing. Neither a forged
 * callback nor a server that can't be reached ends the Zap's wait.
 *
 * @throws z.errors.HaltedError not approved; z.errors.ThrottledError no decision yet
 */
export const resumeApproval = (z: ZObject, bundle: Bundle): Promise<FlatItem> =>
  withRefusals(z, () => resume(z, bundle), { isAwaited: true });

async function resume(z: ZObject, bundle: Bundle): Promise<FlatItem> {
  const { outputData } = bundle;
  const waiting: Partial<Record<keyof Waiting, unknown>> = isObject(outputData) ? outputData : {};
  const requestId = typeof waiting.id === "string" ? waiting.id : "";
  if (requestId === "") throw new z.errors.HaltedError("This step has lost the ID of its request");
  const sayso = connect(z, bundle);
  // Without the raw message the signature can't be checked. Only the server's answer counts anyway.
  if (bundle.rawRequest && !(await isSigned(sayso, bundle.rawRequest, requestId)))
    throw new z.errors.ThrottledError(
      "The callback isn't from Sayso; the Zap is still waiting for the decision",
      LOOK_AGAIN_SECONDS,
    );
  const decision = await readDecision(portOf(sayso), requestId);
  if (!decision.isFinal) throw new z.errors.ThrottledError(decision.message, LOOK_AGAIN_SECONDS);
  return conclude(z, decision, waiting.continue_on_rejection === true);
}
