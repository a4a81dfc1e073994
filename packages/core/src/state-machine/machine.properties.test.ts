import { must } from "@sayso/must";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Role } from "../actors/actor.ts";
import { asAsker, type Via } from "../actors/via.ts";
import type { Command, Transition } from "./judgement.ts";
import { judge } from "./machine.ts";
import type { RequestState, StepState, StepStatus, Voter, VoteState } from "./state.ts";
import type { Decision } from "../requests/values.ts";

// These tests run any commands in any order at any time on any request. They compare the machine with an oracle that
// knows only the votes that count: it derives every status from them anew, while the machine keeps statuses step by
// step.

const T0 = Date.parse("2026-01-01T00:00:00Z");
const REQUEST_ID = "request";
const PEOPLE = ["ann", "ben", "cy", "dee", "eve", "flo"];
const TEAMS = ["red", "blue"];
const ROLES: Role[] = ["member", "admin", "owner"];

/** A thing that must be approved: a step, or the request as a whole. */
interface Slot {
  id: string;
  order: number;
  quorum: number;
  named: string[] | null;
  team: string | null;
  role: Role | null;
  /** Says whether it is one place of a quorum, whose places need different people. */
  ofQuorum: boolean;
}

interface Facts {
  role: Role;
  canApprove: boolean;
  teams: string[];
}

const signedIn: Via = { kind: "session", id: null, name: null };
const machine: Via = { kind: "connection", id: "machine", name: "machine" };

interface Scenario {
  slots: Slot[];
  isWhole: boolean;
  requiredSteps: number;
  isSequential: boolean;
  fourEyes: boolean;
  requesters: string[];
  askedByMachine: boolean;
  reasonRequired: boolean;
  expiresInMs: number | null;
  auto: { action: Decision; inMs: number } | null;
  /** The person whose rule approves. */
  rule: { author: number; isTemplates: boolean };
  people: Facts[];
}

type Act =
  | {
      kind: "vote";
      who: number;
      decision: Decision;
      step: number | null;
      comment: string | null;
      viaConnection: boolean;
      replaces: boolean;
    }
  | { kind: "delegate"; who: number; to: number; step: number | null }
  | { kind: "replace_steps"; who: number; slots: Omit<Slot, "id">[] }
  | { kind: "revise"; who: number; rewords: boolean }
  | { kind: "void_votes"; who: number }
  | { kind: "cancel" | "stop" | "meet_deadline" | "comment" }
  | { kind: "facts_change"; who: number; facts: Facts };

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  role: fc.constantFrom<Role>("member", "member", "member", "admin", "owner"),
  canApprove: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  teams: fc.subarray(TEAMS),
});
const oneIn = (n: number) => fc.integer({ min: 1, max: n }).map((k) => k === 1);
const perhaps = <T>(value: fc.Arbitrary<T>, weight = 1) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight, arbitrary: value });
const anySlot: fc.Arbitrary<Omit<Slot, "id">> = fc
  .record({
    order: fc.integer({ min: 1, max: 3 }),
    quorum: fc.integer({ min: 1, max: 4 }),
    named: perhaps(fc.subarray(PEOPLE, { minLength: 1 }), 2),
    team: perhaps(fc.constantFrom(...TEAMS)),
    role: perhaps(fc.constantFrom(...ROLES)),
    ofQuorum: oneIn(3),
  })
  .map((slot) => (slot.ofQuorum ? { ...slot, quorum: 1 } : slot));
const slotsFrom = (slots: Omit<Slot, "id">[], prefix: string): Slot[] =>
  slots.map((slot, i) => ({ ...slot, id: `${prefix}${i}` })).sort((a, b) => a.order - b.order);

