import {
  createKpi,
  kpiDirections,
  listKpis,
  type Kpi,
  type KpiDirection,
  type Member,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import { select, textArea } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { relativeTime } from "../times.ts";
import { oneLine } from "../untrusted-text.ts";
import {
  amount,
  approvalBox,
  approvalOf,
  form,
  none,
  ownerSelect,
  readPeople,
  statusMark,
  underApproval,
} from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { numberOf, orNull, readTyped, written, type Typed } from "./typed.ts";

export const kpiFieldNames = [
  "name",
  "description",
  "target",
  "current",
  "unit",
  "direction",
  "owner_id",
  "needs_approval",
] as const;

const directionWords: Record<KpiDirection, string> = {
  increase: "More is better",
  decrease: "Less is better",
};

/** GET /goals/kpis */
export async function showKpis(visit: MemberVisit): Promise<void> {
  visit.show(await kpisPage(visit, {}, noRemarks));
}

/** POST /goals/kpis */
export async function submitKpi(visit: MemberVisit): Promise<void> {
  const typed = readTyped(visit, kpiFieldNames);
  const made = await tryForm(
    visit,
    kpiFieldNames,
    () => createKpi(visit.context, { ...kpiOf(visit, typed), current: numberOf(typed.current) }),
    async (remarks, status) => visit.show(await kpisPage(visit, typed, remarks), status),
  );
  if (made) visit.redirect(`/goals/kpis/${made.value.id}?done=made`);
}

/** The form's values as the core takes them. */
export const kpiOf = (visit: MemberVisit, typed: Typed) => ({
  name: typed.name ?? "",
  description: orNull(typed.description),
  target: numberOf(typed.target) ?? NaN,
  unit: orNull(typed.unit),
  direction: typed.direction as KpiDirection,
  ownerId: orNull(typed.owner_id),
  needsApproval: approvalOf(visit, typed),
});

async function kpisPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const [kpis, people] = await Promise.all([listKpis(visit.context), readPeople(visit)]);
  return goalsPage(visit, {
    title: "KPIs",
    banner: remarks.banner || doneBanner(visit, { archived: "The KPI is archived." }),
    lead: "Numbers that are measured again and again. Each new value keeps the one before.",
    main: [
      section(
        "kpis",
        html`All KPIs <small>${kpis.length}</small>`,
        rows(kpis.map(kpiRow)) || none("There is none yet."),
      ),
      section(
        "new-kpi",
        "Set up a KPI",
        form(visit, "/goals/kpis", [
          kpiInputs(visit, typed, remarks, people),
          html`<button class="primary">Set up the KPI</button>`,
        ]),
      ),
    ],
  });
}

const kpiRow = (kpi: Kpi): Row => ({
  title: html`<a href="/goals/kpis/${kpi.id}">${oneLine(kpi.name)}</a> ${statusMark(kpi.status)}`,
  facts: [
    amount(kpi.current, kpi.unit),
    html`target ${amount(kpi.target, kpi.unit)}`,
    kpi.lastUpdatedAt && html`updated ${relativeTime(kpi.lastUpdatedAt, new Date())}`,
    kpi.ownerName && oneLine(kpi.ownerName),
    underApproval(kpi),
  ],
});

/** @param present the KPI that is changed; its current value is an update's to say */
export const kpiInputs = (
  visit: MemberVisit,
  typed: Typed,
  { faults }: Remarks,
  people: readonly Member[],
  present?: Kpi,
): Html =>
  html`${line({ name: "name", label: "Name", value: typed.name, fault: faults.name, maxlength: 200, isRequired: true })}
  ${textArea({ name: "description", label: "How it is measured", value: typed.description ?? "", placeholder: "", fault: faults.description })}
  ${line({ name: "target", label: "Target", value: typed.target, fault: faults.target, kind: "number", isRequired: true })}
  ${!present && line({ name: "current", label: "Value now", value: typed.current, fault: faults.current, kind: "number", hint: "If it is known." })}
  ${line({ name: "unit", label: "Unit", value: typed.unit, fault: faults.unit, maxlength: 50 })}
  ${select({
    name: "direction",
    label: "Direction",
    value: typed.direction,
    fault: faults.direction,
    options: kpiDirections.map((direction) => [direction, directionWords[direction]] as const),
  })}
  ${ownerSelect(people, typed.owner_id, faults.owner_id, present && { id: present.ownerId, name: present.ownerName })}
  ${approvalBox(visit, typed)}`;

export const typedOfKpi = (kpi: Kpi): Typed => ({
  name: kpi.name,
  description: kpi.description ?? "",
  target: written(kpi.target),
  unit: kpi.unit ?? "",
  direction: kpi.direction,
  owner_id: kpi.ownerId ?? "",
  needs_approval: kpi.needsApproval ? "yes" : "",
});
