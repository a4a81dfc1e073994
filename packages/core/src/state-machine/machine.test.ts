import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../errors.ts";
import type { Via } from "../actors/via.ts";
import type { Command, Refusal } from "./judgement.ts";
import { judge, passedDeadline } from "./machine.ts";
import type { RequestState, StepState, Voter } from "./state.ts";

const at = (ms: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + ms);
const now = at(0);

const request = (changes: Partial<RequestState> = {}): RequestState => ({
  id: "request",
  version: 1,
  status: "pending",
  priority: "high",
  requiredApprovals: 1,
  currentApprovals: 0,
  requiredSteps: null,
  isSequential: false,
  stepsAtOnce: false,
  assignedApprovers: null,
  assignedTeamId: null,
  requireRejectionReason: false,
  expiresAt: null,
  autoAction: null,
  autoActionAt: null,
  rule: null,
  eventSequence: 1,
  commentsCount: 0,
  decidedAt: null,
  decidedBy: null,
  decidedViaConnectionId: null,
  decidedVia: null,
  decisionComment: null,
  decisionSource: null,
  steps: [],
  votes: [],
  requesterIds: ["rita"],
  askers: [],
  fourEyes: false,
  ...changes,
});

const step = (id: string, changes: Partial<StepState> = {}): StepState => ({
  id,
  order: 1,
  name: null,
  status: "active",
  requiredApprovals: 1,
  assignedUserIds: null,
  assignedTeamId: null,
  assignedRole: null,
  needsEach: false,
  isOfQuorum: false,
  decidedAt: null,
  decidedBy: null,
  ...changes,
});

/** A rule that approves a request automatically, for as long as Ada may approve. */
const adasRule = {
  author: { personId: "ada", role: "admin" as const, canApprove: true, teamIds: [] },
  isTemplates: true,
};

const withSteps = (steps: StepState[], changes: Partial<RequestState> = {}) =>
  request({ steps, requiredSteps: steps.length, ...changes });

/** "Legal", then "finance": the second step waits for the first. */
const chain = withSteps(
  [
    step("legal", { assignedUserIds: ["lea"] }),
    step("finance", { order: 2, status: "waiting", assignedUserIds: ["finn"] }),
  ],
  { isSequential: true },
);

const quorumStep = (id: string, changes: Partial<StepState> = {}) =>
  step(id, { isOfQuorum: true, ...changes });

/** Two of two named people, in order: Ann, then Ben. */
const inOrder = withSteps(
  [
    quorumStep("one", { assignedUserIds: ["ann"] }),
    quorumStep("two", { order: 2, status: "waiting", assignedUserIds: ["ben"] }),
  ],
  { isSequential: true },
);

const quorumDone = inOrder.steps.map((s, i): StepState => ({
  ...s,
  status: i === 0 ? "approved" : "active",
}));

/** The same after an admin approved the first step in Ann's place. */
const adaApproved: Partial<RequestState> = {
  steps: quorumDone,
  votes: [{ stepId: "one", personId: "ada", decision: "approve" }],
};

/** A person who votes on a page themselves. */
const signedIn: Via = { kind: "session", id: null, name: null };

const person = (personId: string, changes: Partial<Voter> = {}): Voter => ({
  personId,
  role: "member",
  canApprove: true,
  teamIds: [],
  connectionId: null,
  via: signedIn,
  ...changes,
});

const vote = (
  by: string | Voter,
  changes: Partial<Extract<Command, { kind: "vote" }>> = {},
): Command => ({
  kind: "vote",
  voter: typeof by === "string" ? person(by) : by,
  decision: "approve",
  stepId: null,
  comment: null,
  source: null,
  ...changes,
});

const delegate = (
  by: string | Voter,
  to: string | Voter,
  stepId: string | null = null,
): Command => ({
  kind: "delegate",
  voter: typeof by === "string" ? person(by) : by,
  to: typeof to === "string" ? person(to) : to,
  stepId,
});

