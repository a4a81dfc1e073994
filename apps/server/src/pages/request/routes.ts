import { addComment, decideApproval, DomainError, getApproval, type Decision } from "@sayso/core";
import { html, type HtmlValue } from "../../html/html.ts";
import { banner } from "../../html/layout.ts";
import type { MemberVisit } from "../../site/site.ts";
import { COMMENT_MAX } from "./comments.ts";
import { DECISION_COMMENT_MAX, tickFor } from "./decision-form.ts";
import { opensInApp } from "./open-in-app.ts";
import { isRequestId, readRequest, type RequestDetails } from "./read.ts";
import { wasShownLongEnough } from "./shown-mark.ts";
import { requestPage, type Remarks } from "./view.ts";

const idOf = (visit: MemberVisit): string => String(visit.request.params.id ?? "");

/** GET /requests/:id: shows a request, or leads on to the dashboard where the browser runs it. */
export async function showRequest(visit: MemberVisit): Promise<void> {
  const details = await read(visit);
  if (opensInApp(visit.request)) return visit.redirect(`/app/requests/${details.record.id}`);
  visit.show(
    requestPage(details, visit.csrf, {
      banner: visit.request.query.done === "vote" && voteCounted(details),
    }),
  );
}

/**
 * GET /requests/:id/decision and …/comments: redirects to the request, after a reload or the way back from signing in.
 */
export function showInstead(visit: MemberVisit): void {
  visit.redirect(`/requests/${encodeURIComponent(idOf(visit))}`);
}

/** GET /requests/:id/payload: returns the whole metadata as plain text. */
export async function showPayload(visit: MemberVisit): Promise<void> {
  if (!isRequestId(idOf(visit)))
    throw new DomainError("not_found", "This request doesn't exist, or you have no access to it.");
  const { metadata } = await getApproval(visit.context, idOf(visit));
  visit.response.type("text/plain; charset=utf-8").send(JSON.stringify(metadata, null, 2));
}

/** POST /requests/:id/decision: casts one vote, for exactly the version that the page showed. */
export async function submitDecision(visit: MemberVisit): Promise<void> {
  const details = await read(visit);
  const decision = readDecision(visit.field("decision"));
  const comment = visit.field("comment").trim();
  const confirmed = visit.field("confirmed") === "yes";
  const showAgain = (
    status: number,
    remarks: { banner?: HtmlValue; faults?: { comment?: string; confirmed?: string } },
  ) =>
    visit.show(
      requestPage(details, visit.csrf, {
        banner: remarks.banner,
        decision: { comment, confirmed, faults: remarks.faults },
      }),
      status,
    );

  const seen = Number(visit.field("version"));
  if (!decision || !Number.isSafeInteger(seen) || seen < 1) {
    return showAgain(422, { banner: banner("bad", html`<p>Choose Approve or Reject.</p>`) });
  }
  const page = { requestId: details.loaded.state.id, version: seen, csrf: visit.csrf };
  if (decision === "approve" && !wasShownLongEnough(visit.services, page, visit.field("shown"))) {
    const text = html`<p>
      <strong>Not yet: you voted before anybody could read the request.</strong> Your vote was not
      counted. Look at the request, then decide.
    </p>`;
    return showAgain(422, { banner: banner("bad", text) });
  }
  if (comment.length > DECISION_COMMENT_MAX) {
    return showAgain(422, {
      faults: { comment: `Use at most ${DECISION_COMMENT_MAX} characters` },
    });
  }
  if (
    decision === "approve" &&
    tickFor(details.record) !== null &&
    details.record.status === "pending" &&
    !confirmed
  ) {
    return showAgain(422, {
      faults: { confirmed: "Tick this box when you have read what will happen" },
    });
  }
  try {
    const { id } = details.record;
    const stepId = isRequestId(visit.field("step")) ? visit.field("step") : null;
    await decideApproval(visit.context, {
      requestId: id,
      stepId,
      decision,
      comment: comment || null,
      source: "dashboard",
      seenSequence: seen,
      replaces: visit.field("replaces") === "yes",
    });
    visit.redirect(`/requests/${id}?done=vote`);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await showRefusal(visit, error, { comment, confirmed });
  }
}

const readDecision = (text: string): Decision | null =>
  text === "approve" || text === "reject" ? text : null;

const refusalStatus: Partial<Record<DomainError["code"], number>> = {
  forbidden: 403,
  conflict: 409,
  invalid_state: 409,
  emergency_stop: 503,
};

/** Shows the request as it is now, with the reason why the vote was refused. */
async function showRefusal(
  visit: MemberVisit,
  error: DomainError,
  typed: { comment: string; confirmed: boolean },
): Promise<void> {
  const reason = error.details?.reason;
  const details = await read(visit);
  const again = (status: number, remarks: Remarks) =>
    visit.show(requestPage(details, visit.csrf, remarks), status);
  if (reason === "reason_required") {
    return again(422, { decision: { ...typed, faults: { comment: "Enter a reason" } } });
  }
  const status = refusalStatus[error.code];
  if (status === undefined) throw error;
  if (reason === "revised") {
    const text = html`<p>
      <strong>This request was revised after you opened it.</strong> Your vote was not counted. Look
      at it again, then decide.
    </p>`;
    return again(status, { banner: banner("bad", text), decision: { comment: typed.comment } });
  }
  return again(status, { banner: banner("bad", refusalWords(error, details)), decision: typed });
}

function refusalWords(error: DomainError, { record, votes, personId }: RequestDetails): HtmlValue {
  const hasVoted = votes.some((vote) => vote.personId === personId && vote.voidedAt === null);
  const counts = hasVoted ? " Your earlier vote counts once." : " Your vote was not counted.";
  if (record.status === "pending") return html`<p><strong>${error.message}.</strong>${counts}</p>`;
  return html`<p><strong>This request is already ${record.status}.</strong>${counts}</p>`;
}

/** Renders the banner after a vote, with the vote's real effect. */
function voteCounted({ record, votes, personId }: RequestDetails): HtmlValue {
  const own = votes.findLast((vote) => vote.personId === personId && vote.voidedAt === null);
  if (!own) return null;
  if (record.status === "approved")
    return banner(
      "good",
      html`<p><strong>Approved.</strong> Your vote was counted, and the asker can go ahead.</p>`,
    );
  if (record.status === "rejected")
    return banner(
      "good",
      html`<p><strong>Rejected.</strong> Your vote was counted, and the asker won't go ahead.</p>`,
    );
  const missing = record.requiredApprovals - record.currentApprovals;
  return banner(
    "good",
    html`<p>
      <strong>Your vote was counted.</strong>
      ${missing > 0 && `${missing} more ${missing === 1 ? "approval is" : "approvals are"} needed.`}
    </p>`,
  );
}

/** POST /requests/:id/comments: adds a comment. */
export async function submitComment(visit: MemberVisit): Promise<void> {
  const details = await read(visit);
  const body = visit.field("body").trim();
  const fault =
    body === ""
      ? "Enter a comment"
      : body.length > COMMENT_MAX
        ? `Use at most ${COMMENT_MAX} characters`
        : null;
  if (fault !== null)
    return visit.show(requestPage(details, visit.csrf, { comment: { body, fault } }), 422);
  const comment = await addComment(visit.context, details.record.id, body);
  visit.redirect(`/requests/${details.record.id}?done=comment#comment-${comment.id}`);
}

const read = (visit: MemberVisit): Promise<RequestDetails> =>
  readRequest(visit.context, idOf(visit), {
    personId: visit.session.actor.personId,
    csrf: visit.csrf,
  });
