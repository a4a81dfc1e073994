import type { Via } from "@sayso/client";
import { held } from "./held-votes.ts";

type Decision = "approve" | "reject";

/** The page of one request, and the dialog that decides one. */
export const request = {
  title: "Request",
  backToInbox: "Inbox",
  backToRequests: "All requests",

  decide: {
    ask: { approve: "Approve this request?", reject: "Reject this request?" } satisfies Record<
      Decision,
      string
    >,
    criticalAsk: {
      approve: "Approve this critical request?",
      reject: "Reject this critical request?",
    } satisfies Record<Decision, string>,
    gone: "This is decided already",
    verb: { approve: "Approve", reject: "Reject" } satisfies Record<Decision, string>,
    confirm: { approve: "Yes, approve it", reject: "Yes, reject it" } satisfies Record<
      Decision,
      string
    >,
    criticalHint:
      "Critical: once it is approved, whoever asked goes ahead. Check what will happen before you confirm.",
    comment: "Comment",
    commentHint: "Shown with your vote, and told to whoever asked.",
    reason: "Reason",
    reasonHint: "This request asks for a reason when it is rejected.",
    reasonFault: "Say why you reject this",
    tooLong: (max: number) => `Use at most ${max} characters`,
    unread:
      "Some of it is folded, or wider than its box. Open and scroll through all of it before you approve.",
    readOnHint: "Read to its end before you approve.",
    readOn: "Read on",
    forStep: "Your vote is for the step",
    stepOf: (number: number, of: number) => `(${number} of ${of}).`,
    votedElsewhere: (steps: number) =>
      steps === 1 ? "You have voted on one step." : `You have voted on ${steps} steps.`,
    asAdmin: "Others are asked; you would decide as an admin.",
    yourDecision: "Your decision",
    cannot: "You can't decide this",
    keys: "Ctrl + Enter sends it",
    open: "Open the request",
    more: "There are details that only the request itself shows. Read them before you approve.",
    revised:
      "This request was changed while you looked at it. Nothing was counted. Read it again, then decide.",
    revisedHere: (what: string) =>
      `This request was changed while you looked at it (${what}). Votes before the change are void.`,
    revisable: { title: "title", description: "what will happen", metadata: "details" },
    revisedAbove: "This request was changed. Read it again.",
    toTop: "To its beginning",
    revisedSeen: "I have read it again",
    stopped: "The emergency stop is active. Nothing can be decided until an admin lifts it.",
    alreadyVoted: "You have voted on this already. Nothing was counted twice.",
    late: {
      same: "Your vote was not needed any more, and was not counted.",
      approve: "Your approval came too late, and was not counted.",
      reject: "Your rejection came too late, and was not counted.",
    } satisfies Record<Decision | "same", string>,
    voted: { approve: "You approved this.", reject: "You rejected this." } satisfies Record<
      Decision,
      string
    >,
    missing: (count: number) =>
      count === 1 ? "One more approval is needed." : `${count} more approvals are needed.`,
    toast: {
      approved: (title: string) => `Approved: ${title}`,
      rejected: (title: string) => `Rejected: ${title}`,
      counted: (title: string) => `Your vote is counted: ${title}`,
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
    connection: (name: string) => `Connection ${name}`,
    forPerson: (name: string) => `for ${name}`,
    itself: { approve: "Approved by itself", reject: "Rejected by itself" } satisfies Record<
      Decision,
      string
    >,
    itselfWhy: "Nobody had decided by then.",
    expired: "Expired",
    expiredWhy: "Nobody had decided in time.",
    stopped: "Cancelled by the emergency stop",
    logged: "Logged for the record. Nobody has to decide it.",
  },

  deadline: {
    expires: "Expires in",
    expiresThen: "If nobody decides by then, it is not done.",
    acts: { approve: "Approves itself in", reject: "Rejects itself in" } satisfies Record<
      Decision,
      string
    >,
    actsThen: {
      approve: "Unless somebody rejects it before, it goes ahead.",
      reject: "Unless somebody approves it before, it is not done.",
    } satisfies Record<Decision, string>,
    passed: "The deadline has passed",
    passedThen: "The result will be here in a moment.",
  },
  units: { day: "d", hour: "h", minute: "min", second: "s" },

  facts: {
    asks: "asks",
    logged: "logged this",
    log: "logged",
    by: "Asked by",
    connection: "connection",
    source: "Source",
    sourceId: "Source id",
    action: "Action",
    asked: "Asked",
    callback: "Callback",
    callbackDelivered: "delivered",
    callbackWaiting: "not yet delivered",
    template: "Template",
    number: "Number",
    about: "About this request",
  },

  what: "What will happen",
  details: "Details",
  folded: "What changes stands above; this is all that was sent along.",
  showDetails: "Show",
  fields: "Fields",
  json: "JSON",
  view: "Show the details as",
  empty: "empty",
  emptyList: "empty list",
  inexact: "Too large to be shown exactly here; the API has it digit by digit",
  showAll: (characters: string) => `Show all ${characters} characters`,
  showLess: "Show less",
  moreFields: (count: number) => `${count} more in the JSON`,

  difference: {
    title: "What changes",
    before: "Before",
    after: "After",
    none: "Nothing differs between before and after.",
    whole: "(everything)",
    added: "added",
    removed: "removed",
    changed: "changed",
    more: "There is more than fits here. The JSON below holds all of it.",
    claimed: "As whoever asks says; Sayso has not checked it.",
    unchangedLines: (count: number) =>
      count === 1 ? "1 line unchanged" : `${count} lines unchanged`,
    entity: { create: "Creates", update: "Changes", delete: "Deletes" },
    version: (version: number) => `version ${version}`,
    stale: (made: number, now: number) =>
      `Somebody changed it meanwhile: this was made for version ${made}, and version ${now} is there now. It can't be approved any more; ask for a new one.`,
    states: {
      proposed: "Applied with the last approval",
      applying: "Approved, being applied",
      applied: "Applied",
      failed: "Approved, but not applied",
      abandoned: "Approved, but given up",
    },
    attempts: (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`),
    answered: (status: number) => `answered ${status}`,
    retry: "Apply it again",
    abandon: "Give up on it",
    retried: "Being applied again",
    abandoned: "Given up; nothing was changed",
  },

  context: {
    title: "Context",
    from: "written by whoever asks, not by Sayso",
    picture: "Picture without a description",
  },

  deciders: {
    pending: "Who decides",
    decided: "Who decided",
    step: (number: number) => `Step ${number}`,
    statuses: {
      waiting: "not yet",
      active: "now",
      approved: "approved",
      rejected: "rejected",
      skipped: "skipped",
    },
    quorum: (done: number, needed: number) =>
      needed === 1 ? `${done} of 1 approval` : `${done} of ${needed} approvals`,
    missing: "Missing",
    you: "you",
    andMore: (count: number) => `and ${count} more`,
    everybodyVoted: "Everybody asked has voted.",
    team: (name: string) => `Team ${name}`,
    anybody: "Anybody who may approve can decide.",
    role: {
      owner: "An owner decides.",
      admin: "An admin decides.",
      member: "Any member who may approve can decide.",
    },
    voided: (count: number) =>
      count === 1
        ? "The request was changed after this vote, so it doesn't count:"
        : "The request was changed after these votes, so they don't count:",
    approved: "approved",
    rejected: "rejected",
    through: (name: string) => `through connection ${name}`,
    via: {
      session: () => "signed in to Sayso",
      token: (name: string) => `through the personal token ${name}`,
      app: (name: string) => `through the app ${name}`,
      connection: (name: string) => `through connection ${name}`,
      command_line: () => "on the server's command line",
      link: () => "through a mailed link",
      rule: () => "by its own rule",
    } satisfies Record<Via["kind"], (name: string) => string>,
  },

  timeline: {
    title: "What happened",
    earlier: "Show earlier",
    somebody: "Somebody who has left",
    system: "Sayso",
    asked: "asked for this",
    through: "through",
    voted: { approve: "approved", reject: "rejected" } satisfies Record<Decision, string>,
    onStep: (name: string) => `on ${name}`,
    where: {
      dashboard: "here on the page",
      api: "over the API",
      named: (source: string) => `over ${source}`,
    },
    commented: "commented",
    stepActivated: (name: string) => `${name} can be decided now`,
    stepDecided: (name: string, status: string) => `${name}: ${status}`,
    stepsReplaced: "arranged the steps anew",
    delegated: "handed their vote on to",
    revised: (fields: string) => `changed the ${fields}`,
    votesVoided: (count: number) =>
      count === 1 ? "1 vote became void" : `${count} votes became void`,
    ended: {
      "approval.approved": "Approved",
      "approval.rejected": "Rejected",
      "approval.cancelled": "Withdrawn",
      "approval.expired": "Expired: nobody had decided in time",
    } as Record<string, string | undefined>,
    byItself: "by its deadline",
    byStop: "by the emergency stop",
    by: "by",
    change: {
      "approval.auto_action_dropped": "No longer approved automatically: people decide",
      "change.applied": "Applied",
      "change.applying": "Being applied",
      "change.apply_failed": "Could not be applied",
      "change.apply_retried": "asked to have it applied again",
      "change.abandoned": "gave up on applying it",
    } as Record<string, string | undefined>,
    delivery: {
      callback: "Callback",
      subscription: "Webhook",
      applier: "Call of the applier",
    },
    to: (origin: string) => `to ${origin}`,
    delivered: "delivered",
    waiting: "being delivered",
    retrying: (attempts: number) =>
      `failed ${attempts === 1 ? "once" : `${attempts} times`}, next try`,
    failed: (attempts: number) =>
      `not delivered after ${attempts === 1 ? "1 attempt" : `${attempts} attempts`}`,
    gone: "given up: the receiver is gone",
    comment: "Add a comment",
    commentHint: "Everybody in the organization sees it. It decides nothing.",
    send: "Comment",
    empty: "Write something first",
  },

  cancel: {
    open: "Withdraw",
    title: "Withdraw this request?",
    lead: "It ends as cancelled, and whoever asked is told. This can't be taken back.",
    reason: "Reason",
    verb: "Withdraw it",
    done: "Withdrawn",
  },
  delegate: {
    open: "Hand on",
    title: "Hand your vote on",
    lead: "Somebody else then votes in your place. You can't vote on this step any more.",
    to: "To",
    choose: "Choose somebody",
    nobody: "Nobody else may approve requests here.",
    verb: "Hand it on",
    fault: "Choose who votes in your place",
    done: (name: string) => `${name} votes in your place now`,
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
