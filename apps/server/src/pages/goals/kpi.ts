import {
  archiveKpi,
  getKpi,
  listKpiUpdates,
  recordKpiUpdate,
  updateKpi,
  type Kpi,
  type KpiUpdate,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import { textArea } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { confirm, factList, rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { relativeTime } from "../times.ts";
import { manyLines, oneLine, plain } from "../untrusted-text.ts";
import {
  amount,
  folded,
  form,
  heldNotice,
  none,
  readPeople,
  statusMark,
  underApproval,
  versionField,
  versionOf,
} from "./goal-pieces.ts";
import { settle, settled } from "./held.ts";
import { kpiFieldNames, kpiInputs, kpiOf, typedOfKpi } from "./kpis.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { numberOf, readTyped, type Typed } from "./typed.ts";

const updateFieldNames = ["value", "comment"] as const;
const SHOWN_MAX = 50;
const untouched: { typed: Typed; remarks: Remarks } = { typed: {}, remarks: noRemarks };

const read = ({ context, request }: MemberVisit): Promise<Kpi> =>
  getKpi(context, String(request.params.id));

const pathOf = ({ id }: { id: string }): string => `/goals/kpis/${id}`;

/** What came back of one of the page's two forms. */
interface Returned {
  of: "kpi" | "update";
  typed: Typed;
  remarks: Remarks;
}

/** GET /goals/kpis/:id */
export async function showKpi(visit: MemberVisit): Promise<void> {
  visit.show(await kpiPage(visit, await read(visit), null));
}

/** POST /goals/kpis/:id/updates */
export async function submitKpiUpdate(visit: MemberVisit): Promise<void> {
  const kpi = await read(visit);
  const typed = readTyped(visit, updateFieldNames);
  const recorded = await tryForm(
    visit,
    updateFieldNames,
    () =>
      recordKpiUpdate(visit.context, kpi.id, {
        value: numberOf(typed.value) ?? NaN,
        comment: typed.comment,
      }),
    async (remarks, status) =>
      visit.show(await kpiPage(visit, kpi, { of: "update", typed, remarks }), status),
  );
  if (recorded) visit.redirect(`${pathOf(kpi)}?done=recorded`);
}

/** POST /goals/kpis/:id */
export async function submitKpiChange(visit: MemberVisit): Promise<void> {
  const kpi = await read(visit);
  const typed = readTyped(visit, [...kpiFieldNames, "version"]);
  const outcome = await tryForm(
    visit,
    kpiFieldNames,
    async () =>
      settle(visit, await updateKpi(visit.context, kpi.id, kpiOf(visit, typed), versionOf(visit))),
    async (remarks, status) =>
      visit.show(await kpiPage(visit, kpi, { of: "kpi", typed, remarks }), status),
  );
  if (outcome) visit.redirect(`${pathOf(kpi)}?done=${outcome.value}`);
}

/** POST /goals/kpis/:id/archive */
export async function submitKpiArchiving(visit: MemberVisit): Promise<void> {
  const kpi = await read(visit);
  const archived = await tryForm(
    visit,
    [],
    () => archiveKpi(visit.context, kpi.id),
    async (remarks, status) =>
      visit.show(await kpiPage(visit, kpi, { of: "kpi", typed: typedOfKpi(kpi), remarks }), status),
  );
  if (archived) visit.redirect("/goals/kpis?done=archived");
}

async function kpiPage(visit: MemberVisit, kpi: Kpi, returned: Returned | null): Promise<Page> {
  const [updates, people] = await Promise.all([
    listKpiUpdates(visit.context, kpi.id, SHOWN_MAX),
    readPeople(visit),
  ]);
  const own = returned?.of === "kpi" ? returned : null;
  const update = returned?.of === "update" ? returned : null;
  return goalsPage(visit, {
    title: plain(kpi.name),
    heading: oneLine(kpi.name),
    back: { href: "/goals/kpis", label: "All KPIs" },
    banner:
      returned?.remarks.banner ||
      doneBanner(visit, {
        ...settled,
        made: "The KPI is set up.",
        recorded: "The new value is recorded.",
      }),
    main: [
      html`<div class="card">
        ${factList([
          ["Status", statusMark(kpi.status)],
          ["Now", amount(kpi.current, kpi.unit)],
          ["Target", amount(kpi.target, kpi.unit)],
          ["Better is", kpi.direction === "increase" ? "more" : "less"],
          ["Owner", kpi.ownerName && oneLine(kpi.ownerName)],
          ["Change control", underApproval(kpi)],
        ])}
        ${kpi.description && manyLines(kpi.description)}
      </div>`,
      section("update", "Record a new value", updateForm(visit, kpi, update)),
      section(
        "history",
        html`Values <small>${kpi.updates}</small>`,
        rows(updates.map((one) => updateRow(one, kpi.unit))) || none("There is none yet."),
      ),
      folded("Change this KPI", own !== null, [
        form(visit, pathOf(kpi), [
          heldNotice(visit, kpi),
          versionField(own?.typed.version ?? kpi.version),
          kpiInputs(visit, own?.typed ?? typedOfKpi(kpi), own?.remarks ?? noRemarks, people, kpi),
          html`<button class="primary">Save</button>`,
        ]),
        confirm({
          action: `${pathOf(kpi)}/archive`,
          csrf: visit.csrf,
          label: "Archive this KPI",
          warning: "It goes out of every list, for good.",
          button: "Archive",
        }),
      ]),
    ],
  });
}

function updateForm(visit: MemberVisit, kpi: Kpi, returned: Returned | null): Html {
  const { typed, remarks } = returned ?? untouched;
  return form(visit, `${pathOf(kpi)}/updates`, [
    line({
      name: "value",
      label: "New value",
      value: typed.value,
      fault: remarks.faults.value,
      kind: "number",
      isRequired: true,
    }),
    textArea({
      name: "comment",
      label: "Comment",
      value: typed.comment ?? "",
      placeholder: "",
      fault: remarks.faults.comment,
    }),
    html`<button class="primary">Record the value</button>`,
  ]);
}

const updateRow = (update: KpiUpdate, unit: string | null): Row => ({
  title: html`${update.previousValue === null ? "nothing" : amount(update.previousValue, null)} →
  ${amount(update.newValue, unit)}`,
  facts: [
    oneLine(update.by.name ?? "Sayso"),
    relativeTime(update.createdAt, new Date()),
    update.comment && oneLine(update.comment),
  ],
});