const cancel: Command = { kind: "cancel", by: "rita", via: signedIn, reason: null };
const revise: Command = {
  kind: "revise",
  via: signedIn,
  askers: [],
  changes: { title: "Another" },
};
const meetDeadline: Command = { kind: "meet_deadline" };

type Row = [
  why: string,
  state: RequestState,
  command: Command,
  code: ErrorCode,
  reason: Refusal["reason"],
];

function expectRefusals(rows: Row[]) {
  test.each(rows)("%s", (_why, state, command, code, reason) => {
    const { refusal, transition } = judge(state, command, now);
    expect(transition).toBeUndefined();
    expect(refusal).toMatchObject({ code, reason });
    expect(refusal?.message).not.toBe("");
  });
}

describe("refuses a vote", () => {
  const named = request({ assignedApprovers: ["ann"] });
  const votedOn = request({
    requiredApprovals: 2,
    currentApprovals: 1,
    votes: [{ stepId: "request", personId: "ann", decision: "approve" }],
  });
  expectRefusals([
    [
      "of somebody who may not approve here",
      request(),
      vote(person("ann", { canApprove: false })),
      "forbidden",
      "not_eligible",
    ],
    [
      "of an admin who may not approve here",
      request(),
      vote(person("ann", { role: "admin", canApprove: false })),
      "forbidden",
      "not_eligible",
    ],
    ["of a member when others are named", named, vote("ben"), "forbidden", "not_eligible"],
    [
      "of a member of another team",
      request({ assignedTeamId: "red" }),
      vote(person("ben", { teamIds: ["blue"] })),
      "forbidden",
      "not_eligible",
    ],
    [
      "of the requester, under four eyes",
      request({ fourEyes: true }),
      vote("rita"),
      "forbidden",
      "own_request",
    ],
    [
      "of the owner who is the requester, under four eyes",
      request({ fourEyes: true }),
      vote(person("rita", { role: "owner" })),
      "forbidden",
      "own_request",
    ],
    [
      "of a connection in the requester's name, under four eyes",
      request({ fourEyes: true }),
      vote(person("rita", { connectionId: "robot" })),
      "forbidden",
      "own_request",
    ],
    [
      "of the requester by the step's id, under four eyes",
      { ...chain, fourEyes: true },
      vote("rita", { stepId: "legal" }),
      "forbidden",
      "own_request",
    ],
    ["that is the person's second", votedOn, vote("ann"), "conflict", "already_voted"],
    [
      "that is an admin's second approval in a quorum in order",
      { ...inOrder, ...adaApproved },
      vote(person("ada", { role: "admin" }), { stepId: "two" }),
      "conflict",
      "already_voted",
    ],
    [
      "that is the second approval, by who is named in two steps of a quorum",
      {
        ...inOrder,
        ...adaApproved,
        steps: quorumDone.map((s) => ({ ...s, assignedUserIds: ["ada"] })),
      },
      vote("ada"),
      "conflict",
      "already_voted",
    ],
    [
      "that is the person's second, with another decision",
      votedOn,
      vote("ann", { decision: "reject" }),
      "conflict",
      "already_voted",
    ],
    [
      "that is the person's second, by a connection of theirs",
      votedOn,
      vote(person("ann", { connectionId: "robot" })),
      "conflict",
      "already_voted",
    ],
    [
      "to reject without a reason where one is asked for",
      request({ requireRejectionReason: true }),
      vote("ann", { decision: "reject" }),
      "validation_failed",
      "reason_required",
    ],
    [
      "to reject with a blank reason",
      request({ requireRejectionReason: true }),
      vote("ann", { decision: "reject", comment: " \n" }),
      "validation_failed",
      "reason_required",
    ],
    [
      "on a step that isn't there",
      chain,
      vote("lea", { stepId: "nowhere" }),
      "not_found",
      "step_not_found",
    ],
    [
      "on a step of a request that has none",
      request(),
      vote("ann", { stepId: "request" }),
      "not_found",
      "step_not_found",
    ],
    [
      "on a step whose turn has not come",
      chain,
      vote("finn", { stepId: "finance" }),
      "invalid_state",
      "step_not_active",
    ],
    [
      "of an admin on a step whose turn has not come",
      chain,
      vote(person("ada", { role: "admin" }), { stepId: "finance" }),
      "invalid_state",
      "step_not_active",
    ],
    [
      "on somebody else's step",
      chain,
      vote("finn", { stepId: "legal" }),
      "forbidden",
      "not_eligible",
    ],
    [
      "round the steps, by who is in a later one",
      chain,
      vote("finn"),
      "invalid_state",
      "no_active_step",
    ],
    ["round the steps, by who is in none", chain, vote("ann"), "invalid_state", "no_active_step"],
    [
      "round the steps, by an admin who is in none",
      chain,
      vote(person("ada", { role: "admin" })),
      "invalid_state",
      "no_active_step",
    ],
    [
      "on a step that is for admins",
      withSteps([step("s", { assignedRole: "admin" })]),
      vote("ann", { stepId: "s" }),
      "forbidden",
      "not_eligible",
    ],
    [
      "on a step that is decided",
      withSteps([step("s", { status: "approved" }), step("t")]),
      vote("ann", { stepId: "s" }),
      "invalid_state",
      "step_not_active",
    ],
    [
      "of who has already voted on the only step that is theirs",
      withSteps([step("s", { requiredApprovals: 2, assignedUserIds: ["ann", "ben"] })], {
        votes: [{ stepId: "s", personId: "ann", decision: "approve" }],
      }),
      vote("ann"),
      "conflict",
      "already_voted",
    ],
  ]);
});

