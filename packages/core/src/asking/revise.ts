import type { Context } from "../context.ts";
import type { Performing } from "../approvals/perform.ts";
import { askersOf, viaOf } from "../actors/via.ts";
import { refuseForApprovingRule } from "./approving-rule.ts";
import { sanitizeContextHtml } from "./context-html.ts";
import { perform, type Performed } from "../approvals/perform.ts";
import { refuseForChange } from "../approvals/refuse-for-change.ts";
import { refuseForRun } from "../approvals/refuse-for-run.ts";
import { requireOwnOrAdmin, requireSameHand } from "../approvals/same-hand.ts";

/** The parts of a pending request that can be changed. An absent field stays as it is. */
export interface Revision {
  title?: string;
  description?: string;
  metadata?: Record<string, unknown>;
  /** The new rich context. Null removes it. */
  contextHtml?: string | null;
}

/**
 * Changes what a pending request asks for. Its votes become void, because people cast them on a different question.
 *
 * @throws DomainError `forbidden` (not the credential that asked), `not_found`, `invalid_state` (also: a change, a run)
 */
export function reviseApproval(
  context: Context<Performing>,
  requestId: string,
  { contextHtml, ...changes }: Revision,
): Promise<Performed> {
  const context_html =
    contextHtml === undefined ? {} : { context_html: sanitizeContextHtml(contextHtml ?? "") };
  return perform(context, requestId, async (loaded) => {
    requireOwnOrAdmin(context.actor, loaded, "revise");
    refuseForChange(loaded, "revised");
    await refuseForRun(context, requestId, "revised: its reviewers were shown what it says now");
    requireSameHand(context.actor, loaded, "revise");
    refuseForApprovingRule(context.actor, loaded.state);
    const { actor } = context;
    return {
      kind: "revise",
      changes: { ...changes, ...context_html },
      via: viaOf(actor),
      askers: askersOf(actor),
    };
  });
}