const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    whole: anySlot,
    slots: fc.array(anySlot, { maxLength: 4 }),
    lessSteps: oneIn(4),
    isSequential: fc.boolean(),
    fourEyes: fc.boolean(),
    requesters: fc.subarray(PEOPLE, { minLength: 1, maxLength: 2 }),
    askedByMachine: fc.boolean(),
    reasonRequired: oneIn(4),
    expiresInMs: perhaps(fc.integer({ min: 1, max: 60 })),
    auto: perhaps(
      fc.record({
        action: fc.constantFrom<Decision>("approve", "reject"),
        inMs: fc.integer({ min: 1, max: 60 }),
      }),
    ),
    rule: fc.record({
      author: fc.nat({ max: PEOPLE.length - 1 }),
      isTemplates: fc.boolean(),
    }),
    people: fc.array(anyFacts, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  })
  .map(({ whole, slots, lessSteps, ...rest }) => ({
    ...rest,
    slots:
      slots.length === 0
        ? [{ ...whole, id: REQUEST_ID, role: null, order: 1, ofQuorum: false }]
        : slotsFrom(slots, "s"),
    isWhole: slots.length === 0,
    requiredSteps: Math.max(1, slots.length - (lessSteps ? 1 : 0)),
  }));

const who = fc.nat({ max: PEOPLE.length - 1 });
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.nat({ max: 4 }) },
);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("vote" as const),
      who,
      decision: fc.constantFrom<Decision>(
        "approve",
        "approve",
        "approve",
        "approve",
        "approve",
        "reject",
      ),
      step: anyStep,
      comment: fc.constantFrom(null, "", "  ", "because"),
      viaConnection: oneIn(5),
      replaces: oneIn(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("delegate" as const), who, to: who, step: anyStep }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("replace_steps" as const),
      who,
      slots: fc.array(anySlot, { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("meet_deadline" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("comment" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("revise" as const), who, rewords: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("cancel" as const, "stop" as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("void_votes" as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("facts_change" as const), who, facts: anyFacts }),
  },
);
/** The clock mostly stands still or moves a little. Now and then it jumps, also backwards. */
const anyTick = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 2 }) },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }) },
);

interface CountedVote {
  slot: string;
  person: string;
  decision: Decision;
}

/** The vote by which a delegation is judged. */
const anApproval = {
  kind: "vote",
  decision: "approve",
  comment: null,
  viaConnection: false,
  replaces: false,
} as const;

/** The oracle. It knows only the facts given from outside and the votes that count. */
class Oracle {
  slots: Slot[];
  isWhole: boolean;
  requiredSteps: number;
  votes: CountedVote[] = [];
  ended: { status: RequestState["status"]; now: number } | null = null;
  askedByMachine: boolean;
  /** The people who asked, revised it, or replaced its steps. */
  askers: string[];
  /** The automatic action, as long as it stands. */
  auto: Scenario["auto"];
  readonly given: Scenario;

  constructor(given: Scenario) {
    this.given = given;
    this.slots = given.slots;
    this.askedByMachine = given.askedByMachine;
    this.askers = given.requesters;
    this.auto = given.auto;
    this.isWhole = given.isWhole;
    this.requiredSteps = given.requiredSteps;
  }

  isRejected = (slot: Slot) =>
    this.votes.some((v) => v.slot === slot.id && v.decision === "reject");
  isApproved = (slot: Slot) =>
    new Set(
      this.votes.filter((v) => v.slot === slot.id && v.decision === "approve").map((v) => v.person),
    ).size >= slot.quorum;
  voteOf = (slot: Slot, person: string) =>
    this.votes.find((v) => v.slot === slot.id && v.person === person);

  hasVoted = (slot: Slot, person: string) => this.voteOf(slot, person) !== undefined;

  /** The other places of the slot's quorum. */
  othersOfQuorum = (slot: Slot) =>
    this.slots.filter((other) => slot.ofQuorum && other.ofQuorum && other !== slot);
  hasVotedInQuorum = (slot: Slot, person: string) =>
    this.othersOfQuorum(slot).some((other) => this.hasVoted(other, person));

