import type { Vote } from "@sayso/client";
import { graveAsk, graveHint } from "./asking-again.ts";
import { difference } from "./difference.ts";
import { held } from "./held-votes.ts";

type Decision = "approve" | "reject";

/** The page of one request, and the dialog that decides one. */
export const request = {
  title: "Request",
  back: {
    inbox: "Inbox",
    all: "All requests",
    decided: "Decided requests",
    mine: "My requests",
  },
  filtered: (list: string) => `${list}, filtered`,

  decide: {
    ask: { approve: "Approve this request?", reject: "Reject this request?" } satisfies Record<
      Decision,
      string
    >,
    graveAsk,
    gone: "This request is already decided",
    verb: { approve: "Approve", reject: "Reject" } satisfies Record<Decision, string>,
    confirm: { approve: "Yes, approve it", reject: "Yes, reject it" } satisfies Record<
      Decision,
      string
    >,
    graveHint,
    comment: "Comment",
    commentHint: "Shown with your vote and sent to the asker.",
    reason: "Reason",
    reasonHint: "This request needs a reason when it is rejected.",
    reasonFault: "Enter a reason",
    tooLong: (max: number) => `Use at most ${max} characters`,
    unread:
      "Some details are collapsed or cut off. Expand and scroll through them before you approve.",
    readOnHint: "Read the request to its end before you approve.",
    readOn: "Read on",
    forStep: "Your vote is for the step",
    stepOf: (number: number, of: number) => `(${number} of ${of}).`,
    votedElsewhere: (steps: number) =>
      steps === 1
        ? "You have already voted on 1 step."
        : `You have already voted on ${steps} steps.`,
    asAdmin: "This request asks other people. You can decide it as an admin.",
    yourDecision: "Your decision",
    cannot: "You can't vote on this request",
    keys: "Press Ctrl + Enter to send",
    open: "Open request",
    more: "Some details are shown only on the request's page. Read them before you approve.",
    revised:
      "This request was revised while you were reading it. Your vote was not counted. Read it again, then vote.",
    revisedHere: (what: string) =>
      `This request was revised while you were reading it (${what}). The revision voided all earlier votes.`,
    revisable: {
      title: "title",
      description: "what will happen",
      metadata: "details",
      context_html: "context",
    },
    revisedAbove: "This request was revised. Read it again.",
    toTop: "Back to top",
    revisedSeen: "I've read it again",
    stopped: "The emergency stop is active. Nobody can vote until an admin lifts it.",
    alreadyVoted: "You have already voted on this. Your vote counts once.",
    late: {
      same: "Your vote was no longer needed and was not counted.",
      approve: "Your approval came too late and was not counted.",
      reject: "Your rejection came too late and was not counted.",
    } satisfies Record<Decision | "same", string>,
    voted: { approve: "You approved this.", reject: "You rejected this." } satisfies Record<
      Decision,
      string
    >,
    votedStep: "You approved the step",
    change: "Change to a rejection",
    changeAsk: "Change your approval to a rejection?",
    changeHint: "The request still needs other approvals, so you can change your vote.",
    missing: (count: number) =>
      count === 1 ? "1 more approval is needed." : `${count} more approvals are needed.`,
    toast: {
      approved: (title: string) => `Approved: ${title}`,
      rejected: (title: string) => `Rejected: ${title}`,
      counted: (title: string) => `Vote counted: ${title}`,
    },
  },

  held,

  outcome: {
    you: "You",
    did: {
      approved: "approved this",
      rejected: "rejected this",
      cancelled: "withdrew this",
      expired: "",
      pending: "",
    },
    connectionGone: "Deleted connection",
    automatic: {
      approve: "Approved automatically",
      reject: "Rejected automatically",
    } satisfies Record<Decision, string>,
    automaticWhy: "Nobody decided before the deadline.",
    expired: "Expired",
    expiredWhy: "Nobody decided before the deadline.",
    stopped: "Cancelled by the emergency stop",
    logged: "Log entry: no decision needed.",
  },

  deadline: {
    expires: "Expires in",
    expiresThen: "If nobody decides by then, the request ends without an approval.",
    acts: { approve: "Auto-approves in", reject: "Auto-rejects in" } satisfies Record<
      Decision,
      string
    >,
    actsThen: {
      approve: "If nobody rejects the request by then, it is approved automatically.",
      reject: "If nobody approves the request by then, it is rejected automatically.",
    } satisfies Record<Decision, string>,
    passed: "The deadline has passed",
    passedThen: "The result appears here in a moment.",
  },
  units: { day: "d", hour: "h", minute: "min", second: "s" },

  facts: {
    asks: "asks",
    logged: "logged this",
    log: "log entry",
    by: "Requested by",
    connection: "connection",
    source: "Source",
    sourceId: "Source ID",
    action: "Action type",
    asked: "Requested",
    callback: "Callback",
    callbackDelivered: "delivered",
    callbackWaiting: "not delivered yet",
    template: "Template",
    number: "ID",
    about: "About this request",
  },

  what: "What will happen",
  table: "Table",
  picture: "Picture",
  details: "Details",
  folded: "The changes are above. These are all details that the asker sent.",
  showDetails: "Show",
  fields: "Fields",
  json: "JSON",
  view: "Show the details as",
  empty: "empty",
  emptyList: "empty list",
  inexact: "This number is too large to show exactly. The API returns its exact value.",
  showAll: (characters: string) => `Show all ${characters} characters`,
  showLess: "Show less",
  moreFields: (count: number) => `${count} more fields in the JSON`,

  difference,

  context: {
    title: "Context",
    from: "written by the asker, not by Sayso",
    picture: "Image without a description",
  },

  deciders: {
    pending: "Approvers",
    decided: "Votes",
    step: (number: number) => `Step ${number}`,
    statuses: {
      waiting: "waiting",
      active: "active",
      approved: "approved",
      rejected: "rejected",
      skipped: "skipped",
    },
    quorum: (done: number, needed: number) =>
      needed === 1 ? `${done} of 1 approval` : `${done} of ${needed} approvals`,
    waitingFor: "Waiting for",
    you: "you",
    andMore: (count: number) => `and ${count} more`,
    everybodyVoted: "All approvers have voted.",
    team: (name: string) => `Team ${name}`,
    everybody: "Everybody who may approve can vote.",
    role: {
      owner: "Every owner can vote.",
      admin: "Every admin can vote.",
      member: "Every member who may approve can vote.",
    },
    voided: (count: number) =>
      count === 1
        ? "Void, because the request was revised after this vote:"
        : "Void, because the request was revised after these votes:",
    voidedWithRight: "Void, because the right to approve ended:",
    voidReasons: {
      person_removed: "removed from the organization",
      person_disabled: "disabled",
      right_to_approve_lost: "may no longer approve",
    } satisfies Record<NonNullable<Vote["void_reason"]>, string>,
    approved: "approved",
    rejected: "rejected",
    signedIn: "signed in to Sayso",
  },

  timeline: {
    title: "Activity",
    earlier: "Show earlier",
    somebody: "Former member",
    system: "Sayso",
    asked: "requested this",
    voted: { approve: "approved", reject: "rejected" } satisfies Record<Decision, string>,
    changed: {
      approve: "changed their approval to a rejection",
      reject: "changed their rejection to an approval",
    } satisfies Record<Decision, string>,
    onStep: (name: string) => `on ${name}`,
    where: {
      dashboard: "in the dashboard",
      api: "through the API",
      named: (source: string) => `through ${source}`,
    },
    commented: "commented",
    stepActivated: (name: string) => `${name} is now active`,
    stepDecided: (name: string, status: string) => `${name}: ${status}`,
    stepsReplaced: "set the steps",
    delegated: "delegated their vote to",
    revised: (fields: string) => `revised the ${fields}`,
    voided: "voided the vote of",
    votesVoided: (count: number) => (count === 1 ? "1 vote voided" : `${count} votes voided`),
    ended: {
      "approval.approved": "Approved",
      "approval.rejected": "Rejected",
      "approval.cancelled": "Withdrawn",
      "approval.expired": "Expired: nobody decided before the deadline",
    },
    automatic: "by automatic action",
    byStop: "by the emergency stop",
    by: "by",
    change: {
      "approval.auto_action_dropped": "Automatic approval dropped: people have to decide",
      "change.applied": "Applied",
      "change.applying": "Applying",
      "change.apply_failed": "Applying failed",
      "change.apply_retried": "retried the change",
      "change.abandoned": "abandoned the change",
    },
    delivery: {
      callback: "Callback",
      subscription: "Webhook",
      applier: "Applier call",
    },
    to: (origin: string) => `to ${origin}`,
    delivered: "delivered",
    waiting: "pending",
    retrying: (attempts: number) =>
      `failed ${attempts === 1 ? "once" : `${attempts} times`}, next attempt`,
    failed: (attempts: number) =>
      `failed after ${attempts === 1 ? "1 attempt" : `${attempts} attempts`}`,
    gone: "failed: the endpoint is gone",
    comment: "Add a comment",
    commentHint: "Visible to everybody who can see the request. A comment is not a vote.",
    send: "Comment",
    empty: "Enter a comment",
  },

  cancel: {
    open: "Withdraw request",
    title: "Withdraw this request?",
    lead: "Withdrawing cancels the request: nobody can approve it any more. The asker is notified. This can't be undone.",
    reason: "Reason",
    verb: "Withdraw request",
    done: "Request withdrawn",
  },
  delegate: {
    open: "Delegate",
    title: "Delegate your vote",
    lead: "Another person votes in your place. You can no longer vote on this step.",
    to: "Delegate to",
    choose: "Choose a person",
    nobody: "No other person may approve here.",
    verb: "Delegate",
    fault: "Choose a person",
    done: (name: string) => `Delegated to ${name}`,
  },

  keys: {
    title: "This request",
    approve: "Approve",
    reject: "Reject",
    comment: "Comment",
    json: "Details as JSON or fields",
    back: "Back to the list",
  },
};
