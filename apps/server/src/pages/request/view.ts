import { html, raw, type Html, type HtmlValue } from "../../html/html.ts";
import type { Page } from "../../html/layout.ts";
import { exactTime, relativeTime } from "../../html/times.ts";
import { markdownText } from "../../html/markdown-text.ts";
import { oneLine, outwardLink, plain, webAddress } from "../../html/untrusted-text.ts";
import { actorName, askedBy, priorityMark, statusMark } from "../../html/request-marks.ts";
import { comments } from "./comments.ts";
import { deciders } from "./deciders.ts";
import { decisionForm, type DecisionInput } from "./decision-form.ts";
import { payload } from "./payload.ts";
import type { RequestDetails } from "./read.ts";

/** The page's additions to the request itself: the result of the last action, and forms that come back. */
export interface Remarks {
  banner?: HtmlValue;
  decision?: DecisionInput;
  comment?: { body?: string; fault?: string };
}

/** Renders the page of one request: who asks, for what, who decides, and the two buttons. */
export function requestPage(details: RequestDetails, csrf: string, remarks: Remarks = {}): Page {
  const { record, loaded, lastChange } = details;
  const { now } = loaded;
  return {
    title: plain(record.title),
    shape: "request",
    main: html` <div class="above">
        <p class="back">
          <a href="${record.status === "pending" ? "/waiting" : "/waiting?tab=decided"}"
            >All requests</a
          >
        </p>
        ${remarks.banner}
      </div>
      <article aria-labelledby="title">
        <p class="marks">
          ${record.isLog ? html`<span class="mark">log entry</span>` : statusMark(record.status)}
          ${priorityMark(record.priority)}
        </p>
        <h1 id="title">${oneLine(record.title)}</h1>
        <p class="facts">
          <span
            >${askedBy(record)} ${record.isLog ? "logged this" : "asks"},
            ${relativeTime(record.createdAt, now)}</span
          >
          ${
            lastChange &&
            html`<span
              >${oneLine(lastChange.by.name ?? "Former member")} revised this,
              ${relativeTime(lastChange.at, now)}</span
            >`
          }
        </p>
        ${outcome(details)} ${record.status === "pending" && deadlines(details)}
        ${markdownText(record.description)} ${payload(record.id, record.metadata)}
        ${contextBox(details)} ${about(details)}
      </article>
      <div class="side">${deciders(details)} ${decisionForm(details, csrf, remarks.decision)}</div>
      ${comments(details, csrf, remarks.comment)}`,
  };
}

function outcome({ record, loaded, namesakes }: RequestDetails): HtmlValue {
  const { status, decidedAt, isLog } = record;
  const email = record.decidedBy === null ? undefined : namesakes.get(record.decidedBy)?.email;
  if (status === "pending" || isLog) return null;
  const by =
    record.decidedViaConnectionId || record.decidedBy
      ? html` by
        ${actorName(
          {
            person: record.decidedByName,
            connection: record.decidedViaConnectionName,
            via: record.decidedVia,
          },
          email,
        )}`
      : status === "expired"
        ? " because nobody decided before the deadline"
        : status === "cancelled"
          ? ""
          : " automatically, because nobody decided before the deadline";
  const sentence = html`<strong
      >${status === "expired" ? "Expired" : status === "cancelled" ? "Cancelled" : status === "approved" ? "Approved" : "Rejected"}</strong
    >${by}${decidedAt && html`, ${relativeTime(decidedAt, loaded.now)} (${exactTime(decidedAt)})`}.`;
  return html`<div class="outcome ${status}">
    <p>${sentence}</p>
    ${record.decisionComment && markdownText(record.decisionComment)}
  </div>`;
}

function deadlines({ record, loaded }: RequestDetails): HtmlValue {
  const { expiresAt, autoAction, autoActionAt } = record;
  const { now } = loaded;
  const acts =
    autoAction && autoActionAt && (!expiresAt || autoActionAt < expiresAt) ? autoActionAt : null;
  const verb = autoAction === "approve" ? "approved" : "rejected";
  return [
    acts &&
      html`<p class="notice">
        <strong>Automatic action:</strong> if nobody decides before, this request is
        <strong>${verb}</strong> automatically ${relativeTime(acts, now)} (${exactTime(acts)}).
      </p>`,
    expiresAt &&
      !acts &&
      html`<p class="notice calm">
        ${expiresAt <= now ? "The deadline has passed" : html`Expires ${relativeTime(expiresAt, now)}`}
        (${exactTime(expiresAt)}).
      </p>`,
  ];
}

/**
 * Renders the rich context. It was sanitised when it was stored (packages/core/src/asking/context-html.ts). The frame
 * says who wrote it.
 */
function contextBox({ record }: RequestDetails): HtmlValue {
  if (!record.contextHtml?.trim()) return null;
  return html` <section class="context" aria-labelledby="context">
    <h2 id="context">Context <small>written by ${askedBy(record)}, not by Sayso</small></h2>
    <div class="foreign" dir="auto">${raw(describeImages(record.contextHtml))}</div>
  </section>`;
}

/**
 * Adds an alternative text to images without one. sanitize-html writes no ">" inside of an attribute, so a tag ends at
 * the first.
 */
const describeImages = (safeHtml: string): string =>
  safeHtml.replace(/<img(?![^>]* alt=)/g, '<img alt="Image without a description"');

function about({ record }: RequestDetails): Html {
  const address = webAddress(record.sourceUrl);
  const sourceName = record.sourceName ?? record.source ?? address?.hostname;
  const rows: [string, HtmlValue][] = [
    ["Requested by", html`${askedBy(record)}${record.connectionId ? " (connection)" : ""}`],
    [
      "Source",
      sourceName &&
        html`${address ? outwardLink(address, oneLine(sourceName)) : oneLine(sourceName)}${address && sourceName !== address.hostname && html` <span class="none">${address.hostname}</span>`}`,
    ],
    ["Source ID", record.sourceId && oneLine(record.sourceId)],
    ["Action type", record.actionType && oneLine(record.actionType)],
    ["Requested", exactTime(record.createdAt)],
    ["ID", html`<code>${record.id}</code>`],
  ];
  return html` <section class="about" aria-labelledby="about">
    <h2 id="about">About this request</h2>
    <dl class="fields">
      ${rows.map(
        ([name, value]) =>
          value &&
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
