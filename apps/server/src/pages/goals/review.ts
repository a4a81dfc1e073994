import {
  deleteReview,
  getReview,
  shareReview,
  updateReview,
  type Answer,
  type Review,
} from "@sayso/core";
import { html, type Html } from "../html.ts";
import { textArea } from "../inputs.ts";
import type { Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { confirm, section } from "../pieces.ts";
import { noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { exactTime } from "../times.ts";
import { manyLines, oneLine, plain } from "../untrusted-text.ts";
import { form } from "./goal-pieces.ts";
import { line } from "./line.ts";
import { goalsPage } from "./part.ts";

/** How many questions the form has room for; the API takes 50. */
const QUESTIONS_MAX = 20;
/** Empty ones below those that are filled in. */
const SPARE = 2;

const starters = ["What went well this cycle?", "What are your growth areas?"];

const read = ({ context, request }: MemberVisit): Promise<Review> =>
  getReview(context, String(request.params.id));

const pathOf = ({ id }: { id: string }): string => `/goals/reviews/${id}`;

/** GET /goals/reviews/:id */
export async function showReview(visit: MemberVisit): Promise<void> {
  const review = await read(visit);
  visit.show(
    review.status === "shared"
      ? sharedPage(visit, review)
      : draftPage(visit, review, review.answers, noRemarks),
  );
}

/** POST /goals/reviews/:id: saves the draft, and with `share` lets others see it. */
export async function submitAnswers(visit: MemberVisit): Promise<void> {
  const review = await read(visit);
  const answers = answersOf(visit);
  const isShared = visit.field("share") === "yes";
  const saved = await tryForm(
    visit,
    answers.flatMap((_, i) => [`answers.${i}.question`, `answers.${i}.answer`]),
    async () => {
      await updateReview(visit.context, review.id, answers);
      if (isShared) await shareReview(visit.context, review.id);
    },
    (remarks, status) => visit.show(draftPage(visit, review, answers, remarks), status),
  );
  if (saved) visit.redirect(`${pathOf(review)}?done=${isShared ? "shared" : "saved"}`);
}

/** POST /goals/reviews/:id/delete */
export async function submitReviewDeletion(visit: MemberVisit): Promise<void> {
  const review = await read(visit);
  const deleted = await tryForm(
    visit,
    [],
    () => deleteReview(visit.context, review.id),
    (remarks, status) => visit.show(draftPage(visit, review, review.answers, remarks), status),
  );
  if (deleted) visit.redirect("/goals/reviews?done=deleted");
}

/** Pairs in which nothing was answered are left out. */
function answersOf(visit: MemberVisit): Answer[] {
  const answers = visit.fields("answer");
  return visit
    .fields("question")
    .map((question, i) => ({ question, answer: answers[i] ?? "" }))
    .filter(({ answer }) => answer.trim() !== "");
}

const sharedPage = (visit: MemberVisit, review: Review): Page =>
  goalsPage(visit, {
    title: plain(review.employeeName),
    heading: oneLine(review.employeeName),
    back: { href: "/goals/reviews", label: "All reviews" },
    banner: doneBanner(visit, { shared: "The review is shared." }),
    lead: html`${oneLine(review.cycleName)}, written by ${oneLine(review.authorName)}, shared
    ${review.sharedAt && exactTime(review.sharedAt)}`,
    main: review.answers.map(({ question, answer }, i) =>
      section(`question-${i + 1}`, oneLine(question), manyLines(answer)),
    ),
  });

function draftPage(
  visit: MemberVisit,
  review: Review,
  answers: readonly Answer[],
  remarks: Remarks,
): Page {
  const asked = answers.map(({ question }) => question);
  const left = starters.filter((question) => !asked.includes(question));
  const spare = Array.from({ length: SPARE }, (_, i) => ({
    question: answers.length === 0 ? (left[i] ?? "") : "",
    answer: "",
  }));
  const shown = [...answers, ...spare].slice(0, Math.max(QUESTIONS_MAX, answers.length));
  return goalsPage(visit, {
    title: plain(review.employeeName),
    heading: oneLine(review.employeeName),
    back: { href: "/goals/reviews", label: "All reviews" },
    banner:
      remarks.banner ||
      doneBanner(visit, {
        begun: "The draft is yours. Nobody else sees it.",
        saved: "The draft is saved.",
      }),
    lead: html`Your draft for ${oneLine(review.cycleName)}. Nobody else sees it until you share it.`,
    main: [
      html`<div class="card">
        ${form(visit, pathOf(review), [
          shown.map((entry, i) => pair(entry, i, remarks)),
          html`<p><button class="primary">Save the draft</button></p>
            <p><button name="share" value="yes">Save and share, for good</button></p>`,
        ])}
      </div>`,
      confirm({
        action: `${pathOf(review)}/delete`,
        csrf: visit.csrf,
        label: "Delete this draft",
        warning: "What you have written is gone then.",
        button: "Delete",
      }),
    ],
  });
}

const pair = ({ question, answer }: Answer, i: number, { faults }: Remarks): Html =>
  html`<fieldset class="field">
    <legend>Question ${i + 1}</legend>
    ${line({
      name: "question",
      id: `question-${i + 1}`,
      label: "Question",
      value: question,
      fault: faults[`answers.${i}.question`],
      maxlength: 500,
    })}
    ${textArea({
      name: "answer",
      id: `answer-${i + 1}`,
      label: "Answer",
      value: answer,
      placeholder: "",
      fault: faults[`answers.${i}.answer`],
    })}
  </fieldset>`;
