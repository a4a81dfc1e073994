import {
  createKeyResult,
  getObjective,
  type KeyResult,
  type Member,
  type Objective,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import type { Page } from "../layout.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { oneLine } from "../untrusted-text.ts";
import { approvalBox, approvalOf, form, ownerSelect, readPeople } from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { numberOf, orNull, readTyped, written, type Typed } from "./typed.ts";

export const keyResultFieldNames = [
  "title",
  "start",
  "target",
  "current",
  "unit",
  "weight",
  "owner_id",
  "needs_approval",
] as const;

const read = ({ context, request }: MemberVisit): Promise<Objective> =>
  getObjective(context, String(request.params.id));

const pathOf = ({ id }: { id: string }): string => `/goals/objectives/${id}`;

/** GET /goals/objectives/:id/key-results */
export async function showNewKeyResult(visit: MemberVisit): Promise<void> {
  visit.show(await newKeyResultPage(visit, await read(visit), {}, noRemarks));
}

/** POST /goals/objectives/:id/key-results */
export async function submitKeyResult(visit: MemberVisit): Promise<void> {
  const objective = await read(visit);
  const typed = readTyped(visit, keyResultFieldNames);
  const made = await tryForm(
    visit,
    keyResultFieldNames,
    () =>
      createKeyResult(visit.context, objective.id, {
        ...keyResultOf(visit, typed),
        target: numberOf(typed.target) ?? NaN,
        current: numberOf(typed.current),
      }),
    async (remarks, status) =>
      visit.show(await newKeyResultPage(visit, objective, typed, remarks), status),
  );
  if (made) visit.redirect(`${pathOf(objective)}?done=added`);
}

async function newKeyResultPage(
  visit: MemberVisit,
  objective: Objective,
  typed: Typed,
  remarks: Remarks,
): Promise<Page> {
  const people = await readPeople(visit);
  return goalsPage(visit, {
    title: "Add a key result",
    back: { href: pathOf(objective), label: "The objective" },
    banner: remarks.banner,
    lead: html`A number by which “${oneLine(objective.title)}” is measured.`,
    main: html`<div class="card">
      ${form(visit, `${pathOf(objective)}/key-results`, [
        keyResultInputs(visit, typed, remarks, people),
        html`<button class="primary">Add the key result</button>`,
      ])}
    </div>`,
  });
}

/** The form's values as the core takes them. */
export const keyResultOf = (visit: MemberVisit, typed: Typed) => ({
  title: typed.title ?? "",
  start: numberOf(typed.start),
  unit: orNull(typed.unit),
  weight: numberOf(typed.weight),
  ownerId: orNull(typed.owner_id),
  needsApproval: approvalOf(visit, typed),
});

/** @param present the key result that is changed; its current value is a check-in's to say */
export function keyResultInputs(
  visit: MemberVisit,
  typed: Typed,
  { faults }: Remarks,
  people: readonly Member[],
  present?: KeyResult,
): Html {
  const input = (name: string, label: string, hint?: string) =>
    line({ name, label, value: typed[name], fault: faults[name], hint, kind: "number" });
  return html`${line({ name: "title", label: "What is measured", value: typed.title, fault: faults.title, maxlength: 500, isRequired: true })}
  ${input("start", "Start", "Where it begins; nothing is 0.")}
  ${input("target", "Target", "What is to be reached; it may lie below the start.")}
  ${!present && input("current", "Now", "Where it is now, if not at the start.")}
  ${line({ name: "unit", label: "Unit", value: typed.unit, fault: faults.unit, maxlength: 50 })}
  ${input("weight", "Weight", "How much it counts in its objective; nothing is 1.")}
  ${ownerSelect(people, typed.owner_id, faults.owner_id, present && { id: present.ownerId, name: present.ownerName })}
  ${approvalBox(visit, typed)}`;
}

export const typedOfKeyResult = (keyResult: KeyResult): Typed => ({
  title: keyResult.title,
  start: written(keyResult.start),
  target: written(keyResult.target),
  unit: keyResult.unit ?? "",
  weight: written(keyResult.weight),
  owner_id: keyResult.ownerId ?? "",
  needs_approval: keyResult.needsApproval ? "yes" : "",
});