  /** The slots that take votes now. */
  active(): Slot[] {
    const open = this.slots.filter((slot) => !this.isApproved(slot) && !this.isRejected(slot));
    return open.filter(
      (slot) =>
        !this.given.isSequential ||
        this.isWhole ||
        open.every((other) => other.order >= slot.order),
    );
  }

  byVotes(): RequestState["status"] {
    if (this.slots.some(this.isRejected)) return "rejected";
    const needed = this.isWhole ? 1 : this.requiredSteps;
    return this.slots.filter(this.isApproved).length >= needed ? "approved" : "pending";
  }

  /** The number that people see: all approvals that it takes, where every step must approve. */
  requiredApprovals(): number {
    if (!this.isWhole && this.requiredSteps < this.slots.length) return this.requiredSteps;
    return this.slots.map((slot) => slot.quorum).reduce((a, b) => a + b);
  }

  status = () => this.ended?.status ?? this.byVotes();

  stepStatus(slot: Slot): StepStatus {
    if (this.isRejected(slot)) return "rejected";
    if (this.isApproved(slot)) return "approved";
    if (this.status() !== "pending") return "skipped";
    return this.active().includes(slot) ? "active" : "waiting";
  }

  isAssigned(slot: Slot, person: string, facts: Facts): boolean {
    if (!facts.canApprove) return false;
    const isForAll = !slot.named && !slot.team && !slot.role;
    const byRole = slot.role && ROLES.indexOf(facts.role) >= ROLES.indexOf(slot.role);
    return (
      isForAll ||
      !!slot.named?.includes(person) ||
      (!!slot.team && facts.teams.includes(slot.team)) ||
      !!byRole
    );
  }

  /** The status that the earliest deadline at or before now brings. */
  due(nowMs: number): RequestState["status"] | null {
    const { auto } = this;
    const { expiresInMs } = this.given;
    const expiry = expiresInMs !== null && expiresInMs <= nowMs ? expiresInMs : Infinity;
    const automatic = auto !== null && auto.inMs <= nowMs ? auto.inMs : Infinity;
    if (expiry === Infinity && automatic === Infinity) return null;
    if (expiry <= automatic) return "expired";
    return auto?.action === "approve" ? "approved" : "rejected";
  }

  /** Says whether the rule's author, if they haven't voted, could give the last approval right now. */
  ruleHolds(): boolean {
    const { author, isTemplates } = this.given.rule;
    const [person, facts] = [must(PEOPLE[author]), must(this.given.people[author])];
    if (!facts.canApprove || (this.given.fourEyes && this.askers.includes(person))) return false;
    if (isTemplates && facts.role === "member") return false;
    if (this.votes.some((vote) => vote.person === person)) return false;
    const others = this.slots.filter(this.isApproved).length;
    return (
      others + 1 >= (this.isWhole ? 1 : this.requiredSteps) &&
      this.active().some(
        (slot) => slot.quorum === 1 && (isTemplates || this.isAssigned(slot, person, facts)),
      )
    );
  }

  /** Finds where a vote would count, or the reason why it can't. */
  placeVote(
    act: Extract<Act, { kind: "vote" }>,
    facts: Facts,
  ): { slot: Slot } | { reason: string } {
    const person = must(PEOPLE[act.who]);
    if (this.given.fourEyes && this.askers.includes(person)) return { reason: "own_request" };
    if (act.viaConnection && this.askedByMachine) return { reason: "asked_through_this" };
    if (!facts.canApprove) return { reason: "not_eligible" };
    // A machine votes as a member, whatever its person's role is.
    const ranked: Facts = act.viaConnection ? { ...facts, role: "member" } : facts;
    const slot = this.findSlot(act, person, ranked);
    if ("reason" in slot) return slot;
    const earlier = this.voteOf(slot.slot, person);
    if (earlier && !(act.replaces && earlier.decision !== act.decision))
      return { reason: "already_voted" };
    if (!earlier && act.replaces) return { reason: "not_voted" };
    if (act.decision === "approve" && this.hasVotedInQuorum(slot.slot, person))
      return { reason: "already_voted" };
    const lacksReason =
      act.decision === "reject" && this.given.reasonRequired && (act.comment ?? "").trim() === "";
    return lacksReason ? { reason: "reason_required" } : slot;
  }

