import type { Decision } from "@sayso/triggers";
import type { ZObject } from "zapier-platform-core";
import { creates } from "../declared.generated.ts";
import { toFlat, type FlatItem } from "../output.ts";
import { continuable } from "./fields.ts";

/**
 * Applies a final decision. Only approved lets the Zap go on, and the outcomes that somebody chose to branch on.
 *
 * @throws z.errors.HaltedError that names the person and the reason
 */
export function conclude(z: ZObject, decision: Decision, continuesOnRejection: boolean): FlatItem {
  const { kind, message, goesOn, request } = decision;
  if (!goesOn && !(continuesOnRejection && continuable.includes(kind)))
    throw new z.errors.HaltedError(message);
  return {
    ...toFlat(creates.requestApproval?.outputs ?? [], request),
    outcome: kind,
    outcome_message: message,
    may_go_on: goesOn,
  };
}