describe("refuses everything but comments once a request is decided", () => {
  const commands: Command[] = [
    vote("ann"),
    cancel,
    { kind: "stop", by: null, reason: null },
    meetDeadline,
    { kind: "replace_steps", via: signedIn, askers: [], steps: [step("s")] },
    delegate("ann", "ben"),
    revise,
  ];
  for (const status of ["approved", "rejected", "cancelled", "expired"] as const) {
    expectRefusals(
      commands.map((command): Row => [
        `${command.kind} when ${status}`,
        request({ status, expiresAt: now }),
        command,
        "invalid_state",
        "already_decided",
      ]),
    );
    test(`and tells that it is ${status}`, () => {
      expect(judge(request({ status }), vote("ann"), now).refusal?.details).toEqual({ status });
    });
    test(`takes a comment when ${status}`, () => {
      const { transition } = judge(
        request({ status }),
        { kind: "comment", id: "c", body: "later", via: null },
        now,
      );
      expect(transition?.next).toMatchObject({ status, commentsCount: 1 });
    });
  }
});

describe("from the instant of the deadline on", () => {
  const due: [string, RequestState][] = [
    ["expiry", request({ expiresAt: now, assignedApprovers: ["ann"] })],
    [
      "automatic action",
      request({ autoAction: "approve", autoActionAt: now, assignedApprovers: ["ann"] }),
    ],
  ];
  const commands: Command[] = [
    vote("ann"),
    cancel,
    revise,
    { kind: "replace_steps", via: signedIn, askers: [], steps: [step("s")] },
    delegate("ann", "ben"),
  ];
  for (const [name, state] of due) {
    expectRefusals(
      commands.map((command): Row => [
        `refuses ${command.kind} (${name})`,
        state,
        command,
        "invalid_state",
        "deadline_passed",
      ]),
    );
  }
  test.each([
    ["expired", { expiresAt: now }],
    ["approved", { autoAction: "approve" as const, autoActionAt: now, rule: adasRule }],
    ["pending", { autoAction: "approve" as const, autoActionAt: now }],
    ["rejected", { autoAction: "reject" as const, autoActionAt: now }],
  ])("says in its refusal that the request is %s", (status, deadline) => {
    expect(judge(request(deadline), vote("ann"), now).refusal?.details).toEqual({ status });
  });
  test("still takes a vote a millisecond before", () => {
    expect(judge(request({ expiresAt: at(1) }), vote("ann"), now).transition?.next.status).toBe(
      "approved",
    );
  });
  test("the emergency stop still cancels", () => {
    const { transition } = judge(
      request({ autoAction: "approve", autoActionAt: at(-1) }),
      { kind: "stop", by: "ada", reason: "fire" },
      now,
    );
    expect(transition?.next).toMatchObject({
      status: "cancelled",
      decidedBy: "ada",
      decisionComment: "fire",
    });
  });
});

