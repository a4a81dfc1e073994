// An automatic approval is a vote that the author of that rule casts ahead. It counts only if the author may still vote
// when it is due.
import {
  createTemplate,
  deleteTemplate,
  disablePerson,
  sweepDeadlines,
  updateConnection,
  updateMember,
  updateOrganization,
  updateTemplate,
} from "@sayso/core";
import {
  api,
  createOrganization,
  shareStage,
  type Approval,
  type TestOrganization,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { keyOfEarlierOwner } from "./earlier-owner.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

const soon = { auto_action: "approve", auto_action_after_minutes: 1 };

async function open({ fourEyes = false } = {}) {
  const organization = await createOrganization(services, server, { fourEyes });
  const [mia, ben, adam] = [
    await organization.addPerson({ name: "Mia" }),
    await organization.addPerson({ name: "Ben" }),
    await organization.addPerson({ name: "Adam", role: "admin" }),
  ];
  return { organization, owner: organization.owner, mia, ben, adam };
}

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
/** Creates a request in the session of this person. */
const ask = async (person: TestPerson, more: Record<string, unknown>) =>
  (await signedInApi(server.url, person)).call<Approval>("POST", "/api/v1/approvals", {
    body: { title: "Pay", description: "Rent", priority: "low", ...more },
  });
const asked = async (person: TestPerson, more: Record<string, unknown>): Promise<string> => {
  const answer = await ask(person, more);
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const isRefused = (message: RegExp) => ({
  status: 403,
  error: {
    message: expect.stringMatching(message) as string,
    details: { reason: "automatic_approval", field: "auto_action" },
  },
});

/** Moves the request's time, so that its automatic action is due. */
async function becomeDue(id: string): Promise<void> {
  await services.sql(
    "update requests set auto_action_at = now() - interval '1 second' where id = $1 and auto_action_at is not null",
    [id],
  );
  await sweepDeadlines(services);
}

/** Expects that the automatic action was dropped: the request waits for people, and its trail says why. */
async function expectDropped(
  { owner }: TestOrganization,
  id: string,
  reason: string,
): Promise<void> {
  const { body } = await owner.api.get(id);
  expect(body).toMatchObject({ status: "pending", auto_action: null, auto_action_at: null });
  const events = await services.sql<{ data: { reason: string } }>(
    "select data from events where request_id = $1 and type = 'approval.auto_action_dropped'",
    [id],
  );
  expect(events.map(({ data }) => data.reason)).toEqual([reason]);
}

const approvingTemplate = async (by: TestPerson, defaults = {}): Promise<string> =>
  (
    await createTemplate(by.context, {
      name: `Approves itself ${Math.random()}`,
      defaults: { autoAction: "approve", autoActionAfterMinutes: 1, ...defaults },
    })
  ).id;

describe("a rule that an asker wrote is refused, unless they could say yes alone at once", () => {
  test("to whoever may not approve", async () => {
    const { organization } = await open();
    const mute = await organization.addPerson({ canApprove: false });
    expect(await ask(mute, soon)).toMatchObject(isRefused(/may not approve/));
    expect((await ask(mute, { ...soon, auto_action: "reject" })).status).toBe(201);
  });

  test("past a quorum, or past others who are named, also to an admin", async () => {
    const { mia, ben, adam, owner } = await open();
    for (const who of [mia, adam])
      for (const more of [
        { required_approvals: 2, assigned_approvers: [ben.id, owner.id] },
        { required_approvals: 2, assigned_approvers: [ben.id, who.id] },
        { required_approvals: 2 },
        { assigned_approvers: [ben.id] },
        { is_sequential: true, assigned_approvers: [who.id, ben.id] },
      ])
        expect(await ask(who, { ...soon, ...more })).toMatchObject(isRefused(/your vote alone/));
  });

  test("but one who could is approved when it is due", async () => {
    const { mia, ben } = await open();
    for (const more of [{}, { assigned_approvers: [mia.id, ben.id] }]) {
      const id = await asked(mia, { ...soon, ...more });
      await becomeDue(id);
      expect((await ben.api.get(id)).body).toMatchObject({
        status: "approved",
        decided_via: { kind: "rule" },
      });
    }
  });
});

describe("a rule ends in nothing when it is due", () => {
  type There = Awaited<ReturnType<typeof open>>;
  test.each<[string, string, (there: There, author: TestPerson) => Promise<unknown>]>([
    [
      "its author was disabled",
      "author_may_not_approve",
      ({ owner }, { id }) => disablePerson(owner.context, id),
    ],
    [
      "its author may approve no more",
      "author_may_not_approve",
      ({ owner }, { id }) => updateMember(owner.context, id, { canApprove: false }),
    ],
    [
      "its author asked, and four eyes came",
      "own_request",
      ({ owner }) => updateOrganization(owner.context, { fourEyes: true }),
    ],
  ])("where %s: their own, or their template's", async (_, reason, change) => {
    const there = await open();
    const { adam, organization, ben } = there;
    const own = await asked(adam, soon);
    const template_id = await approvingTemplate(adam);
    const byTemplate = await asked(adam, { template_id });
    await deleteTemplate(there.owner.context, template_id);
    await change(there, adam);
    for (const id of [own, byTemplate]) {
      await becomeDue(id);
      await expectDropped(organization, id, reason);
      expect((await ben.api.approve(id)).body).toMatchObject({
        status: "approved",
        decided_via: { kind: "token" },
      });
    }
  });

  test("where the author of its template is no admin any more", async () => {
    const { adam, organization, mia, owner } = await open();
    const id = await asked(mia, { template_id: await approvingTemplate(adam) });
    await updateMember(owner.context, adam.id, { role: "member" });
    await becomeDue(id);
    // Their rules end with the role.
    await expectDropped(organization, id, "author_may_not_approve");
  });

  test("where the owner of a connection that wrote it lets it decide its own no more", async () => {
    const { organization, owner } = await open();
    const robot = await organization.addConnection({ canDecide: true, canDecideOwn: true });
    const [first, second] = [await robot.api.create(soon), await robot.api.create(soon)];
    await becomeDue(first.body.id);
    expect((await owner.api.get(first.body.id)).body.status).toBe("approved");
    await updateConnection(owner.context, robot.id, { canDecide: false });
    await becomeDue(second.body.id);
    await expectDropped(organization, second.body.id, "author_may_not_approve");
  });

  test("and a vote that comes just then counts", async () => {
    const { adam, ben, owner } = await open();
    const id = await asked(adam, soon);
    await updateMember(owner.context, adam.id, { canApprove: false });
    await services.sql("update requests set auto_action_at = now() where id = $1", [id]);
    expect((await ben.api.reject(id)).body).toMatchObject({ status: "rejected" });
  });

  test("and a deadline behind it is met", async () => {
    const { adam, mia, owner } = await open();
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const id = await asked(adam, { ...soon, expires_at });
    await updateMember(owner.context, adam.id, { canApprove: false });
    await services.sql(
      "update requests set auto_action_at = now() - interval '2 s', expires_at = now() - interval '1 s' where id = $1",
      [id],
    );
    await sweepDeadlines(services);
    await sweepDeadlines(services);
    expect((await mia.api.get(id)).body).toMatchObject({ status: "expired" });
  });
});

describe("an admin's template", () => {
  test("stands above names, as an admin does, for whoever asks", async () => {
    const { adam, mia, ben, owner } = await open({ fourEyes: true });
    const template_id = await approvingTemplate(adam);
    const id = await asked(mia, { template_id, assigned_approvers: [ben.id, owner.id] });
    await becomeDue(id);
    expect((await mia.api.get(id)).body).toMatchObject({ status: "approved" });
  });

  test("is not written where it would be one vote of several, by whichever verb", async () => {
    const { adam, ben, owner } = await open();
    const { call } = await signedInApi(server.url, adam);
    const path = "/api/v1/templates";
    const isOneOfSeveral = isRefused(/its author's vote alone/);
    for (const several of [
      { required_approvals: 2 },
      { is_sequential: true, assigned_approvers: [ben.id, owner.id] },
      { is_sequential: true, assigned_approvers: [ben.id, owner.id], required_approvals: 2 },
    ]) {
      const make = (name: string, rule: Record<string, unknown>) =>
        call<{ id: string }>("POST", path, { body: { name, defaults: { ...several, ...rule } } });
      const name = `Several ${Math.random()}`;
      expect(await make(name, soon)).toMatchObject(isOneOfSeveral);
      const harmless = await make(name, { ...soon, auto_action: "reject" });
      expect(harmless.status).toBe(201);
      expect(
        await call("PATCH", `${path}/${harmless.body.id}`, {
          body: { defaults: { ...several, ...soon } },
        }),
      ).toMatchObject(isOneOfSeveral);
    }
    const chainOfOne = { ...soon, is_sequential: true, assigned_approvers: [ben.id] };
    const body = { name: `Alone ${Math.random()}`, defaults: chainOfOne };
    expect((await call("POST", path, { body })).status).toBe(201);
  });

  test("approves nothing that needs more than its author's vote, whoever asks for that", async () => {
    const { organization, adam, mia, ben, owner } = await open();
    const template_id = await approvingTemplate(adam);
    const robot = await organization.addConnection();
    for (const more of [
      { required_approvals: 2 },
      { required_approvals: 3, assigned_approvers: [ben.id, owner.id, adam.id] },
      { is_sequential: true, assigned_approvers: [ben.id, owner.id] },
    ]) {
      const isOneOfSeveral = isRefused(/its author's vote alone/);
      expect(await ask(mia, { template_id, ...more })).toMatchObject(isOneOfSeveral);
      expect(await robot.api.create({ template_id, ...more })).toMatchObject(isOneOfSeveral);
      const rejecting = { template_id, ...more, ...soon, auto_action: "reject" };
      expect((await robot.api.create(rejecting)).status).toBe(201);
    }
    expect((await robot.api.create({ template_id, required_approvals: 1 })).status).toBe(201);
  });

  test.each([
    ["nobody", false],
    ["its author", true],
  ])(
    "approves no quorum of two that stands from earlier, with the vote of %s",
    async (_, votes) => {
      const { organization, adam, mia, ben } = await open();
      const id = await asked(mia, { template_id: await approvingTemplate(adam) });
      await services.sql("update requests set required_approvals = 2 where id = $1", [id]);
      if (votes) expect((await adam.api.approve(id)).body).toMatchObject({ status: "pending" });
      await becomeDue(id);
      await expectDropped(organization, id, "not_alone");
      if (votes) expect((await ben.api.approve(id)).body).toMatchObject({ status: "approved" });
    },
  );

  test("approves no last step for an author whose vote was the one before", async () => {
    const { organization, adam, mia } = await open();
    const id = await asked(mia, {
      template_id: await approvingTemplate(adam, { autoAction: "reject" }),
      is_sequential: true,
      assigned_approvers: [adam.id, mia.id],
    });
    await services.sql(
      "update requests set auto_action = 'approve', auto_action_by = $2, auto_action_of_template = true where id = $1",
      [id, adam.id],
    );
    expect((await adam.api.approve(id)).body).toMatchObject({ status: "pending" });
    await becomeDue(id);
    await expectDropped(organization, id, "not_alone");
  });

  test("doesn't approve what its author asks under four eyes, by whichever hand", async () => {
    const { adam, mia, organization, owner } = await open({ fourEyes: true });
    const template_id = await approvingTemplate(adam);
    expect(await ask(adam, { template_id })).toMatchObject(isRefused(/four-eyes principle/));
    const own = await organization.addConnection({ by: adam });
    expect(await own.api.create({ template_id })).toMatchObject(isRefused(/four-eyes principle/));
    const others = await organization.addConnection({ by: owner });
    expect((await others.api.create({ template_id })).status).toBe(201);
    const { key } = await keyOfEarlierOwner(services, adam, others.id);
    const adams = api(server.url, key);
    expect(await adams.create({ template_id })).toMatchObject(isRefused(/four-eyes principle/));
    // The person who wrote the template last is its author.
    await updateTemplate(owner.context, template_id, {
      defaults: { autoAction: "approve", autoActionAfterMinutes: 1 },
    });
    expect((await ask(adam, { template_id })).status).toBe(201);
    expect(await ask(owner, { template_id })).toMatchObject(isRefused(/four-eyes principle/));
    expect((await ask(mia, { template_id })).status).toBe(201);
  });

  test("keeps its author when somebody else only names it otherwise", async () => {
    const { adam, owner } = await open({ fourEyes: true });
    const template_id = await approvingTemplate(adam);
    await updateTemplate(owner.context, template_id, { description: "For rent" });
    expect(await ask(adam, { template_id })).toMatchObject(isRefused(/four-eyes principle/));
  });

  test("approves only what it words itself: not another title, priority or action", async () => {
    const { adam, organization } = await open();
    const robot = await organization.addConnection();
    const set = { title: "Rotate logs", priority: "low", actionType: "logs.rotate" } as const;
    const template_id = await approvingTemplate(adam, set);
    for (const [field, value] of [
      ["title", "Pay 1,000,000"],
      ["priority", "critical"],
      ["action_type", "payment.send"],
    ] as const) {
      const message = new RegExp(`leave ${field} out`);
      const answer = await robot.api.call("POST", "/api/v1/approvals", {
        body: { template_id, description: "Nightly", [field]: value },
      });
      expect(answer).toMatchObject(isRefused(message));
    }
    const worded = await robot.api.call<Approval>("POST", "/api/v1/approvals", {
      body: { template_id, description: "Nightly", title: "Rotate logs" },
    });
    expect(worded).toMatchObject({ status: 201, body: { auto_action: "approve" } });
  });

  test("approves nothing that was worded otherwise since", async () => {
    const { adam, mia, organization } = await open();
    const template_id = await approvingTemplate(adam, { title: "Rotate logs" });
    const body = { template_id, description: "Nightly", priority: "low" };
    const { call } = await signedInApi(server.url, mia);
    const { id } = (await call<Approval>("POST", "/api/v1/approvals", { body })).body;
    expect((await call("PUT", at(id), { body: { metadata: { host: "b" } } })).status).toBe(200);
    expect((await call("PUT", at(id), { body: { title: "Pay 1,000,000" } })).status).toBe(200);
    await becomeDue(id);
    await expectDropped(organization, id, "revised");
  });

  test("approves nothing where its author may not approve", async () => {
    const { adam, mia, owner } = await open();
    const template_id = await approvingTemplate(adam);
    await updateMember(owner.context, adam.id, { canApprove: false });
    expect(await ask(mia, { template_id })).toMatchObject(isRefused(/author/));
  });
});

describe("what is changed loses its rule", () => {
  test("other steps, by whoever gives them", async () => {
    const { organization, mia, adam } = await open();
    const robot = await organization.addConnection();
    const { body } = await robot.api.create({ template_id: await approvingTemplate(adam) });
    expect((await robot.api.revise(body.id, { title: "Another" })).status).toBe(403);
    const steps = [{ approver_id: mia.id, step_order: 1 }];
    expect((await robot.api.setSteps(body.id, steps)).status).toBe(201);
    await becomeDue(body.id);
    await expectDropped(organization, body.id, "steps_replaced");
    expect((await mia.api.approve(body.id)).body).toMatchObject({ status: "approved" });
  });

  test("another content, unless who wrote the rule changed it themselves", async () => {
    const { mia } = await open();
    const id = await asked(mia, soon);
    const { call } = await signedInApi(server.url, mia);
    expect((await call("PUT", at(id), { body: { title: "Another" } })).status).toBe(200);
    await becomeDue(id);
    expect((await mia.api.get(id)).body).toMatchObject({ status: "approved" });
  });
});
