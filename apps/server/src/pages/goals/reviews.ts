import {
  createReview,
  createReviewCycle,
  DomainError,
  isAdmin,
  listReviewCycles,
  listReviews,
  reviewCycleStatuses,
  updateReviewCycle,
  type Member,
  type Review,
  type ReviewCycle,
  type ReviewCycleStatus,
  type ReviewType,
} from "@sayso/core";
import { html, type Html, type HtmlValue } from "../html.ts";
import { select } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { rows, section, type Row } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { relativeTime } from "../times.ts";
import { oneLine, plain } from "../untrusted-text.ts";
import { form, none, readPeople } from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";
import { orNull, readTyped, type Typed } from "./typed.ts";

const cycleFieldNames = ["name", "status", "due_date"] as const;
const reviewFieldNames = ["review_cycle_id", "employee_id", "type"] as const;

/** GET /goals/reviews */
export async function showReviews(visit: MemberVisit): Promise<void> {
  visit.show(await reviewsPage(visit, {}, noRemarks));
}

/** POST /goals/reviews: begins one and opens it, to be written. */
export async function submitReview(visit: MemberVisit): Promise<void> {
  const typed = readTyped(visit, reviewFieldNames);
  const made = await tryForm(
    visit,
    reviewFieldNames,
    () =>
      createReview(visit.context, {
        reviewCycleId: typed.review_cycle_id ?? "",
        employeeId: typed.employee_id,
        type: typed.type === "" ? undefined : (typed.type as ReviewType),
      }),
    async (remarks, status) => visit.show(await reviewsPage(visit, typed, remarks), status),
  );
  if (made) visit.redirect(`/goals/reviews/${made.value.id}?done=begun`);
}

/** POST /goals/review-cycles */
export async function submitReviewCycle(visit: MemberVisit): Promise<void> {
  const typed = readTyped(visit, cycleFieldNames);
  const made = await tryForm(
    visit,
    cycleFieldNames,
    () => createReviewCycle(visit.context, cycleOf(typed)),
    async (remarks, status) => visit.show(await reviewsPage(visit, typed, remarks), status),
  );
  if (made) visit.redirect("/goals/reviews?done=opened");
}

/** GET /goals/review-cycles/:id */
export async function showReviewCycle(visit: MemberVisit): Promise<void> {
  const cycle = await readCycle(visit);
  visit.show(cyclePage(visit, cycle, typedOf(cycle), noRemarks));
}

/** POST /goals/review-cycles/:id */
export async function submitReviewCycleChange(visit: MemberVisit): Promise<void> {
  const cycle = await readCycle(visit);
  const typed = readTyped(visit, cycleFieldNames);
  const saved = await tryForm(
    visit,
    cycleFieldNames,
    () => updateReviewCycle(visit.context, cycle.id, cycleOf(typed)),
    (remarks, status) => visit.show(cyclePage(visit, cycle, typed, remarks), status),
  );
  if (saved) visit.redirect("/goals/reviews?done=saved");
}

const cycleOf = (typed: Typed) => ({
  name: typed.name ?? "",
  status: typed.status as ReviewCycleStatus,
  dueDate: orNull(typed.due_date),
});

const typedOf = ({ name, status, dueDate }: ReviewCycle): Typed => ({
  name,
  status,
  due_date: dueDate ?? "",
});

async function readCycle({ context, request }: MemberVisit): Promise<ReviewCycle> {
  const cycle = (await listReviewCycles(context)).find(({ id }) => id === request.params.id);
  if (!cycle)
    throw new DomainError("not_found", "There is no such review cycle, or it is not yours to see.");
  return cycle;
}

