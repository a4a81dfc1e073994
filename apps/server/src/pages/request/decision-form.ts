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
 * The time that a page must have been shown before it approves, in milliseconds. It is longer than a double tap, whose
 * second tap lands on the button in the place of the list's row.
 */
export const SHOWN_MS = 1000;

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
  if (!preview.isAllowed) {
    return html`<section class="decision" aria-label="Your decision">
      <p class="why-not"><strong>You can't decide this.</strong> ${preview.message}.</p>
    </section>`;
  }
  const tick = tickFor(record);
  const step = placeOf(loaded.state.steps, preview.stepId);
  return html` <form class="decide" method="post" action="/requests/${record.id}/decision">
    <input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="version" value="${loaded.state.eventSequence}" />
    <input type="hidden" name="step" value="${preview.stepId}" />
    <input type="hidden" name="shown" value="${Date.now()}" />
    <section class="decision" aria-labelledby="decision">
      <h2 id="decision">Your decision</h2>
      <p class="hint">
        It counts at once. In <a href="/app/requests/${record.id}">the app</a> you can take it back
        for five seconds.
      </p>
      ${
        step &&
        step.of > 1 &&
        html`<p>
          Your vote is for the step <strong>${oneLine(step.name ?? "")}</strong> (${step.number} of
          ${step.of}).
        </p>`
      }
      ${preview.asAdmin && html`<p class="hint">You are not among those asked; you would decide as an admin.</p>`}
      ${commentField(record.requireRejectionReason, input)} ${tick && confirmField(tick, input)}
    </section>
    <div class="bar${tick ? " still" : ""}">
      <button class="reject" name="decision" value="reject" formnovalidate>Reject</button>
      <button class="approve" name="decision" value="approve">Approve</button>
    </div>
  </form>`;
}

function commentField(isReasonRequired: boolean, { comment, faults }: DecisionInput): Html {
  const hint = isReasonRequired ? "Needed if you reject." : "If there is something to say.";
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
      why: "Some of it is left out here: an approval needs this tick.",
    };
  if (priority === "critical")
    return {
      label: "Yes, I have checked this",
      why: "Critical: an approval needs this tick.",
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
