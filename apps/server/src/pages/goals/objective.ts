import {
  archiveObjective,
  getObjective,
  listCycles,
  updateObjective,
  type KeyResult,
  type Objective,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
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
  percent,
  readPeople,
  statusMark,
  underApproval,
  versionField,
  versionOf,
} from "./goal-pieces.ts";
import { settle, settled } from "./held.ts";
import { objectiveFieldNames, objectiveInputs, objectiveOf } from "./objectives.ts";
import { goalsPage } from "./part.ts";
import { readTyped, type Typed } from "./typed.ts";

const read = ({ context, request }: MemberVisit): Promise<Objective> =>
  getObjective(context, String(request.params.id));

const pathOf = ({ id }: { id: string }): string => `/goals/objectives/${id}`;

/** What came back of the page's form. */
interface Returned {
  typed: Typed;
  remarks: Remarks;
}

/** GET /goals/objectives/:id */
export async function showObjective(visit: MemberVisit): Promise<void> {
  visit.show(await objectivePage(visit, await read(visit), null));
}

/** POST /goals/objectives/:id */
export async function submitObjectiveChange(visit: MemberVisit): Promise<void> {
  const objective = await read(visit);
  const typed = readTyped(visit, [...objectiveFieldNames, "version"]);
  const outcome = await tryForm(
    visit,
    objectiveFieldNames,
    async () =>
      settle(
        visit,
        await updateObjective(
          visit.context,
          objective.id,
          objectiveOf(visit, typed),
          versionOf(visit),
        ),
      ),
    async (remarks, status) =>
      visit.show(await objectivePage(visit, objective, { typed, remarks }), status),
  );
  if (outcome) visit.redirect(`${pathOf(objective)}?done=${outcome.value}`);
}

/** POST /goals/objectives/:id/archive */
export async function submitObjectiveArchiving(visit: MemberVisit): Promise<void> {
  const objective = await read(visit);
  const archived = await tryForm(
    visit,
    [],
    () => archiveObjective(visit.context, objective.id),
    async (remarks, status) =>
      visit.show(
        await objectivePage(visit, objective, { typed: typedOf(objective), remarks }),
        status,
      ),
  );
  if (archived) visit.redirect("/goals?done=archived");
}

const typedOf = (objective: Objective): Typed => ({
  title: objective.title,
  description: objective.description ?? "",
  type: objective.type,
  owner_id: objective.ownerId ?? "",
  cycle_id: objective.cycleId ?? "",
  needs_approval: objective.needsApproval ? "yes" : "",
});

async function objectivePage(
  visit: MemberVisit,
  objective: Objective,
  returned: Returned | null,
): Promise<Page> {
  const [cycles, people] = await Promise.all([listCycles(visit.context), readPeople(visit)]);
  const former = { id: objective.ownerId, name: objective.ownerName };
  return goalsPage(visit, {
    title: plain(objective.title),
    heading: oneLine(objective.title),
    back: { href: "/goals", label: "All objectives" },
    banner:
      returned?.remarks.banner ||
      doneBanner(visit, {
        ...settled,
        made: "The objective is set. Say what it is measured by.",
        added: "The key result is added.",
        archived: "The key result is archived.",
      }),
    main: [
      html`<div class="card">${facts(objective)}</div>`,
      section("key-results", "Key results", [
        rows(objective.keyResults.map(keyResultRow)) || none("There is none yet."),
        html`<p>
          <a class="button" href="${pathOf(objective)}/key-results">Add a key result</a>
        </p>`,
      ]),
      folded("Change this objective", returned !== null, [
        form(visit, pathOf(objective), [
          heldNotice(visit, objective),
          versionField(returned?.typed.version ?? objective.version),
          objectiveInputs(
            visit,
            returned?.typed ?? typedOf(objective),
            returned?.remarks ?? noRemarks,
            {
              cycles,
              people,
              former,
            },
          ),
          html`<button class="primary">Save</button>`,
        ]),
        confirm({
          action: `${pathOf(objective)}/archive`,
          csrf: visit.csrf,
          label: "Archive this objective",
          warning: "It goes out of every list with its key results, for good.",
          button: "Archive",
        }),
      ]),
    ],
  });
}

const facts = (objective: Objective): Html[] => [
  factList([
    ["Status", statusMark(objective.status)],
    ["Progress", percent(objective.progress)],
    ["Health", `${objective.healthScore} of 100`],
    ["Cycle", objective.cycleName && oneLine(objective.cycleName)],
    ["Owner", objective.ownerName && oneLine(objective.ownerName)],
    ["Change control", underApproval(objective)],
  ]),
  html`${objective.description && manyLines(objective.description)}`,
];

const keyResultRow = (keyResult: KeyResult): Row => ({
  title: html`<a href="/goals/key-results/${keyResult.id}">${oneLine(keyResult.title)}</a>
    ${statusMark(keyResult.status)}`,
  facts: [
    html`${amount(keyResult.current, null)} of ${amount(keyResult.target, keyResult.unit)}`,
    percent(keyResult.progress),
    `health ${keyResult.healthScore}`,
    keyResult.lastCheckinAt
      ? html`checked ${relativeTime(keyResult.lastCheckinAt, new Date())}`
      : "no check-in yet",
    underApproval(keyResult),
  ],
});
