import { html, type Html, type HtmlValue } from "../html.ts";
import type { RequestDetails } from "./read.ts";

export const DECISION_COMMENT_MAX = 2000;

/** What the person had filled in when the form comes back to them, and what is wrong with it. */
export interface DecisionInput {
  comment?: string;
  confirmed?: boolean;
  faults?: { comment?: string; confirmed?: string };
}

/** The two buttons with what belongs to them; or, for whoever may not vote, why. Nothing once it is decided. */
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
  const isCritical = record.priority === "critical";
  return html` <form class="decide" method="post" action="/requests/${record.id}/decision">
    <input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="version" value="${loaded.state.eventSequence}" />
    <input type="hidden" name="step" value="${preview.stepId}" />
    <section class="decision" aria-labelledby="decision">
      <h2 id="decision">Your decision</h2>
      ${preview.asAdmin && html`<p class="hint">You are not among those asked; you would decide as an admin.</p>`}
      ${commentField(record.requireRejectionReason, input)} ${isCritical && confirmField(input)}
    </section>
    <div class="bar${isCritical ? " still" : ""}">
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
      maxlength="${DECISION_COMMENT_MAX}"
      aria-describedby="decision-comment-hint${faults?.comment ? " decision-comment-fault" : ""}"
      ${faults?.comment ? html` aria-invalid="true" autofocus` : ""}
    >
${comment}</textarea>
    ${faults?.comment && html`<p class="fault" id="decision-comment-fault">${faults.comment}</p>`}
  </div>`;
}

/** Without a script, the browser itself holds the approval back until the box is ticked; the server asks again. */
function confirmField({ confirmed, faults }: DecisionInput): Html {
  return html` <div class="field confirm">
    <input
      type="checkbox"
      id="confirmed"
      name="confirmed"
      value="yes"
      required${confirmed ? html` checked` : ""}${faults?.confirmed ? html` aria-invalid="true" aria-describedby="confirmed-fault" autofocus` : ""}
    />
    <label for="confirmed"
      >Yes, I have checked this<small>Critical: an approval needs this tick.</small></label
    >
    ${faults?.confirmed && html`<p class="fault" id="confirmed-fault">${faults.confirmed}</p>`}
  </div>`;
}