  private findSlot(
    act: Extract<Act, { kind: "vote" }>,
    person: string,
    facts: Facts,
  ): { slot: Slot } | { reason: string } {
    const isMember = facts.role === "member";
    if (act.step !== null) {
      const slot = this.isWhole ? undefined : this.slots[act.step];
      if (!slot) return { reason: "step_not_found" };
      if (!this.active().includes(slot)) return { reason: "step_not_active" };
      return isMember && !this.isAssigned(slot, person, facts)
        ? { reason: "not_eligible" }
        : { slot };
    }
    if (this.isWhole) {
      const slot = must(this.slots[0]);
      return isMember && !this.isAssigned(slot, person, facts)
        ? { reason: "not_eligible" }
        : { slot };
    }
    const mine = this.active().filter((slot) => this.isAssigned(slot, person, facts));
    const slot = mine.find((s) => this.hasVoted(s, person) === act.replaces);
    if (slot) return { slot };
    if (mine.length === 0) return { reason: "no_active_step" };
    return { reason: act.replaces ? "not_voted" : "already_voted" };
  }

  placeDelegation(
    act: Extract<Act, { kind: "delegate" }>,
    people: Facts[],
  ): { slot: Slot } | { reason: string } {
    const [from, to] = [must(PEOPLE[act.who]), must(PEOPLE[act.to])];
    const [facts, toFacts] = [must(people[act.who]), must(people[act.to])];
    const own = this.active().filter((s) => s.named?.includes(from));
    const isAnyOfOwn = act.step === null && !this.isWhole && own.length > 0;
    const asked = isAnyOfOwn ? own.map((s) => this.slots.indexOf(s)) : [act.step];
    // Nobody gives away a vote that they could not cast now.
    const votes = asked.map((step) => this.placeVote({ ...anApproval, who: act.who, step }, facts));
    const possible = votes.find((vote) => "slot" in vote) ?? must(votes[0]);
    if ("reason" in possible) return possible;
    const { slot } = possible;
    if (!slot.named?.includes(from)) return { reason: "not_assigned" };
    const isRequester = this.given.fourEyes && this.askers.includes(to);
    const wouldNotHelp =
      !toFacts.canApprove ||
      this.isAssigned(slot, to, toFacts) ||
      this.votes.some((vote) => vote.person === to) ||
      this.slots.some((other) => other.named?.includes(to)) ||
      isRequester;
    return wouldNotHelp ? { reason: "not_eligible" } : { slot };
  }
}

/** The initial state as `createApproval` stores it, with the active steps as the oracle works them out. */
function initialState(given: Scenario): RequestState {
  const oracle = new Oracle(given);
  const [first] = given.slots;
  return {
    id: REQUEST_ID,
    version: 1,
    status: "pending",
    priority: "high",
    requiredApprovals: oracle.requiredApprovals(),
    currentApprovals: 0,
    requiredSteps: given.isWhole ? null : given.requiredSteps,
    isSequential: given.isSequential,
    stepsAtOnce: !given.isSequential,
    assignedApprovers: given.isWhole ? must(first).named : null,
    assignedTeamId: given.isWhole ? must(first).team : null,
    requireRejectionReason: given.reasonRequired,
    expiresAt: given.expiresInMs === null ? null : new Date(T0 + given.expiresInMs),
    autoAction: given.auto?.action ?? null,
    autoActionAt: given.auto === null ? null : new Date(T0 + given.auto.inMs),
    rule:
      given.auto?.action === "approve"
        ? {
            author: {
              personId: must(PEOPLE[given.rule.author]),
              role: must(given.people[given.rule.author]).role,
              canApprove: must(given.people[given.rule.author]).canApprove,
              teamIds: must(given.people[given.rule.author]).teams,
            },
            isTemplates: given.rule.isTemplates,
          }
        : null,
    eventSequence: 1,
    commentsCount: 0,
    decidedAt: null,
    decidedBy: null,
    decidedViaConnectionId: null,
    decidedVia: null,
    decisionComment: null,
    decisionSource: null,
    steps: given.isWhole ? [] : given.slots.map((slot) => toStep(slot, oracle.stepStatus(slot))),
    votes: [],
    requesterIds: given.requesters,
    askers: given.askedByMachine ? ["connection machine"] : [],
    fourEyes: given.fourEyes,
  };
}