describe("of two deadlines", () => {
  test.each([
    ["none", null, null, null],
    ["none has passed", 1, 1, null],
    ["only expiry has passed", 0, 1, "expiry"],
    ["only the automatic action has passed", 1, 0, "auto_action"],
    ["both have, expiry first", -2, -1, "expiry"],
    ["both have, the automatic action first", -1, -2, "auto_action"],
    ["both at the same instant", -1, -1, "expiry"],
  ] as const)("%s", (_why, expiry, auto, expected) => {
    const state = request({
      expiresAt: expiry === null ? null : at(expiry),
      autoAction: auto === null ? null : "approve",
      autoActionAt: auto === null ? null : at(auto),
      rule: adasRule,
    });
    expect(passedDeadline(state, now)).toBe(expected);
    const { transition, refusal } = judge(state, meetDeadline, now);
    if (expected === null) expect(refusal).toMatchObject({ code: "conflict", reason: "not_due" });
    else
      expect(transition?.next).toMatchObject({
        status: expected === "expiry" ? "expired" : "approved",
        decidedBy: null,
        decidedAt: now,
      });
  });
});

describe("refuses other steps", () => {
  const other: Command = { kind: "replace_steps", via: signedIn, askers: [], steps: [step("new")] };
  const voted = { votes: [{ stepId: "legal", personId: "lea", decision: "approve" as const }] };
  expectRefusals([
    ["after a vote", { ...chain, ...voted }, other, "invalid_state", "votes_cast"],
    [
      "when there are none",
      request(),
      { kind: "replace_steps", via: signedIn, askers: [], steps: [] },
      "validation_failed",
      "no_steps",
    ],
  ]);
});

