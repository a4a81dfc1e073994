import type { StepState, Vote } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { relativeTime } from "../../html/times.ts";
import { markdownText } from "../../html/markdown-text.ts";
import { oneLine, personName } from "../../html/untrusted-text.ts";
import { actorName } from "../../html/request-marks.ts";
import type { RequestDetails } from "./read.ts";

/** Renders who has decided, who else may, and how many votes are still needed. */
export function deciders(details: RequestDetails): HtmlValue {
  const { record, steps, votes } = details;
  if (record.isLog) return null;
  const isStepwise = details.loaded.state.steps.length > 0;
  const voided = votes.filter((vote) => vote.voidedAt !== null && !vote.isReplaced);
  const revised = voided.filter((vote) => vote.voidReason === null);
  const lost = voided.filter((vote) => vote.voidReason !== null);
  return html` <section class="deciders" aria-labelledby="deciders">
    <h2 id="deciders">${record.status === "pending" ? "Approvers" : "Votes"}</h2>
    ${
      isStepwise
        ? html`<ol class="steps">
            ${steps.map((step, i) => stepItem(step, i + 1, details))}
          </ol>`
        : steps.map((step) => stepBody(step, details))
    }
    ${revised.length > 0 && html`<p class="hint">Void, because the request was revised after ${revised.length === 1 ? "this vote" : "these votes"}: ${voidedVotes(revised, details)}.</p>`}
    ${lost.length > 0 && html`<p class="hint">Void, because the right to approve ended: ${voidedVotes(lost, details)}.</p>`}
  </section>`;
}

const lossWords: Record<NonNullable<Vote["voidReason"]>, string> = {
  person_removed: "removed from the organization",
  person_disabled: "disabled",
  right_to_approve_lost: "may no longer approve",
};

const voidedVotes = (voided: readonly Vote[], details: RequestDetails): HtmlValue[] =>
  voided.map((vote, i) => [
    i > 0 && ", ",
    voterOf(vote, details),
    ` (${pastTense[vote.decision]}${vote.voidReason === null ? "" : `; ${lossWords[vote.voidReason]}`})`,
  ]);

function stepItem(step: StepState, number: number, details: RequestDetails): Html {
  return html` <li
    class="step ${step.status}"
    ${step.status === "active" ? html` aria-current="step"` : ""}
  >
    <h3>
      ${step.name ? oneLine(step.name) : `Step ${number}`} <small>${stepWords[step.status]}</small>
    </h3>
    ${stepBody(step, details)}
  </li>`;
}

const stepWords: Record<StepState["status"], string> = {
  waiting: "waiting",
  active: "active",
  approved: "approved",
  rejected: "rejected",
  skipped: "skipped",
};

function stepBody(step: StepState, details: RequestDetails): Html {
  const votes = details.votes.filter((vote) => vote.voidedAt === null && vote.stepId === step.id);
  const approvals = votes.filter((vote) => vote.decision === "approve").length;
  const { requiredApprovals } = step;
  const isOpen = step.status === "active" || step.status === "waiting";
  return html` ${(requiredApprovals > 1 || votes.length > 0 || isOpen) && html`<p class="quorum"><span class="dots" aria-hidden="true">${dots(approvals, requiredApprovals)}</span>${approvals} of ${requiredApprovals} ${requiredApprovals === 1 ? "approval" : "approvals"}</p>`}
  ${
    votes.length > 0 &&
    html`<ul class="votes">
      ${votes.map((vote) => voteItem(vote, details))}
    </ul>`
  }
  ${isOpen && whoElse(step, votes, details)}`;
}

const DOTS_MAX = 10;

const dots = (done: number, needed: number): Html[] =>
  Array.from(
    { length: Math.min(needed, DOTS_MAX) },
    (_, i) => html`<i${i < done ? html` class="on"` : ""}></i>`,
  );

const pastTense = { approve: "approved", reject: "rejected" } as const;

const voterOf = (vote: Vote, { namesakes }: RequestDetails): Html =>
  actorName(
    { person: vote.personName, connection: vote.connectionName, via: vote.via },
    namesakes.get(vote.personId)?.email,
  );

function voteItem(vote: Vote, details: RequestDetails): Html {
  const { now } = details.loaded;
  return html`<li class="${pastTense[vote.decision]}">
    <span
      ><strong>${voterOf(vote, details)}</strong>
      ${pastTense[vote.decision]}${vote.via?.kind === "session" && ", signed in to Sayso"},
      ${relativeTime(vote.createdAt, now)}</span
    >${vote.comment && markdownText(vote.comment)}
  </li>`;
}

const roles = {
  owner: "every owner",
  admin: "every admin",
  member: "every member who may approve",
} as const;

function whoElse(step: StepState, votes: Vote[], details: RequestDetails): Html {
  const { names, teams, namesakes, personId } = details;
  const isLeft = (id: string) => !votes.some((vote) => vote.personId === id);
  const team = step.assignedTeamId === null ? undefined : teams.get(step.assignedTeamId);
  const people = [
    ...(step.assignedUserIds ?? []).map((id) => ({
      id,
      name: names.get(id) ?? "former member",
    })),
    ...(team?.members ?? []),
  ].filter(({ id }) => isLeft(id));
  const listed = people
    .slice(0, 20)
    .map(({ id, name }, i) => [
      i > 0 && ", ",
      personName(name, namesakes.get(id)?.email),
      id === personId && " (you)",
    ]);
  const others = people.length > 20 && ` and ${people.length - 20} more`;
  if (step.assignedTeamId)
    return html`<p class="hint">
      Asks team
      ${oneLine(team?.name ?? "(deleted)")}${people.length > 0 && html`: ${listed}${others}`}
    </p>`;
  if (step.assignedUserIds)
    return html`<p class="hint">
      ${people.length > 0 ? html`Waiting for ${listed}${others}` : "All approvers have voted."}
    </p>`;
  return html`<p class="hint">
    Asks ${step.assignedRole ? roles[step.assignedRole] : "everybody who may approve"}
  </p>`;
}