const toStep = (slot: Slot, status: StepStatus): StepState => ({
  id: slot.id,
  order: slot.order,
  name: null,
  status,
  requiredApprovals: slot.quorum,
  assignedUserIds: slot.named,
  assignedTeamId: slot.team,
  assignedRole: slot.role,
  needsEach: false,
  isOfQuorum: slot.ofQuorum,
  decidedAt: null,
  decidedBy: null,
});

function deepFreeze<T>(value: T): T {
  if (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Date) &&
    !Object.isFrozen(value)
  ) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** One run: the machine and the oracle side by side, and all events so far. */
class Run {
  state: RequestState;
  readonly oracle: Oracle;
  readonly people: Facts[];
  nowMs = 0;
  commentCount = 0;
  /** The events so far. Creating the request wrote the first one. */
  readonly events: { type: string; data: Record<string, unknown> }[] = [
    { type: "approval.created", data: {} },
  ];
  private replacements = 0;

  constructor(given: Scenario) {
    this.state = deepFreeze(initialState(given));
    this.oracle = new Oracle(given);
    this.people = given.people.map((facts) => ({ ...facts }));
  }

  voter(index: number, viaConnection = false): Voter {
    const facts = must(this.people[index]);
    const { role, canApprove, teams: teamIds } = facts;
    return {
      personId: must(PEOPLE[index]),
      role,
      canApprove,
      teamIds,
      connectionId: viaConnection ? "machine" : null,
      via: viaConnection ? machine : signedIn,
      throughMachine: viaConnection,
    };
  }

  stepId(step: number | null): string | null {
    return step === null ? null : (this.state.steps[step]?.id ?? "nowhere");
  }

  perform(act: Exclude<Act, { kind: "facts_change" }>): void {
    const now = new Date(T0 + this.nowMs);
    const replacement =
      act.kind === "replace_steps" ? slotsFrom(act.slots, `r${this.replacements++}-`) : [];
    const judgement = judge(this.state, this.toCommand(act, replacement), now);
    const refusal = this.foretell(act, replacement);
    expect(judgement.refusal?.reason ?? null).toBe(refusal);
    if (judgement.transition) this.take(judgement.transition, now, act);
    this.checkEverything();
  }

  private toCommand(act: Exclude<Act, { kind: "facts_change" }>, replacement: Slot[]): Command {
    switch (act.kind) {
      case "vote":
        return {
          kind: "vote",
          voter: this.voter(act.who, act.viaConnection),
          decision: act.decision,
          stepId: this.stepId(act.step),
          comment: act.comment,
          replaces: act.replaces,
          source: "test",
        };
      case "delegate":
        return {
          kind: "delegate",
          voter: this.voter(act.who),
          to: this.voter(act.to),
          stepId: this.stepId(act.step),
        };
      case "replace_steps":
        return {
          kind: "replace_steps",
          via: signedIn,
          askers: [asAsker(must(PEOPLE[act.who]))],
          steps: replacement.map((slot) => toStep(slot, "waiting")).reverse(),
        };
      case "cancel":
        return { kind: "cancel", by: "ann", via: signedIn, reason: "enough" };
      case "stop":
        return { kind: "stop", by: "ann", reason: "enough" };
      case "comment":
        return { kind: "comment", id: "comment", body: "hm", via: null };
      case "revise":
        return {
          kind: "revise",
          via: machine,
          askers: [asAsker(must(PEOPLE[act.who])), "connection machine"],
          changes: act.rewords ? { title: "another" } : { metadata: { another: true } },
        };
      case "meet_deadline":
        return { kind: "meet_deadline" };
      case "void_votes":
        return {
          kind: "void_votes",
          personId: must(PEOPLE[act.who]),
          reason: "person_removed",
        };
    }
  }