describe("refuses to delegate", () => {
  const duo = step("duo", { requiredApprovals: 2, assignedUserIds: ["ann", "ben"] });
  const state = withSteps([duo]);
  const annVoted = {
    ...state,
    votes: [{ stepId: "duo", personId: "ann", decision: "approve" as const }],
  };
  const mixed = step("mixed", {
    requiredApprovals: 2,
    assignedUserIds: ["ann"],
    assignedTeamId: "red",
  });
  expectRefusals([
    ["by who was not named", request(), delegate("ann", "ben"), "forbidden", "not_assigned"],
    [
      "by who was not named in this step",
      chain,
      delegate("finn", "ben", "legal"),
      "forbidden",
      "not_eligible",
    ],
    [
      "by who may vote as one of a team, and was not named",
      withSteps([step("s", { assignedTeamId: "red" })]),
      delegate(person("ann", { teamIds: ["red"] }), "cy"),
      "forbidden",
      "not_assigned",
    ],
    [
      "in a step whose turn has not come",
      chain,
      delegate("finn", "cy", "finance"),
      "invalid_state",
      "step_not_active",
    ],
    [
      "in a step whose turn has not come, without naming it",
      chain,
      delegate("finn", "cy"),
      "invalid_state",
      "no_active_step",
    ],
    [
      "by the requester, under four eyes",
      request({ fourEyes: true, assignedApprovers: ["rita", "ann"] }),
      delegate("rita", "cy"),
      "forbidden",
      "own_request",
    ],
    [
      "by who replaced its steps, under four eyes",
      { ...state, fourEyes: true, askers: ["person ann"] },
      delegate("ann", "cy", "duo"),
      "forbidden",
      "own_request",
    ],
    [
      "by who has approved another step of the quorum",
      {
        ...inOrder,
        ...adaApproved,
        steps: quorumDone.map((s) => ({ ...s, assignedUserIds: ["ada"] })),
      },
      delegate(person("ada", { role: "admin" }), "cy"),
      "conflict",
      "already_voted",
    ],
    [
      "to somebody who has approved another step of the quorum",
      { ...inOrder, ...adaApproved },
      delegate("ben", "ada"),
      "conflict",
      "not_eligible",
    ],
    [
      "to somebody who has a place in the quorum",
      inOrder,
      delegate("ann", "ben"),
      "conflict",
      "not_eligible",
    ],
    [
      "by an admin who was not named",
      state,
      delegate(person("ada", { role: "admin" }), "cy", "duo"),
      "forbidden",
      "not_assigned",
    ],
    [
      "by who may no longer approve",
      state,
      delegate(person("ann", { canApprove: false }), "cy"),
      "forbidden",
      "not_eligible",
    ],
    [
      "in a step that isn't there",
      state,
      delegate("ann", "cy", "nowhere"),
      "not_found",
      "step_not_found",
    ],
    [
      "in a step that is decided",
      withSteps([{ ...duo, status: "approved" }, step("t")]),
      delegate("ann", "cy", "duo"),
      "invalid_state",
      "step_not_active",
    ],
    ["after one's own vote", annVoted, delegate("ann", "cy"), "conflict", "already_voted"],
    [
      "to somebody who may not approve",
      state,
      delegate("ann", person("cy", { canApprove: false })),
      "conflict",
      "not_eligible",
    ],
    ["to oneself", state, delegate("ann", "ann"), "conflict", "not_eligible"],
    ["to somebody who is named as well", state, delegate("ann", "ben"), "conflict", "not_eligible"],
    [
      "to somebody of the team that may vote as well",
      withSteps([mixed]),
      delegate("ann", person("cy", { teamIds: ["red"] })),
      "conflict",
      "not_eligible",
    ],
    [
      "to somebody who has voted there as an admin",
      { ...annVoted, votes: [{ stepId: "duo", personId: "ada", decision: "approve" }] },
      delegate("ann", "ada"),
      "conflict",
      "not_eligible",
    ],
    [
      "to the requester, under four eyes",
      { ...state, fourEyes: true },
      delegate("ann", "rita"),
      "conflict",
      "not_eligible",
    ],
  ]);
});

