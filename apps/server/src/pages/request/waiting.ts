import {
  getEmergencyStop,
  listApprovals,
  previewVote,
  type ApprovalRecord,
  type VotePreview,
} from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import type { Page } from "../../html/layout.ts";
import type { MemberVisit } from "../../site/site.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { relativeTime } from "../../html/times.ts";
import { askedBy, priorityMark, statusMark, stopNotice } from "../../html/request-marks.ts";

const PAGE_SIZE = 20;
const PAGE_MAX = 100_000;

/**
 * GET /: lists the requests that wait for a decision, newest first; `?tab=decided`: the ended ones with their results.
 */
export async function showRequests(visit: MemberVisit): Promise<void> {
  const { context, request } = visit;
  const isDecided = request.query.tab === "decided";
  const number = Math.min(Math.max(Math.trunc(Number(request.query.page)) || 1, 1), PAGE_MAX);
  const statuses = isDecided
    ? (["approved", "rejected", "cancelled", "expired"] as const)
    : (["pending"] as const);
  const [{ records, total }, stop] = await Promise.all([
    listApprovals(context, { statuses: [...statuses] }, number, PAGE_SIZE),
    getEmergencyStop(context),
  ]);
  const previews = isDecided ? new Map<string, VotePreview>() : await previewVotes(visit, records);
  const now = new Date();
  const items = records.map((record) => listItem(record, previews.get(record.id), now));
  visit.show(
    listPage({
      isDecided,
      number,
      total,
      items,
      notice: stop.isActive && stopNotice(stop, now),
      visit,
    }),
  );
}

async function previewVotes(
  { context, session }: MemberVisit,
  records: ApprovalRecord[],
): Promise<Map<string, VotePreview>> {
  const { services, organizationId } = context;
  const { personId } = session.actor;
  const found = new Map<string, VotePreview>();
  // The loader reads all of them in one statement.
  const loaded = await Promise.all(
    records.map(({ id }) => services.loadRequest(organizationId, { id, personId })),
  );
  for (const one of loaded) if (one) found.set(one.state.id, previewVote(context, one));
  return found;
}

function listPage(list: {
  isDecided: boolean;
  number: number;
  total: number;
  items: Html[];
  notice: HtmlValue;
  visit: MemberVisit;
}): Page {
  const { isDecided, total, items } = list;
  const title = isDecided ? "Decided" : total > 0 ? "Waiting for you" : "You're all caught up";
  const tab = (href: string, label: string, isHere: boolean) =>
    html`<li><a href="${href}" ${isHere ? html` aria-current="page"` : ""}>${label}</a></li>`;
  return {
    title,
    shape: "list",
    main: html` ${list.notice}
      <nav class="tabs" aria-label="Requests">
        <ul>
          ${tab("/waiting", "Open", !isDecided)}${tab("/waiting?tab=decided", "Decided", isDecided)}
        </ul>
      </nav>
      <div class="heading">
        <h1>${title}</h1>
        ${total > 0 && html`<p class="count">${total} ${isDecided ? "decided" : "open"}</p>`}
      </div>
      ${
        items.length > 0 &&
        html`<ul class="requests">
          ${items}
        </ul>`
      }
      ${total === 0 && (isDecided ? html`<p class="lead">No decided requests yet.</p>` : emptyState(list.visit))}
      ${total > 0 && items.length === 0 && html`<p class="lead">This page is empty. <a href="${pagePath(isDecided, 1)}">Open the first page</a></p>`}
      ${pager(list)}`,
  };
}

function listItem(record: ApprovalRecord, preview: VotePreview | undefined, now: Date): Html {
  const { status, priority, requiredApprovals } = record;
  const isPending = status === "pending";
  const remark = preview && remarkOn(preview);
  return html`<li class="request ${isPending ? priority : ""} ${remark ? "others" : ""}">
    <a href="/requests/${record.id}?plain=1"><h2>${oneLine(record.title)}</h2></a>
    <p class="facts">
      ${!isPending && (record.isLog ? html`<span class="mark">log entry</span>` : statusMark(status))}
      ${isPending && (priority === "high" || priority === "critical") && priorityMark(priority)}
      <span>${askedBy(record)}${isPending && html`, ${relativeTime(record.createdAt, now)}`}</span>
      ${isPending ? deadline(record, now) : decision(record, now)}
      ${isPending && requiredApprovals > 1 && html`<span>${record.currentApprovals} of ${requiredApprovals} approvals</span>`}
      ${remark && html`<span>${remark}</span>`}
    </p>
  </li>`;
}

function deadline({ expiresAt, autoAction, autoActionAt }: ApprovalRecord, now: Date): HtmlValue {
  if (autoAction && autoActionAt && (!expiresAt || autoActionAt < expiresAt)) {
    const verb = autoAction === "approve" ? "auto-approves" : "auto-rejects";
    return html`<span class="deadline">${verb} ${relativeTime(autoActionAt, now)}</span>`;
  }
  return expiresAt && html`<span class="deadline">expires ${relativeTime(expiresAt, now)}</span>`;
}

function decision({ decidedByFullName, decidedAt, createdAt }: ApprovalRecord, now: Date): Html {
  const when = relativeTime(decidedAt ?? createdAt, now);
  return html`<span>${decidedByFullName && html`by ${oneLine(decidedByFullName)}, `}${when}</span>`;
}

/** Returns why this person can't decide a request, in a few words; null: they can. */
function remarkOn(preview: VotePreview): string | null {
  if (preview.isAllowed) return preview.asAdmin ? "asks others" : null;
  switch (preview.reason) {
    case "already_voted":
      return "you voted";
    case "own_request":
      return "your own request";
    case "deadline_passed":
      return "overdue";
    default:
      return "waiting for others";
  }
}

const pagePath = (isDecided: boolean, number: number): string =>
  isDecided ? `/waiting?tab=decided&page=${number}` : `/waiting?page=${number}`;

function pager({
  isDecided,
  number,
  total,
}: {
  isDecided: boolean;
  number: number;
  total: number;
}): HtmlValue {
  const last = Math.ceil(total / PAGE_SIZE);
  if (last <= 1) return null;
  return html` <nav class="pager" aria-label="Pages">
    ${number > 1 ? html`<a class="button" rel="prev" href="${pagePath(isDecided, Math.min(number - 1, last))}">Newer</a>` : html`<span></span>`}
    <span>Page ${number} of ${last}</span>
    ${number < last ? html`<a class="button" rel="next" href="${pagePath(isDecided, number + 1)}">Older</a>` : html`<span></span>`}
  </nav>`;
}

function emptyState({ services }: MemberVisit): Html {
  const command = `curl ${services.publicUrl}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "title": "Deploy v2 to production",
    "description": "All tests passed.",
    "priority": "high"
  }'`;
  return html` <div class="card empty">
    <p>
      A request appears here when an automation asks for your approval. Try it: set
      <code>SAYSO_API_KEY</code> to a connection's key (<code>gk_…</code>), and send this request.
    </p>
    <pre tabindex="0" role="region" aria-label="Example request"><code>${command}</code></pre>
    <p>Then reload this page, open the request, and approve or reject it.</p>
  </div>`;
}
