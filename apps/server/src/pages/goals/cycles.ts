import { createCycle, DomainError, listCycles, updateCycle, type Cycle } from "@sayso/core";
import { html, type Html } from "../html.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { rows, section } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { oneLine, plain } from "../untrusted-text.ts";
import { form, none } from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { readTyped, type Typed } from "./typed.ts";

const fieldNames = ["name", "starts_on", "ends_on"] as const;

const valuesOf = (typed: Typed) => ({
  name: typed.name ?? "",
  startsOn: typed.starts_on ?? "",
  endsOn: typed.ends_on ?? "",
});

/** GET /goals/cycles */
export async function showCycles(visit: MemberVisit): Promise<void> {
  visit.show(await cyclesPage(visit, {}, noRemarks));
}

/** POST /goals/cycles */
export async function submitCycle(visit: MemberVisit): Promise<void> {
  const typed = readTyped(visit, fieldNames);
  const made = await tryForm(
    visit,
    fieldNames,
    () => createCycle(visit.context, valuesOf(typed)),
    async (remarks, status) => visit.show(await cyclesPage(visit, typed, remarks), status),
  );
  if (made) visit.redirect("/goals/cycles?done=made");
}

/** GET /goals/cycles/:id */
export async function showCycle(visit: MemberVisit): Promise<void> {
  const cycle = await read(visit);
  visit.show(cyclePage(visit, cycle, typedOf(cycle), noRemarks));
}

/** POST /goals/cycles/:id */
export async function submitCycleChange(visit: MemberVisit): Promise<void> {
  const cycle = await read(visit);
  const typed = readTyped(visit, fieldNames);
  const saved = await tryForm(
    visit,
    fieldNames,
    () => updateCycle(visit.context, cycle.id, valuesOf(typed)),
    (remarks, status) => visit.show(cyclePage(visit, cycle, typed, remarks), status),
  );
  if (saved) visit.redirect("/goals/cycles?done=saved");
}

async function read({ context, request }: MemberVisit): Promise<Cycle> {
  const cycle = (await listCycles(context)).find(({ id }) => id === request.params.id);
  if (!cycle)
    throw new DomainError("not_found", "There is no such cycle, or it is not yours to see.");
  return cycle;
}

const typedOf = ({ name, startsOn, endsOn }: Cycle): Typed => ({
  name,
  starts_on: startsOn,
  ends_on: endsOn,
});

async function cyclesPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const cycles = await listCycles(visit.context);
  return goalsPage(visit, {
    title: "Cycles",
    banner:
      remarks.banner ||
      doneBanner(visit, { made: "The cycle is made.", saved: "The cycle is saved." }),
    lead: "Periods in which objectives are to be reached. Health is judged by how much of one is over.",
    main: [
      section(
        "cycles",
        "All cycles",
        rows(
          cycles.map((cycle) => ({
            title: html`<a href="/goals/cycles/${cycle.id}">${oneLine(cycle.name)}</a>`,
            facts: [`${cycle.startsOn} to ${cycle.endsOn}`],
          })),
        ) || none("There is none yet."),
      ),
      section(
        "new-cycle",
        "Make a cycle",
        form(visit, "/goals/cycles", [
          inputs(typed, remarks),
          html`<button class="primary">Make the cycle</button>`,
        ]),
      ),
    ],
  });
}

const cyclePage = (visit: MemberVisit, cycle: Cycle, typed: Typed, remarks: Remarks): Page =>
  goalsPage(visit, {
    title: plain(cycle.name),
    heading: oneLine(cycle.name),
    back: { href: "/goals/cycles", label: "All cycles" },
    banner: remarks.banner,
    main: section(
      "change",
      "Change this cycle",
      form(visit, `/goals/cycles/${cycle.id}`, [
        inputs(typed, remarks),
        html`<button class="primary">Save</button>`,
      ]),
    ),
  });

const inputs = (typed: Typed, { faults }: Remarks): Html =>
  html`${line({ name: "name", label: "Name", value: typed.name, fault: faults.name, maxlength: 200, isRequired: true })}
  ${line({ name: "starts_on", label: "First day", value: typed.starts_on, fault: faults.starts_on, kind: "date", isRequired: true })}
  ${line({ name: "ends_on", label: "Last day", value: typed.ends_on, fault: faults.ends_on, kind: "date", isRequired: true })}`;