describe("accepts", () => {
  const accepted = (state: RequestState, command: Command) => {
    const { transition, refusal } = judge(state, command, now);
    expect(refusal).toBeUndefined();
    return must(transition);
  };
  const eventTypes = (state: RequestState, command: Command) =>
    accepted(state, command).events.map((e) => e.type);

  test("one approval where one is enough, and tells who decided", () => {
    const { next, events } = accepted(
      request(),
      vote(person("ann", { connectionId: "robot" }), { comment: "fine", source: "chat" }),
    );
    expect(next).toMatchObject({
      status: "approved",
      currentApprovals: 1,
      decidedBy: "ann",
      decidedAt: now,
      decidedViaConnectionId: "robot",
      decisionComment: "fine",
      decisionSource: "chat",
      eventSequence: 3,
    });
    expect(events).toMatchObject([
      {
        type: "approval.vote_cast",
        data: {
          step_id: null,
          person_id: "ann",
          connection_id: "robot",
          decision: "approve",
          comment: "fine",
        },
      },
      {
        type: "approval.approved",
        data: { reason: "vote", decided_by: "ann", via_connection_id: "robot" },
      },
    ]);
  });

  test("a first approval of two, and leaves the request pending", () => {
    const { next, votes } = accepted(request({ requiredApprovals: 2 }), vote("ann"));
    expect(next).toMatchObject({
      status: "pending",
      currentApprovals: 1,
      decidedBy: null,
      decisionComment: null,
    });
    expect(votes).toEqual([
      {
        stepId: "request",
        personId: "ann",
        decision: "approve",
        connectionId: null,
        via: signedIn,
        comment: null,
        source: null,
        replaces: false,
      },
    ]);
  });

  test("a change of an approval that was not enough, to a rejection and to nothing else", () => {
    const [first] = [accepted(request({ requiredApprovals: 2 }), vote("ann")).next];
    const changed = accepted(first, vote("ann", { decision: "reject", replaces: true }));
    expect(changed.next).toMatchObject({ status: "rejected", currentApprovals: 0 });
    expect(changed.next.votes).toEqual([
      { stepId: "request", personId: "ann", decision: "reject" },
    ]);
    expect(changed.events[0]).toMatchObject({ data: { decision: "reject", replaced: "approve" } });
    for (const again of [
      vote("ann"),
      vote("ann", { replaces: true }),
      vote("ann", { decision: "reject" }),
    ])
      expect(judge(first, again, now).refusal?.reason).toBe("already_voted");
    for (const decision of ["approve", "reject"] as const)
      expect(judge(first, vote("ben", { decision, replaces: true }), now).refusal?.reason).toBe(
        "not_voted",
      );
  });

  test("one rejection as the end, however many approvals there are", () => {
    const state = request({
      requiredApprovals: 3,
      currentApprovals: 2,
      votes: ["ann", "ben"].map((personId) => ({
        stepId: "request",
        personId,
        decision: "approve",
      })),
    });
    expect(accepted(state, vote("cy", { decision: "reject", comment: "no" })).next).toMatchObject({
      status: "rejected",
      currentApprovals: 2,
      decidedBy: "cy",
    });
  });

  test("an approval in the first step, and then it is the second's turn", () => {
    const { next, events } = accepted(chain, vote("lea"));
    expect(next.steps.map((s) => s.status)).toEqual(["approved", "active"]);
    expect(next.steps[0]).toMatchObject({ decidedBy: "lea", decidedAt: now });
    expect(events.map((e) => [e.type, e.data.step_id])).toEqual([
      ["approval.vote_cast", "legal"],
      ["approval.step_decided", "legal"],
      ["approval.step_activated", "finance"],
    ]);
  });

  test("a rejection in the first step, and skips the second", () => {
    const { next } = accepted(chain, vote("lea", { decision: "reject" }));
    expect(next.status).toBe("rejected");
    expect(next.steps.map((s) => s.status)).toEqual(["rejected", "skipped"]);
  });

  test("an admin in somebody else's active step, when they name it", () => {
    expect(
      accepted(chain, vote(person("ada", { role: "admin" }), { stepId: "legal" })).next.steps[0]
        ?.decidedBy,
    ).toBe("ada");
  });

  test("an admin's vote on a whole request for which others are named", () => {
    expect(
      accepted(request({ assignedApprovers: ["ann"] }), vote(person("ada", { role: "admin" }))).next
        .status,
    ).toBe("approved");
  });

  test.each([
    ["a team member", { assignedTeamId: "red" }, person("ann", { teamIds: ["red"] })],
    [
      "an owner where admins are asked",
      { assignedRole: "admin" as const },
      person("ann", { role: "owner" }),
    ],
    ["anybody where nobody is named", {}, person("ann")],
  ])("%s as the approver of a step", (_who, assigned, voter) => {
    expect(accepted(withSteps([step("s", assigned)]), vote(voter)).next.status).toBe("approved");
  });

  test("the same person in two steps, once in each", () => {
    const twice = withSteps(
      [
        step("one", { assignedUserIds: ["ann"] }),
        step("two", { order: 2, status: "waiting", assignedUserIds: ["ann"] }),
      ],
      { isSequential: true },
    );
    const first = accepted(twice, vote("ann"));
    expect(first.next.status).toBe("pending");
    expect(accepted(first.next, vote("ann")).next).toMatchObject({
      status: "approved",
      currentApprovals: 2,
    });
  });

  test("enough steps of several, and skips the rest", () => {
    const twoOfThree = withSteps([step("a", { status: "approved" }), step("b"), step("c")], {
      requiredSteps: 2,
    });
    const { next } = accepted(twoOfThree, vote("ann", { stepId: "b" }));
    expect(next.status).toBe("approved");
    expect(next.steps.map((s) => s.status)).toEqual(["approved", "approved", "skipped"]);
  });

  test("a requester's vote where four eyes are not asked for", () => {
    expect(accepted(request(), vote("rita")).next.status).toBe("approved");
  });

  test("a delegation, after which the other votes instead", () => {
    const { next, events } = accepted(chain, delegate("lea", "max"));
    expect(events).toEqual([
      {
        type: "approval.delegated",
        data: { step_id: "legal", from: "lea", to: "max", via: signedIn },
      },
    ]);
    expect(judge(next, vote("lea"), now).refusal?.reason).toBe("no_active_step");
    expect(accepted(next, vote("max")).next.steps[0]?.status).toBe("approved");
  });

  test("the requester's delegation where four eyes are not asked for", () => {
    const state = request({ assignedApprovers: ["rita"] });
    expect(accepted(state, delegate("rita", "ann")).next.assignedApprovers).toEqual(["ann"]);
  });

  test("a delegation of the step that the voter can vote on, of two that name them", () => {
    const state = withSteps(
      [step("one", { assignedUserIds: ["ann"] }), step("two", { assignedUserIds: ["ann"] })],
      { votes: [{ stepId: "one", personId: "ann", decision: "approve" }] },
    );
    const { next } = accepted(state, delegate("ann", "cy"));
    expect(next.steps.map((s) => s.assignedUserIds)).toEqual([["ann"], ["cy"]]);
  });

  test("approvals of a quorum in order by different people, and a rejection by any admin", () => {
    const ada = person("ada", { role: "admin" });
    const begun = accepted(inOrder, vote(ada, { stepId: "one" })).next;
    expect(accepted(begun, vote("ben")).next.status).toBe("approved");
    const stepId = "two";
    expect(accepted(begun, vote(ada, { stepId, decision: "reject" })).next.status).toBe("rejected");
    const revised = accepted(begun, revise).next;
    expect(accepted(revised, vote(ada, { stepId: "one" })).next.currentApprovals).toBe(1);
  });

  test("a revision, which voids all votes and begins the steps again", () => {
    const begun = accepted(chain, vote("lea")).next;
    const { next, events, votesVoided, stepsChanged } = accepted(begun, revise);
    expect(next).toMatchObject({ votes: [], currentApprovals: 0, status: "pending" });
    expect(next.steps).toEqual(chain.steps);
    expect([votesVoided, stepsChanged]).toEqual([true, true]);
    expect(events).toEqual([
      { type: "approval.revised", data: { fields: ["title"], votes_voided: 1, via: signedIn } },
      { type: "approval.step_activated", data: { step_id: "legal" } },
    ]);
    expect(accepted(next, vote("lea")).next.steps[0]?.status).toBe("approved");
  });

  test("a revision of a whole request, which voids its votes", () => {
    const begun = accepted(request({ requiredApprovals: 2 }), vote("ann")).next;
    expect(accepted(begun, revise)).toMatchObject({
      votesVoided: true,
      next: { votes: [], currentApprovals: 0 },
    });
  });

  test("other steps before the first vote; those of the lowest order begin", () => {
    const steps = [
      step("c", { order: 2 }),
      step("a", { order: 1, requiredApprovals: 2 }),
      step("b", { order: 1 }),
    ];
    const { next } = accepted(request({ isSequential: true }), {
      kind: "replace_steps",
      via: signedIn,
      askers: [],
      steps,
    });
    expect(next.steps.map((s) => [s.id, s.status])).toEqual([
      ["a", "active"],
      ["b", "active"],
      ["c", "waiting"],
    ]);
    expect(next).toMatchObject({ requiredApprovals: 4, requiredSteps: 3 });
  });

  test("other steps run in order from then on, unless the asker wrote that they run at once", () => {
    const steps = [step("a", { order: 1 }), step("b", { order: 2 })];
    const command: Command = { kind: "replace_steps", via: signedIn, askers: [], steps };
    const inOrder = accepted(request(), command).next;
    expect(inOrder.isSequential).toBe(true);
    expect(inOrder.steps.map((s) => s.status)).toEqual(["active", "waiting"]);
    const atOnce = accepted(request({ stepsAtOnce: true }), command).next;
    expect(atOnce.isSequential).toBe(false);
    expect(atOnce.steps.map((s) => s.status)).toEqual(["active", "active"]);
  });

  test("a cancellation, and skips all that was open", () => {
    const { next, events } = accepted(chain, {
      kind: "cancel",
      by: "rita",
      via: signedIn,
      reason: "moot",
    });
    expect(next).toMatchObject({ status: "cancelled", decidedBy: "rita", decisionComment: "moot" });
    expect(next.steps.map((s) => s.status)).toEqual(["skipped", "skipped"]);
    expect(events).toEqual([
      {
        type: "approval.cancelled",
        data: { reason: "cancelled", comment: "moot", decided_by: "rita", via: signedIn },
      },
    ]);
  });

  test.each<[string, Command, string[]]>([
    ["a comment", { kind: "comment", id: "c", body: "hm", via: null }, ["approval.commented"]],
    ["the emergency stop", { kind: "stop", by: null, reason: null }, ["approval.cancelled"]],
  ])("%s with one event", (_what, command, expected) => {
    expect(eventTypes(request(), command)).toEqual(expected);
  });
});

