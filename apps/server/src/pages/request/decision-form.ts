import { placeOf, type ApprovalRecord } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { leavesOut } from "./payload.ts";
import type { RequestDetails } from "./read.ts";

export const DECISION_COMMENT_MAX = 2000;

/** The person's input and its faults, for a form that comes back to them. */
export interface DecisionInput {
  comment?: string;
  confirmed?: boolean;
  faults?: { comment?: string; confirmed?: string };
}

/**
 * Renders the two buttons with their fields; or, for a person who may not vote, the reason. Renders nothing once the
 * request is decided.
 */
export function decisionForm(
  details: RequestDetails,
  csrf: string,
  input: DecisionInput = {},
): HtmlValue {
  const { record, loaded, preview } = details;
  if (record.status !== "pending") return null;
  if (!preview.isAllowed && preview.change)
    return changeForm(details, preview.change.stepId, csrf, input);
  if (!preview.isAllowed) {
    return html`<section class="decision" aria-label="Your decision">
      <p class="why-not"><strong>You can't vote on this request.</strong> ${preview.message}.</p>
    </section>`;
  }
  const tick = tickFor(record);
  return html` <form class="decide" method="post" action="/requests/${record.id}/decision">
    <input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="version" value="${loaded.state.eventSequence}" />
    <input type="hidden" name="step" value="${preview.stepId}" />
    <input type="hidden" name="shown" value="${details.shownMark}" />
    <section class="decision" aria-labelledby="decision">
      <h2 id="decision">Your decision</h2>
      <p class="hint">
        Your vote counts at once. In <a href="/app/requests/${record.id}">the dashboard</a> you can
        undo it for 5 seconds.
      </p>
      ${stepName("Your vote is for the step", details, preview.stepId)}
      ${preview.asAdmin && html`<p class="hint">This request asks other people. You can decide it as an admin.</p>`}
      ${commentField(record.requireRejectionReason, input)} ${tick && confirmField(tick, input)}
    </section>
    <div class="bar${tick ? " still" : ""}">
      <button class="reject" name="decision" value="reject" formnovalidate>Reject</button>
      <button class="approve" name="decision" value="approve">Approve</button>
    </div>
  </form>`;
}

/** Renders the form with which a person changes their own approval to a rejection. */
function changeForm(
  { record, loaded }: RequestDetails,
  stepId: string | null,
  csrf: string,
  input: DecisionInput,
): Html {
  return html` <form class="decide" method="post" action="/requests/${record.id}/decision">
    <input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="version" value="${loaded.state.eventSequence}" />
    <input type="hidden" name="step" value="${stepId}" />
    <input type="hidden" name="replaces" value="yes" />
    <section class="decision" aria-labelledby="decision">
      <h2 id="decision">Your decision</h2>
      ${stepName("You approved the step", { loaded }, stepId) || html`<p>You approved this.</p>`}
      <p class="hint">The request still needs other approvals, so you can change your vote.</p>
      ${commentField(record.requireRejectionReason, input)}
    </section>
    <div class="bar">
      <button class="reject" name="decision" value="reject">Change to a rejection</button>
    </div>
  </form>`;
}

/** Names the step after the words that say what is done to it. Null: the request has no several steps. */
function stepName(
  before: string,
  { loaded }: Pick<RequestDetails, "loaded">,
  stepId: string | null,
): Html | null {
  const step = placeOf(loaded.state.steps, stepId);
  if (!step || step.of === 1) return null;
  return html`<p>
    ${before} <strong>${oneLine(step.name ?? "")}</strong> (${step.number} of ${step.of}).
  </p>`;
}

function commentField(isReasonRequired: boolean, { comment, faults }: DecisionInput): Html {
  const hint = isReasonRequired ? "Required if you reject." : "Optional.";
  return html` <div class="field">
    <label for="decision-comment">Comment</label>
    <p class="hint" id="decision-comment-hint">${hint}</p>
    <textarea
      id="decision-comment"
      name="comment"
      rows="2"
      aria-describedby="decision-comment-hint${faults?.comment ? " decision-comment-fault" : ""}"
      ${faults?.comment ? html` aria-invalid="true" autofocus` : ""}
    >
${comment}</textarea>
    ${faults?.comment && html`<p class="fault" id="decision-comment-fault">${faults.comment}</p>`}
  </div>`;
}

/** A box to tick before an approval, and its reason. Null: no box is needed. */
interface Tick {
  label: string;
  why: string;
}

/** Returns the box for an approval. It is needed if the request is critical, or if the page leaves some of it out. */
export function tickFor({
  priority,
  metadata,
}: Pick<ApprovalRecord, "priority" | "metadata">): Tick | null {
  if (leavesOut(metadata))
    return {
      label: "Yes, I have read all of it",
      why: "This page leaves out some details. Tick this box to approve.",
    };
  if (priority === "critical")
    return {
      label: "Yes, I have checked this",
      why: "Critical request. Tick this box to approve.",
    };
  return null;
}

/**
 * Renders the box. The browser itself holds the approval back until the box is ticked, without a script; the server
 * checks again.
 */
function confirmField({ label, why }: Tick, { confirmed, faults }: DecisionInput): Html {
  return html` <div class="field confirm">
    <input
      type="checkbox"
      id="confirmed"
      name="confirmed"
      value="yes"
      required${confirmed ? html` checked` : ""}${faults?.confirmed ? html` aria-invalid="true" aria-describedby="confirmed-fault" autofocus` : ""}
    />
    <label for="confirmed">${label}<small>${why}</small></label>
    ${faults?.confirmed && html`<p class="fault" id="confirmed-fault">${faults.confirmed}</p>`}
  </div>`;
}
