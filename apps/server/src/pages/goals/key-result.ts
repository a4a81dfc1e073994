import {
  archiveKeyResult,
  getKeyResult,
  goalStatuses,
  listCheckIns,
  recordCheckIn,
  updateKeyResult,
  type CheckIn,
  type GoalStatus,
  type KeyResult,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import { select, textArea } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { confirm, factList, rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { relativeTime } from "../times.ts";
import { oneLine, plain } from "../untrusted-text.ts";
import {
  amount,
  folded,
  form,
  heldNotice,
  none,
  percent,
  readPeople,
  statusMark,
  statusWords,
  underApproval,
  versionField,
  versionOf,
} from "./goal-pieces.ts";
import { settle, settled } from "./held.ts";
import { line } from "./line.ts";
import {
  keyResultFieldNames,
  keyResultInputs,
  keyResultOf,
  typedOfKeyResult,
} from "./new-key-result.ts";
import { goalsPage } from "./part.ts";
import { numberOf, readTyped, type Typed } from "./typed.ts";

const checkInFieldNames = ["value", "status", "comment"] as const;
const SHOWN_MAX = 50;
const untouched: { typed: Typed; remarks: Remarks } = { typed: {}, remarks: noRemarks };

const read = ({ context, request }: MemberVisit): Promise<KeyResult> =>
  getKeyResult(context, String(request.params.id));

const pathOf = ({ id }: { id: string }): string => `/goals/key-results/${id}`;

/** What came back of one of the page's two forms. */
interface Returned {
  of: "keyResult" | "checkIn";
  typed: Typed;
  remarks: Remarks;
}

/** GET /goals/key-results/:id */
export async function showKeyResult(visit: MemberVisit): Promise<void> {
  visit.show(await keyResultPage(visit, await read(visit), null));
}

/** POST /goals/key-results/:id/check-ins */
export async function submitCheckIn(visit: MemberVisit): Promise<void> {
  const keyResult = await read(visit);
  const typed = readTyped(visit, checkInFieldNames);
  const recorded = await tryForm(
    visit,
    checkInFieldNames,
    () =>
      recordCheckIn(visit.context, keyResult.id, {
        value: numberOf(typed.value) ?? NaN,
        comment: typed.comment,
        status: typed.status === "" ? undefined : (typed.status as GoalStatus),
      }),
    async (remarks, status) =>
      visit.show(await keyResultPage(visit, keyResult, { of: "checkIn", typed, remarks }), status),
  );
  if (recorded) visit.redirect(`${pathOf(keyResult)}?done=recorded`);
}

/** POST /goals/key-results/:id */
export async function submitKeyResultChange(visit: MemberVisit): Promise<void> {
  const keyResult = await read(visit);
  const typed = readTyped(visit, [...keyResultFieldNames, "version"]);
  const { start = 0, weight = 1, ...rest } = keyResultOf(visit, typed);
  const changes = { ...rest, start, weight, target: numberOf(typed.target) ?? NaN };
  const outcome = await tryForm(
    visit,
    keyResultFieldNames,
    async () =>
      settle(visit, await updateKeyResult(visit.context, keyResult.id, changes, versionOf(visit))),
    async (remarks, status) =>
      visit.show(
        await keyResultPage(visit, keyResult, { of: "keyResult", typed, remarks }),
        status,
      ),
  );
  if (outcome) visit.redirect(`${pathOf(keyResult)}?done=${outcome.value}`);
}

/** POST /goals/key-results/:id/archive */
export async function submitKeyResultArchiving(visit: MemberVisit): Promise<void> {
  const keyResult = await read(visit);
  const typed = typedOfKeyResult(keyResult);
  const archived = await tryForm(
    visit,
    [],
    () => archiveKeyResult(visit.context, keyResult.id),
    async (remarks, status) =>
      visit.show(
        await keyResultPage(visit, keyResult, { of: "keyResult", typed, remarks }),
        status,
      ),
  );
  if (archived) visit.redirect(`/goals/objectives/${keyResult.objectiveId}?done=archived`);
}

async function keyResultPage(
  visit: MemberVisit,
  keyResult: KeyResult,
  returned: Returned | null,
): Promise<Page> {
  const [checkIns, people] = await Promise.all([
    listCheckIns(visit.context, keyResult.id, SHOWN_MAX),
    readPeople(visit),
  ]);
  const own = returned?.of === "keyResult" ? returned : null;
  const checkIn = returned?.of === "checkIn" ? returned : null;
  return goalsPage(visit, {
    title: plain(keyResult.title),
    heading: oneLine(keyResult.title),
    back: { href: `/goals/objectives/${keyResult.objectiveId}`, label: "The objective" },
    banner:
      returned?.remarks.banner ||
      doneBanner(visit, { ...settled, recorded: "The check-in is recorded." }),
    main: [
      html`<div class="card">
        ${factList([
          ["Status", statusMark(keyResult.status)],
          ["Now", amount(keyResult.current, keyResult.unit)],
          ["From", amount(keyResult.start, keyResult.unit)],
          ["To", amount(keyResult.target, keyResult.unit)],
          ["Progress", percent(keyResult.progress)],
          ["Health", `${keyResult.healthScore} of 100`],
          ["Owner", keyResult.ownerName && oneLine(keyResult.ownerName)],
          ["Change control", underApproval(keyResult)],
        ])}
      </div>`,
      section("check-in", "Check in", checkInForm(visit, keyResult, checkIn)),
      section(
        "history",
        html`Check-ins <small>${keyResult.checkins}</small>`,
        rows(checkIns.map((one) => checkInRow(one, keyResult.unit))) || none("There is none yet."),
      ),
      folded("Change this key result", own !== null, [
        form(visit, pathOf(keyResult), [
          heldNotice(visit, keyResult),
          versionField(own?.typed.version ?? keyResult.version),
          keyResultInputs(
            visit,
            own?.typed ?? typedOfKeyResult(keyResult),
            own?.remarks ?? noRemarks,
            people,
            keyResult,
          ),
          html`<button class="primary">Save</button>`,
        ]),
        confirm({
          action: `${pathOf(keyResult)}/archive`,
          csrf: visit.csrf,
          label: "Archive this key result",
          warning: "It no longer counts in its objective, and goes out of every list, for good.",
          button: "Archive",
        }),
      ]),
    ],
  });
}

function checkInForm(visit: MemberVisit, keyResult: KeyResult, returned: Returned | null): Html {
  const { typed, remarks } = returned ?? untouched;
  return form(visit, `${pathOf(keyResult)}/check-ins`, [
    line({
      name: "value",
      label: "Value now",
      value: typed.value,
      fault: remarks.faults.value,
      kind: "number",
      isRequired: true,
    }),
    select({
      name: "status",
      label: "How it goes",
      value: typed.status,
      fault: remarks.faults.status,
      options: [
        ["", "As computed"],
        ...goalStatuses.map((status) => [status, statusWords[status]] as const),
      ],
    }),
    textArea({
      name: "comment",
      label: "Comment",
      value: typed.comment ?? "",
      placeholder: "",
      fault: remarks.faults.comment,
    }),
    html`<button class="primary">Record the check-in</button>`,
  ]);
}

const checkInRow = (checkIn: CheckIn, unit: string | null): Row => ({
  title: html`${amount(checkIn.previousValue, null)} → ${amount(checkIn.value, unit)}
  ${statusMark(checkIn.status)}`,
  facts: [
    oneLine(checkIn.by.name ?? "Sayso"),
    relativeTime(checkIn.createdAt, new Date()),
    checkIn.comment && oneLine(checkIn.comment),
  ],
});