async function reviewsPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const [cycles, reviews, people] = await Promise.all([
    listReviewCycles(visit.context),
    listReviews(visit.context),
    readPeople(visit),
  ]);
  const active = cycles.filter(({ status }) => status === "active");
  const drafts = reviews.filter(({ status }) => status === "draft");
  const shared = reviews.filter(({ status }) => status === "shared");
  const mayManage = isAdmin(visit.session.actor);
  return goalsPage(visit, {
    title: "Reviews",
    banner:
      remarks.banner ||
      doneBanner(visit, {
        opened: "The review cycle is made.",
        saved: "The review cycle is saved.",
        deleted: "The draft is deleted.",
      }),
    lead: "What people write about a period. A draft is for its author alone until they share it.",
    main: [
      drafts.length > 0 && section("drafts", "Your drafts", rows(drafts.map(reviewRow))),
      section("shared", "Shared with you", rows(shared.map(reviewRow)) || none("Nothing yet.")),
      active.length > 0 &&
        section("begin", "Begin a review", beginForm(visit, typed, remarks, active, people)),
      section(
        "review-cycles",
        "Review cycles",
        rows(cycles.map((cycle) => cycleRow(cycle, mayManage))) || none("There is none yet."),
      ),
      mayManage &&
        section(
          "new-review-cycle",
          "Open a review cycle",
          form(visit, "/goals/review-cycles", [
            cycleInputs({ status: "active", ...typed }, remarks),
            html`<button class="primary">Open the cycle</button>`,
          ]),
        ),
    ],
  });
}

const reviewRow = (review: Review): Row => ({
  title: html`<a href="/goals/reviews/${review.id}">${oneLine(review.employeeName)}</a>`,
  facts: [
    oneLine(review.cycleName),
    review.type === "self" ? "by themselves" : html`by ${oneLine(review.authorName)}`,
    review.sharedAt && html`shared ${relativeTime(review.sharedAt, new Date())}`,
  ],
});

const cycleMark: Record<ReviewCycleStatus, string> = { draft: "", active: "approved", closed: "" };

const cycleRow = (cycle: ReviewCycle, mayManage: boolean): Row => ({
  title: html`${
      mayManage
        ? html`<a href="/goals/review-cycles/${cycle.id}">${oneLine(cycle.name)}</a>`
        : oneLine(cycle.name)
    } <span class="mark ${cycleMark[cycle.status]}">${cycle.status}</span>`,
  facts: [
    cycle.dueDate && `due ${cycle.dueDate}`,
    cycle.revieweeCount === 1 ? "1 person" : `${cycle.revieweeCount} people`,
  ],
});

function beginForm(
  visit: MemberVisit,
  typed: Typed,
  { faults }: Remarks,
  cycles: readonly ReviewCycle[],
  people: readonly Member[],
): Html {
  const own = visit.session.actor.personId;
  return form(visit, "/goals/reviews", [
    select({
      name: "review_cycle_id",
      label: "Review cycle",
      value: typed.review_cycle_id,
      fault: faults.review_cycle_id,
      options: cycles.map(({ id, name }) => [id, plain(name)] as const),
    }),
    select({
      name: "employee_id",
      label: "About",
      value: typed.employee_id ?? own,
      fault: faults.employee_id,
      options: people.map(
        ({ id, name }) => [id, id === own ? `${plain(name)} (you)` : plain(name)] as const,
      ),
    }),
    select({
      name: "type",
      label: "Written as",
      value: typed.type,
      fault: faults.type,
      options: [
        ["", "Yourself, or somebody beside them"],
        ["manager", "Who leads them"],
      ],
    }),
    html`<button class="primary">Begin the review</button>`,
  ]);
}

const cyclePage = (visit: MemberVisit, cycle: ReviewCycle, typed: Typed, remarks: Remarks): Page =>
  goalsPage(visit, {
    title: plain(cycle.name),
    heading: oneLine(cycle.name),
    back: { href: "/goals/reviews", label: "All reviews" },
    banner: remarks.banner,
    main: section(
      "change",
      "Change this review cycle",
      form(visit, `/goals/review-cycles/${cycle.id}`, [
        cycleInputs(typed, remarks),
        html`<button class="primary">Save</button>`,
      ]),
    ),
  });

const cycleInputs = (typed: Typed, { faults }: Remarks): HtmlValue => [
  line({
    name: "name",
    label: "Name",
    value: typed.name,
    fault: faults.name,
    maxlength: 200,
    isRequired: true,
  }),
  select({
    name: "status",
    label: "Status",
    value: typed.status,
    fault: faults.status,
    hint: "Reviews are written while it is active.",
    options: reviewCycleStatuses.map((status) => [status, status] as const),
  }),
  line({
    name: "due_date",
    label: "Due",
    value: typed.due_date,
    fault: faults.due_date,
    kind: "date",
  }),
];