  /** Moves the oracle to where this command leads. Returns the reason if the command is refused. */
  private foretell(
    act: Exclude<Act, { kind: "facts_change" }>,
    replacement: Slot[],
  ): string | null {
    const { oracle, nowMs } = this;
    if (act.kind === "comment") {
      this.commentCount++;
      return null;
    }
    if (oracle.status() !== "pending") return "already_decided";
    const due = oracle.due(nowMs);
    switch (act.kind) {
      case "void_votes": {
        const left = oracle.votes.filter(({ person }) => person !== PEOPLE[act.who]);
        const isSame = left.length === oracle.votes.length;
        oracle.votes = left;
        return isSame ? "not_voted" : null;
      }
      case "stop":
        oracle.ended = { status: "cancelled", now: nowMs };
        return null;
      case "meet_deadline":
        if (!due) return "not_due";
        if (due === "approved" && !oracle.ruleHolds()) {
          oracle.auto = null;
          return null;
        }
        oracle.ended = { status: due, now: nowMs };
        return null;
      default:
        if (due) return "deadline_passed";
    }
    switch (act.kind) {
      case "cancel":
        oracle.ended = { status: "cancelled", now: nowMs };
        return null;
      case "revise":
        oracle.votes = [];
        if (oracle.auto?.action === "approve" && (act.rewords || !oracle.given.rule.isTemplates))
          oracle.auto = oracle.given.rule.author === act.who ? oracle.auto : null;
        // The machine and the person changed the question: neither of them decides any more.
        oracle.askedByMachine = true;
        oracle.askers = [...oracle.askers, must(PEOPLE[act.who])];
        return null;
      case "replace_steps":
        if (act.slots.length === 0) return "no_steps";
        if (oracle.votes.length > 0) return "votes_cast";
        // The machine was given them in reverse: steps of equal order keep the order in which they came.
        oracle.slots = [...replacement].reverse().sort((a, b) => a.order - b.order);
        oracle.isWhole = false;
        if (oracle.auto?.action === "approve") oracle.auto = null;
        oracle.askers = [...oracle.askers, must(PEOPLE[act.who])];
        oracle.requiredSteps = replacement.length;
        return null;
      case "delegate": {
        const found = oracle.placeDelegation(act, this.people);
        if ("reason" in found) return found.reason;
        const [from, to] = [must(PEOPLE[act.who]), must(PEOPLE[act.to])];
        oracle.slots = oracle.slots.map((slot) =>
          slot === found.slot
            ? { ...slot, named: must(slot.named).map((id) => (id === from ? to : id)) }
            : slot,
        );
        return null;
      }
      case "vote": {
        const found = oracle.placeVote(act, must(this.people[act.who]));
        if ("reason" in found) return found.reason;
        const earlier = oracle.voteOf(found.slot, must(PEOPLE[act.who]));
        // Only an approval is ever changed, so a change never helps a request to be approved.
        if (earlier) expect([earlier.decision, act.decision]).toEqual(["approve", "reject"]);
        oracle.votes = oracle.votes.filter((vote) => vote !== earlier);
        oracle.votes.push({
          slot: found.slot.id,
          person: must(PEOPLE[act.who]),
          decision: act.decision,
        });
        return null;
      }
    }
  }

