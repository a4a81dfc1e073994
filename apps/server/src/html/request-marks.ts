import {
  nameActor,
  nameAsker,
  partsOfActor,
  type ActorNames,
  type ApprovalRecord,
  type EmergencyStop,
  type Priority,
  type RequestStatus,
} from "@sayso/core";
import { html, type Html } from "./html.ts";
import { relativeTime } from "./times.ts";
import { oneLine, personName } from "./untrusted-text.ts";

/** Renders "approved", with its colour and sign. The word alone would be enough. */
export const statusMark = (status: RequestStatus): Html =>
  html`<span class="mark ${status}">${status}</span>`;

export const priorityMark = (priority: Priority): Html =>
  html`<span class="mark ${priority}">${priority} priority</span>`;

/** Renders the connection or person that made the request, with the app through which the person asked. */
export const askedBy = (record: ApprovalRecord): Html =>
  oneLine(nameAsker(record) ?? "Former member");

/**
 * Renders an actor together with the machine that acted: “Release pipeline, for Ada Lovelace”.
 *
 * @param email the person's address, where another member's name looks the same
 */
export function actorName(names: ActorNames, email?: string): Html {
  const { before, person, after } = partsOfActor(names);
  if (person !== null && email !== undefined)
    return html`${before && oneLine(before)}${personName(person, email)}${after && oneLine(after)}`;
  return oneLine(
    nameActor(names) ?? (names.via?.kind === "connection" ? "Deleted connection" : "Former member"),
  );
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