describe("what was asked through something", () => {
  const app: Via = { kind: "app", id: "robot", name: "Robot", connection_id: "c1" };
  const asked = request({ askers: ["connection c1", "app robot"] });
  const connection = (id: string): Via => ({ kind: "connection", id, name: id });
  const reasonOf = (state: RequestState, command: Command) =>
    judge(state, command, now).refusal?.reason;

  test.each<[string, Via, boolean]>([
    ["the app that asked", app, false],
    ["the app through another connection", { ...app, connection_id: "c2" }, false],
    ["a key of the app's connection", connection("c1"), false],
    ["another app", { ...app, id: "other", connection_id: "c3" }, true],
    ["another connection", connection("c2"), true],
    ["a personal token", { kind: "token", id: "t1", name: "t1" }, true],
    ["a session", signedIn, true],
  ])("is decided through %s or not: %j, %s", (_, via, isAllowed) => {
    const voter = person("ann", { via });
    for (const decision of ["approve", "reject"] as const)
      expect(reasonOf(asked, vote(voter, { decision }))).toBe(
        isAllowed ? undefined : "asked_through_this",
      );
  });

  test("is decided through the connection that asked, where its owner agreed to that", () => {
    const voter = person("ann", { via: connection("c1"), mayDecideOwn: true });
    expect(reasonOf({ ...asked, requesterIds: ["ann"] }, vote(voter))).toBeUndefined();
    // Its app asked in Rita's name.
    expect(reasonOf(asked, vote(voter))).toBe("asked_through_this");
    const strict = { ...asked, fourEyes: true, requesterIds: ["ann"] };
    expect(reasonOf(strict, vote(voter))).toBe("own_request");
  });

  test("is as if whatever changed it, or its steps, had asked", () => {
    const askers = ["person bob", "app robot", "connection c1"];
    for (const command of [
      { kind: "revise", via: app, askers, changes: { title: "Another" } },
      { kind: "replace_steps", via: app, askers, steps: [step("s")] },
    ] satisfies Command[]) {
      const { transition } = judge(request({ askers: ["app robot"] }), command, now);
      expect(transition?.next.askers.toSorted()).toEqual(askers.toSorted());
      const strict = { ...must(transition).next, fourEyes: true };
      expect(reasonOf(strict, vote(person("bob")))).toBe("own_request");
      expect(reasonOf(strict, vote(person("ann")))).toBeUndefined();
      expect(reasonOf(must(transition).next, vote(person("ann", { via: app })))).toBe(
        "asked_through_this",
      );
    }
  });
});