  private take(transition: Transition, now: Date, act: Act): void {
    const { next, events, votes, stepsChanged, votesVoided, voidsVotesOf } = transition;
    const before = this.state;
    this.events.push(...events);
    this.state = deepFreeze(next);

    // Only changes that are marked are written.
    if (!stepsChanged) expect(next.steps).toEqual(before.steps);
    const essence = ({ stepId, personId, decision, connectionId = null }: VoteState) => [
      stepId,
      personId,
      decision,
      connectionId,
    ];
    expect(votes.map(essence)).toEqual(
      next.votes.filter((vote) => !before.votes.includes(vote)).map(essence),
    );
    expect(votesVoided || voidsVotesOf !== null).toBe(next.votes.length < before.votes.length);
    if (act.kind !== "delegate") expect(next.assignedApprovers).toEqual(before.assignedApprovers);

    const reported = events.filter((e) => e.type === "approval.vote_cast");
    expect(
      reported.map((e) => [e.data.step_id ?? REQUEST_ID, e.data.person_id, e.data.decision]),
    ).toEqual(votes.map((v) => [v.stepId, v.personId, v.decision]));

    const hasEnded = before.status === "pending" && next.status !== "pending";
    const endings = events.filter((e) => e.type === `approval.${next.status}`);
    // The callback is made from the transition's last event.
    expect(endings.length > 0 && events.at(-1) === endings[0]).toBe(hasEnded);
    if (hasEnded) {
      expect(next.decidedAt).toEqual(now);
      expect(next.decidedBy).toBe(
        act.kind === "vote" ? PEOPLE[act.who] : act.kind === "meet_deadline" ? null : "ann",
      );
      if (act.kind === "vote") expect(this.oracle.due(this.nowMs)).toBeNull();
    } else if (act.kind !== "comment") {
      expect([next.decidedAt, next.decidedBy, next.decisionComment]).toEqual([null, null, null]);
    }
    this.checkStepEvents(before);
  }

  private checkStepEvents(before: RequestState): void {
    const statusBefore = new Map(before.steps.map((s) => [s.id, s.status]));
    const became = (...statuses: StepStatus[]) =>
      this.state.steps
        .filter((s) => statuses.includes(s.status) && statusBefore.get(s.id) !== s.status)
        .map((s) => s.id);
    const reported = (type: string) =>
      this.events
        .slice(before.eventSequence)
        .filter((e) => e.type === type)
        .map((e) => e.data.step_id);
    expect(reported("approval.step_decided")).toEqual(became("approved", "rejected"));
    expect(reported("approval.step_activated")).toEqual(became("active"));
  }

  private checkEverything(): void {
    const { state, oracle } = this;
    expect(state.status).toBe(oracle.status());
    expect(state.version).toBe(1);
    expect(state.commentsCount).toBe(this.commentCount);
    // No gaps: as many events as numbers.
    expect(state.eventSequence).toBe(this.events.length);

    const endings = this.events.filter((e) =>
      /^approval\.(approved|rejected|cancelled|expired)$/.test(e.type),
    );
    expect(endings.map((e) => e.type)).toEqual(
      state.status === "pending" ? [] : [`approval.${state.status}`],
    );

    const places = state.votes.map((v) => `${v.stepId} ${v.personId}`);
    expect(new Set(places).size).toBe(places.length);
    expect(state.votes.map((v) => [v.stepId, v.personId, v.decision])).toEqual(
      oracle.votes.map((v) => [v.slot, v.person, v.decision]),
    );
    expect(state.requiredApprovals).toBe(oracle.requiredApprovals());
    expect(state.currentApprovals).toBe(
      oracle.votes.filter((v) => v.decision === "approve").length,
    );

    if (!oracle.isWhole) {
      expect(state.steps.map((s) => [s.id, s.status])).toEqual(
        oracle.slots.map((s) => [s.id, oracle.stepStatus(s)]),
      );
      expect(state.steps.map((s) => s.assignedUserIds)).toEqual(oracle.slots.map((s) => s.named));
      expect(state.steps.filter((s) => s.decidedAt !== null).map((s) => s.id)).toEqual(
        oracle.slots.filter((s) => oracle.isApproved(s) || oracle.isRejected(s)).map((s) => s.id),
      );
    }
    const inQuorum = oracle.slots.filter((slot) => slot.ofQuorum).map((slot) => slot.id);
    const approvers = state.votes
      .filter((v) => inQuorum.includes(v.stepId) && v.decision === "approve")
      .map((v) => v.personId);
    expect(new Set(approvers).size).toBe(approvers.length);
    if (state.status === "approved" && oracle.ended === null) this.checkQuorums();
    if (state.status === "approved" && oracle.ended !== null) {
      expect(oracle.auto?.action).toBe("approve");
      expect(oracle.ruleHolds()).toBe(true);
      expect(must(oracle.auto).inMs).toBeLessThanOrEqual(oracle.ended.now);
    }
  }

