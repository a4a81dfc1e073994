import type { ApprovalRecord, EmergencyStop, Priority, RequestStatus, Via } from "@sayso/core";
import { html, type Html, type HtmlValue } from "./html.ts";
import { relativeTime } from "./times.ts";
import { oneLine } from "./untrusted-text.ts";

/** Renders "approved", with its colour and sign. The word alone would be enough. */
export const statusMark = (status: RequestStatus): Html =>
  html`<span class="mark ${status}">${status}</span>`;

export const priorityMark = (priority: Priority): Html =>
  html`<span class="mark ${priority}">${priority} priority</span>`;

/** Renders the connection or person that made the request. */
export const askedBy = (record: ApprovalRecord): Html =>
  oneLine(record.connectionName ?? record.createdByName ?? "Former member");

/**
 * Renders the credential behind a vote, to follow the vote's text: " through the app Night robot". A connection is
 * named earlier in that text.
 */
export function through(via: Via | null): HtmlValue {
  const named = (what: string) => html` through ${what}${via?.name && html` ${oneLine(via.name)}`}`;
  switch (via?.kind) {
    case "session":
      return ", signed in to Sayso";
    case "token":
      return named("the personal token");
    case "app":
      return named("the app");
    case "command_line":
      return " on the server's command line";
    case "link":
      return " through an email link";
    default:
      return null;
  }
}

/** Renders the notice that everybody sees while the emergency stop is active. */
export const stopNotice = (stop: Pick<EmergencyStop, "activatedAt" | "reason">, now: Date): Html =>
  html` <div class="banner bad" role="status">
    <p>
      <strong>The emergency stop is active</strong
      >${stop.activatedAt && html`, since ${relativeTime(stop.activatedAt, now)}`}. No request can
      be created or decided until an admin lifts
      it.${stop.reason && html` Reason: ${oneLine(stop.reason)}`}
    </p>
  </div>`;
