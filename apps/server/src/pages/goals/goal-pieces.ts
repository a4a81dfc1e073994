import { isAdmin, listMembers, type GoalStatus, type Member } from "@sayso/core";
import { csrfField } from "../csrf.ts";
import { html, type Html, type HtmlValue } from "../html.ts";
import { checkbox, select } from "../inputs.ts";
import type { MemberVisit } from "../site.ts";
import { oneLine, plain } from "../untrusted-text.ts";
import type { Typed } from "./typed.ts";

const looks = { on_track: "approved", at_risk: "high", off_track: "rejected" } as const;

export const statusWords: Record<GoalStatus, string> = {
  on_track: "on track",
  at_risk: "at risk",
  off_track: "off track",
};

/** "at risk", with its colour; the words alone would do. */
export const statusMark = (status: GoalStatus): Html =>
  html`<span class="mark ${looks[status]}">${statusWords[status]}</span>`;

const decimals = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });

/** "3,810 users"; of nothing "not measured yet". */
export const amount = (value: number | null, unit: string | null): HtmlValue =>
  value === null
    ? "not measured yet"
    : html`${decimals.format(value)}${unit && html` ${oneLine(unit)}`}`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const underApproval = (goal: { needsApproval: boolean }): HtmlValue =>
  goal.needsApproval && "needs approval";

/** What a form says before its fields where what it sends waits for an admin. */
export const heldNotice = (visit: MemberVisit, goal: { needsApproval: boolean }): HtmlValue =>
  goal.needsApproval &&
  !isAdmin(visit.session.actor) &&
  html`<p class="hint">This is under change control: what you save here waits for an admin.</p>`;

/** Whom goals can belong to. */
export const readPeople = ({ context }: MemberVisit): Promise<Member[]> => listMembers(context);

/** @param value the id of who is chosen; an owner who has left stays until somebody else is chosen */
export const ownerSelect = (
  people: readonly Member[],
  value: string | undefined,
  fault: string | undefined,
  former?: { id: string | null; name: string | null },
): Html =>
  select({
    name: "owner_id",
    label: "Owner",
    value,
    fault,
    options: [
      ["", "Nobody"],
      ...(former?.id && !people.some(({ id }) => id === former.id)
        ? [[former.id, `${plain(former.name ?? "")} (has left)`] as const]
        : []),
      ...people.map(({ id, name }) => [id, plain(name)] as const),
    ],
  });

/** For admins only; its value is sent as "yes". */
export const approvalBox = (visit: MemberVisit, typed: Typed): HtmlValue =>
  isAdmin(visit.session.actor) &&
  checkbox({
    name: "needs_approval",
    label: "Changes need approval",
    hint: "What machines, apps and members want to change then waits for an admin. Check-ins and new values don't.",
    isChecked: typed.needs_approval === "yes",
  });

/** What the box says; undefined for whoever has no such box. */
export const approvalOf = (visit: MemberVisit, typed: Typed): boolean | undefined =>
  isAdmin(visit.session.actor) ? typed.needs_approval === "yes" : undefined;

/** Which version of a goal a form was filled in for: another's change since then is not to be undone unseen. */
export const versionField = (version: number | string): Html =>
  html`<input type="hidden" name="version" value="${version}" />`;

/** What {@link versionField} sent; NaN, which no goal's version is, without it. */
export const versionOf = ({ field }: MemberVisit): number => Number(field("version") || NaN);

export const form = (visit: MemberVisit, action: string, content: HtmlValue): Html =>
  html`<form method="post" action="${action}">${csrfField(visit.csrf)} ${content}</form>`;

export const none = (words: string): Html => html`<p class="none">${words}</p>`;

/** Something that is folded up until it is wanted; open where the form in it came back with a fault. */
export const folded = (summary: string, isOpen: boolean, content: HtmlValue): Html =>
  html`<details class="card past" ${isOpen ? html`open` : ""}>
    <summary>${summary}</summary>
    ${content}
  </details>`;
