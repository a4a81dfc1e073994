import { exportGoals, goalTables, importGoals, type GoalTable, type Imported } from "@sayso/core";
import { html } from "../html.ts";
import { choices, textArea } from "../inputs.ts";
import { banner, type Page } from "../layout.ts";
import { section } from "../pieces.ts";
import { faulty, noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { form } from "./goal-pieces.ts";
import { goalsPage } from "./part.ts";

const tables: readonly { value: GoalTable; label: string }[] = [
  { value: "objectives", label: "Objectives, with a row for each key result" },
  { value: "kpis", label: "KPIs" },
];

const tableOf = (text: string): GoalTable | undefined =>
  tables.find(({ value }) => value === text)?.value;

/** GET /goals/tables */
export function showTables(visit: MemberVisit): void {
  visit.show(tablesPage(visit, { table: "objectives", csv: "" }, noRemarks));
}

/** POST /goals/tables: imports all rows or none. */
export async function submitTable(visit: MemberVisit): Promise<void> {
  const typed = { table: visit.field("table"), csv: visit.field("csv") };
  const table = tableOf(typed.table);
  if (!table)
    return visit.show(tablesPage(visit, typed, faulty("table", "Choose what the rows are")), 422);
  const imported = await tryForm(
    visit,
    ["csv"],
    () => importGoals(visit.context, table, typed.csv),
    (remarks, status) => visit.show(tablesPage(visit, typed, remarks), status),
  );
  if (imported)
    visit.show(tablesPage(visit, { table, csv: "" }, { faults: {}, banner: told(imported.value) }));
}

/** GET /goals/export/:table */
export async function sendTable({ context, request, response }: MemberVisit): Promise<void> {
  const table = tableOf(String(request.params.table).replace(/\.csv$/, ""));
  const csv = await exportGoals(context, table ?? "objectives");
  response
    .set("Content-Disposition", `attachment; filename="${table ?? "objectives"}.csv"`)
    .type("text/csv")
    .send(csv);
}

const told = ({ objectives, keyResults, kpis }: Imported) =>
  banner(
    "good",
    html`<p>
      ${kpis > 0 ? `${kpis} KPIs` : `${objectives} objectives with ${keyResults} key results`} are
      made.
    </p>`,
  );

function tablesPage(
  visit: MemberVisit,
  typed: { table: string; csv: string },
  { faults, banner: above }: Remarks,
): Page {
  return goalsPage(visit, {
    title: "Import and export",
    banner: above,
    lead: "Goals as comma-separated values (CSV), for spreadsheets and for moving in or out.",
    main: [
      section(
        "export",
        "Export",
        html`<p>
            <a class="button" href="/goals/export/objectives.csv" download>Objectives</a>
            <a class="button" href="/goals/export/kpis.csv" download>KPIs</a>
          </p>
          <p class="hint">The newest 500 of each. What is exported can be imported again.</p>`,
      ),
      section(
        "import",
        "Import",
        form(visit, "/goals/tables", [
          choices({
            name: "table",
            label: "The rows are",
            kind: "radio",
            chosen: [typed.table],
            fault: faults.table,
            options: tables,
          }),
          textArea({
            name: "csv",
            label: "Table",
            value: typed.csv,
            placeholder: "name,target,unit",
            fault: faults.csv,
            hint: html`The first line names the columns. Of objectives:
              <code>${goalTables.objectives.join(", ")}</code>. Of KPIs:
              <code>${goalTables.kpis.join(", ")}</code>. All rows are made, or none.`,
          }),
          html`<button class="primary">Import</button>`,
        ]),
      ),
    ],
  });
}
