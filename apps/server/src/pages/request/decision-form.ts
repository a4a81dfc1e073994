import { placeOf, type ApprovalRecord } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { leavesOut } from "./payload.ts";
import type { RequestDetails } from "./read.ts";

export const DECISION_COMMENT_MAX = 2000;

/** What the person had filled in when the form comes back to them, and what is wrong with it. */
export interface DecisionInput {
  comment?: string;
  confirmed?: boolean;
  faults?: { comment?: string; confirmed?: string };
}

/**
 * Time that a page has to have been shown before it approves, in milliseconds: longer than the second tap of two, which
 * lands on the button where the list had its row.
 */
export const SHOWN_MS = 1000;

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

/** What has to be ticked before an approval, and why; null: nothing. */
interface Tick {
  label: string;
  why: string;
}

/** An approval needs a tick where the request is critical, and where the page doesn't hold all of it. */
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

/** Without a script, the browser itself holds the approval back until the box is ticked; the server asks again. */
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
