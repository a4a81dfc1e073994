import {
  createObjective,
  listCycles,
  listObjectives,
  objectiveTypes,
  type Cycle,
  type Member,
  type Objective,
  type ObjectiveType,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import { select, textArea } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { oneLine, plain } from "../untrusted-text.ts";
import {
  approvalBox,
  approvalOf,
  form,
  none,
  ownerSelect,
  percent,
  readPeople,
  statusMark,
  underApproval,
} from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { orNull, readTyped, type Typed } from "./typed.ts";

export const objectiveFieldNames = [
  "title",
  "description",
  "type",
  "owner_id",
  "cycle_id",
  "needs_approval",
] as const;

const typeWords: Record<ObjectiveType, string> = {
  org: "Everybody",
  team: "A team",
  individual: "One person",
};

/** GET /goals */
export async function showObjectives(visit: MemberVisit): Promise<void> {
  visit.show(await objectivesPage(visit, { type: "org" }, noRemarks));
}

/** POST /goals/objectives: sets one and opens it, to say what it is measured by. */
export async function submitObjective(visit: MemberVisit): Promise<void> {
  const typed = readTyped(visit, objectiveFieldNames);
  const made = await tryForm(
    visit,
    objectiveFieldNames,
    () => createObjective(visit.context, objectiveOf(visit, typed)),
    async (remarks, status) => visit.show(await objectivesPage(visit, typed, remarks), status),
  );
  if (made) visit.redirect(`/goals/objectives/${made.value.id}?done=made`);
}

/** The form's values as the core takes them. */
export const objectiveOf = (visit: MemberVisit, typed: Typed) => ({
  title: typed.title ?? "",
  description: orNull(typed.description),
  type: typed.type as ObjectiveType,
  ownerId: orNull(typed.owner_id),
  cycleId: orNull(typed.cycle_id),
  needsApproval: approvalOf(visit, typed),
});

async function objectivesPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const [objectives, cycles, people] = await Promise.all([
    listObjectives(visit.context),
    listCycles(visit.context),
    readPeople(visit),
  ]);
  return goalsPage(visit, {
    title: "Objectives",
    banner:
      remarks.banner ||
      doneBanner(visit, { archived: "The objective is archived with its key results." }),
    lead: "What is to be reached, and how far it is. Automations report it by the API.",
    main: [
      section(
        "objectives",
        html`All objectives <small>${objectives.length}</small>`,
        rows(objectives.map(objectiveRow)) || none("There is none yet."),
      ),
      section(
        "new-objective",
        "Set an objective",
        form(visit, "/goals/objectives", [
          objectiveInputs(visit, typed, remarks, { cycles, people }),
          html`<button class="primary">Set the objective</button>`,
        ]),
      ),
    ],
  });
}

const objectiveRow = (objective: Objective): Row => ({
  title: html`<a href="/goals/objectives/${objective.id}">${oneLine(objective.title)}</a>
    ${statusMark(objective.status)}`,
  facts: [
    percent(objective.progress),
    `health ${objective.healthScore}`,
    objective.cycleName && oneLine(objective.cycleName),
    objective.ownerName && oneLine(objective.ownerName),
    objective.keyResults.length === 1
      ? "1 key result"
      : `${objective.keyResults.length} key results`,
    underApproval(objective),
  ],
});

/** @param around.former who owns it now, even if they have left */
export const objectiveInputs = (
  visit: MemberVisit,
  typed: Typed,
  { faults }: Remarks,
  around: {
    cycles: readonly Cycle[];
    people: readonly Member[];
    former?: { id: string | null; name: string | null };
  },
): Html[] => [
  html`${line({ name: "title", label: "Title", value: typed.title, fault: faults.title, maxlength: 500, isRequired: true })}
  ${textArea({ name: "description", label: "Description", value: typed.description ?? "", placeholder: "", fault: faults.description })}
  ${select({
    name: "type",
    label: "Whose it is",
    value: typed.type,
    fault: faults.type,
    options: objectiveTypes.map((type) => [type, typeWords[type]] as const),
  })}
  ${select({
    name: "cycle_id",
    label: "Cycle",
    value: typed.cycle_id,
    fault: faults.cycle_id,
    options: [
      ["", "Without a period"],
      ...around.cycles.map(({ id, name }) => [id, plain(name)] as const),
    ],
  })}
  ${ownerSelect(around.people, typed.owner_id, faults.owner_id, around.former)}
  ${approvalBox(visit, typed)}`,
];