  /** Checks the machine's own votes: the quorum of distinct people in as many steps as it takes. */
  private checkQuorums(): void {
    const { state, oracle } = this;
    const full = oracle.slots.filter((slot) => {
      const approvers = state.votes
        .filter((v) => v.stepId === slot.id && v.decision === "approve")
        .map((v) => v.personId);
      return new Set(approvers).size >= slot.quorum;
    });
    expect(full.length).toBeGreaterThanOrEqual(oracle.isWhole ? 1 : oracle.requiredSteps);
    expect(state.votes.every((v) => v.decision === "approve")).toBe(true);
    if (oracle.given.fourEyes) {
      // Nobody changed it after voting: a revision voids votes, and steps are replaced only before the first vote.
      expect(state.votes.filter((v) => oracle.askers.includes(v.personId))).toEqual([]);
    }
  }
}

const anyActs = fc.array(fc.tuple(anyAct, anyTick), { minLength: 1, maxLength: 30 });
const numRuns = Number(process.env.SAYSO_PROPERTY_RUNS ?? 3000);
const patient = { timeout: 300_000 + numRuns * 10 };

test("whatever is done to a request in whatever order, its promises hold", patient, () => {
  fc.assert(
    fc.property(anyScenario, anyActs, (given, acts) => {
      const run = new Run(given);
      for (const [act, tick] of acts) {
        run.nowMs += tick;
        if (act.kind === "facts_change") run.people[act.who] = act.facts;
        else run.perform(act);
      }
    }),
    { numRuns },
  );
});

test("a decided request stays as it was decided, whatever comes later", patient, () => {
  fc.assert(
    fc.property(
      anyScenario,
      anyActs,
      fc.constantFrom("stop" as const, "cancel" as const),
      (given, acts, ending) => {
        const run = new Run({ ...given, expiresInMs: null, auto: null });
        run.perform({ kind: ending });
        const { commentsCount: _comments, eventSequence: _sequence, ...decided } = run.state;
        for (const [act, tick] of acts) {
          run.nowMs += tick;
          if (act.kind !== "facts_change") run.perform(act);
        }
        expect(run.state).toMatchObject(decided);
      },
    ),
    { numRuns: numRuns / 5 },
  );
});

test("a request never gets stuck while admins enough can vote", patient, () => {
  fc.assert(
    fc.property(anyScenario, (given) => {
      const people = PEOPLE.map((): Facts => ({ role: "admin", canApprove: true, teams: TEAMS }));
      const run = new Run({ ...given, people, fourEyes: false, expiresInMs: null, auto: null });
      // An admin can vote on any active step by its id, named or not.
      for (let round = 0; round < given.slots.length && run.state.status === "pending"; round++) {
        PEOPLE.forEach((_, index) => {
          given.slots.forEach((__, step) => {
            const vote = {
              kind: "vote",
              who: index,
              decision: "approve",
              comment: null,
              viaConnection: false,
              replaces: false,
            } as const;
            run.perform({ ...vote, step: given.isWhole ? null : step });
          });
        });
      }
      expect(run.state.status).toBe("approved");
    }),
    { numRuns: numRuns / 10 },
  );
});
