import type { ApprovalRecord, EmergencyStop, Priority, RequestStatus } from "@sayso/core";
import { html, type Html } from "./html.ts";
import { relativeTime } from "./times.ts";
import { oneLine } from "./untrusted-text.ts";

/** "approved", with its colour and sign; the word alone would do. */
export const statusMark = (status: RequestStatus): Html =>
  html`<span class="mark ${status}">${status}</span>`;

export const priorityMark = (priority: Priority): Html =>
  html`<span class="mark ${priority}">${priority} priority</span>`;

/** The connection or person who made the request. */
export const askedBy = (record: ApprovalRecord): Html =>
  oneLine(record.connectionName ?? record.createdByName ?? "Somebody who has left");

/** What everybody sees while the emergency stop is active. */
export const stopNotice = (stop: Pick<EmergencyStop, "activatedAt" | "reason">, now: Date): Html =>
  html` <div class="banner bad" role="status">
    <p>
      <strong>The emergency stop is active</strong
      >${stop.activatedAt && html`, since ${relativeTime(stop.activatedAt, now)}`}. Nothing can be
      asked or decided until an admin lifts
      it.${stop.reason && html` Reason: ${oneLine(stop.reason)}`}
    </p>
  </div>`;
