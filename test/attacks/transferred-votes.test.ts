// A vote that a person may not cast can't be given to another person either: who is barred doesn't choose the voter.
import { createTemplate, transferConnections, updateMember } from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openStage,
  shareStage,
  type Answer,
  type Approval,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { changesApi } from "../surfaces/changes/changes-api.ts";
import { bodyOf, runsApi, step, team, user } from "../surfaces/runs/runs-api.ts";
import { keyOfEarlierOwner } from "./earlier-owner.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

const at = (id: string, rest = "") => `/api/v1/approvals/${id}${rest}`;
const refusal = ({ status, error }: Answer) => `${status} ${String(error?.details?.reason)}`;

/** Creates an organization where Ann asks, Ben is the other reviewer, and Cy is none. */
async function openCast({ fourEyes = true } = {}) {
  const organization = await createOrganization(services, server, { fourEyes });
  const { owner } = organization;
  const [ann, ben, cy] = [
    await organization.addPerson({ name: "Ann", role: "admin" }),
    await organization.addPerson({ name: "Ben" }),
    await organization.addPerson({ name: "Cy" }),
  ];
  const robot = await organization.addConnection({ by: ann });
  const [anns, bens] = [await signedInApi(server.url, ann), await signedInApi(server.url, ben)];
  const ask = async (more: Record<string, unknown>) =>
    bodyOf(
      await anns.call<Approval>("POST", "/api/v1/approvals", {
        body: { title: "Pay", description: "Rent", priority: "low", ...more },
      }),
      201,
    ).id;
  const setFourEyes = async (isOn: boolean) => {
    await services.sql("update organizations set four_eyes = $2 where id = $1", [
      organization.id,
      isOn,
    ]);
  };
  const start = async (type: "any" | "all", ...reviewers: TestPerson[]) => {
    const runs = runsApi(server.url, organization.id, `AccessKey ${robot.key}`);
    const flow = bodyOf(
      await runs.createFlow({ steps: [step(type, ...reviewers.map(user))] }),
      201,
    );
    return bodyOf(await runs.start(flow.id, { previousObject: {}, object: { price: 1 } }), 201).id;
  };
  return { organization, owner, ann, ben, cy, robot, anns, bens, ask, start, setFourEyes };
}
type Cast = Awaited<ReturnType<typeof openCast>>;

/** Returns the people whom a request and its steps name, in order. */
const namedIn = async (id: string) =>
  (
    await services.sql<{ named: string[] | null }>(
      `select coalesce(s.assigned_user_ids, r.assigned_approvers) as named from requests r
       left join steps s on s.request_id = r.id where r.id = $1 order by s.step_order, s.id`,
      [id],
    )
  ).map(({ named }) => named);

/** Expects that Ann gives her vote on the request to nobody, by any credential, and that Cy has none. */
async function expectKept(cast: Cast, id: string, reason = "403 own_request"): Promise<void> {
  const { ann, cy, anns } = cast;
  const before = await namedIn(id);
  const body = { to_user_id: cy.id };
  expect((await anns.call("GET", at(id, "/your-vote"))).body).toMatchObject({
    can_decide: false,
    can_delegate: false,
  });
  expect(refusal(await anns.call("POST", at(id, "/delegate"), { body }))).toBe(reason);
  expect(refusal(await ann.api.delegate(id, body))).toBe(reason);
  const steps = await services.sql<{ id: string }>(
    "select id from steps where request_id = $1 and status = 'active' and $2 = any (assigned_user_ids)",
    [id, ann.id],
  );
  for (const { id: step_id } of steps)
    expect(
      refusal(await anns.call("POST", at(id, "/delegate"), { body: { ...body, step_id } })),
    ).toBe(reason);
  expect((await cy.api.approve(id)).status).toBeGreaterThanOrEqual(400);
  expect(await namedIn(id)).toEqual(before);
  expect((await cy.api.get(id)).body.status).toBe("pending");
}

describe("under four eyes the asker, who is named beside another approver, gives the vote to nobody", () => {
  const ways: Record<string, (cast: Cast) => Promise<string>> = {
    "as one of the approvers": ({ ask, ann, ben }) => ask({ assigned_approvers: [ann.id, ben.id] }),
    "in order": ({ ask, ann, ben }) =>
      ask({ assigned_approvers: [ann.id, ben.id], is_sequential: true }),
    "in steps that came with the request": ({ ask, ann, ben }) =>
      ask({ steps: [{ assigned_user_ids: [ann.id, ben.id] }] }),
    "in steps that were set afterwards": async ({ ask, ann, ben, anns }) => {
      const id = await ask({ assigned_approvers: [ben.id] });
      const steps = [{ assigned_user_ids: [ann.id, ben.id], required_approvals: 2 }];
      bodyOf(await anns.call("POST", at(id, "/steps"), { body: { steps } }), 201);
      return id;
    },
    "of a template": async ({ ask, owner, ann, ben }) => {
      const { id: template_id } = await createTemplate(owner.context, {
        name: "Payments",
        defaults: { assignedApprovers: [ann.id, ben.id], requiredApprovals: 2 },
      });
      return ask({ template_id });
    },
    "after a revision": async ({ ask, ann, ben, anns }) => {
      const id = await ask({ assigned_approvers: [ann.id, ben.id], required_approvals: 2 });
      await ben.api.approve(id);
      bodyOf(await anns.call("PUT", at(id), { body: { title: "Pay twice" } }));
      return id;
    },
    "through a connection of theirs": async ({ robot, ann, ben }) =>
      bodyOf(await robot.api.create({ assigned_approvers: [ann.id, ben.id] }), 201).id,
    "through a connection that has another owner now": async (cast) => {
      const { owner, robot, ann, ben } = cast;
      const { id } = bodyOf(await robot.api.create({ assigned_approvers: [ann.id, ben.id] }), 201);
      await owner.inPerson((own) =>
        transferConnections(own, { fromPersonId: ann.id, toPersonId: owner.id }),
      );
      return id;
    },
    "through a run of any of them": ({ start, ann, ben }) => start("any", ann, ben),
    "through a run of all of them": async ({ start, setFourEyes, ann, ben }) => {
      await setFourEyes(false);
      const id = await start("all", ann, ben);
      await setFourEyes(true);
      return id;
    },
  };
  test.each(Object.entries(ways))("%s", async (_way, ask) => {
    const cast = await openCast();
    await expectKept(cast, await ask(cast));
  });

  test("so a run that needs all of them doesn't start, because it could never be approved", async () => {
    const { organization, owner, ann, ben, robot } = await openCast();
    const crew = await organization.addTeam("Crew", [ann, ben]);
    const steps = [
      step("any", user(ann), user(ben)),
      step("all", user(ann), user(ben)),
      step("all", team(crew)),
    ];
    const anns = runsApi(server.url, organization.id, `AccessKey ${robot.key}`);
    const owners = await organization.addConnection({ by: owner });
    const others = runsApi(server.url, organization.id, `AccessKey ${owners.key}`);
    for (const [n, one] of steps.entries()) {
      const flow = bodyOf(await anns.createFlow({ steps: [one] }), 201).id;
      const started = await anns.start(flow, { previousObject: {}, object: { price: 1 } });
      expect(started.status).toBe(n === 0 ? 201 : 400);
      if (n > 0)
        expect(started.body).toMatchObject({
          message: expect.stringMatching(/four-eyes principle.*somebody else/) as string,
          details: { fields: [{ field: "steps.0" }] },
        });
      bodyOf(await others.start(flow, { previousObject: {}, object: { price: 2 } }), 201);
    }
  });

  test("through a connection that votes in their name", async () => {
    const cast = await openCast();
    const voting = await cast.organization.addConnection({
      by: cast.ann,
      canDecide: true,
      canDecideOwn: true,
    });
    const id = await cast.ask({ assigned_approvers: [cast.ann.id, cast.ben.id] });
    expect(refusal(await voting.api.delegate(id, { to_user_id: cast.cy.id }))).toBe(
      "403 own_request",
    );
    await expectKept(cast, id);
  });

  test("who made the key of the connection that asked", async () => {
    const cast = await openCast();
    const { organization, owner, ann, ben } = cast;
    const owners = await organization.addConnection({ by: owner });
    const { key } = await keyOfEarlierOwner(services, ann, owners.id);
    const asked = await api(server.url, key).create({ assigned_approvers: [ann.id, ben.id] });
    await expectKept(cast, bodyOf(asked, 201).id);
  });

  test("while the other reviewer may delegate, but not to the asker, and not by a chain of two", async () => {
    const cast = await openCast({ fourEyes: false });
    const { ann, ben, cy, owner, ask, setFourEyes, bens } = cast;
    // Before four eyes Ben gives his place to Ann, who asked.
    const id = await ask({ assigned_approvers: [ben.id] });
    bodyOf(await bens.call("POST", at(id, "/delegate"), { body: { to_user_id: ann.id } }));
    await setFourEyes(true);
    await expectKept(cast, id);

    const other = await ask({ assigned_approvers: [ann.id, ben.id], required_approvals: 2 });
    const give = (by: typeof bens, to: TestPerson) =>
      by.call("POST", at(other, "/delegate"), { body: { to_user_id: to.id } });
    expect(refusal(await give(bens, ann))).toBe("409 not_eligible");
    bodyOf(await give(bens, cy));
    expect(refusal(await give(await signedInApi(server.url, cy), ann))).toBe("409 not_eligible");
    bodyOf(await give(await signedInApi(server.url, cy), owner));
    expect(await namedIn(other)).toEqual([[ann.id, owner.id]]);
    expect((await cy.api.approve(other)).status).toBe(403);
  });
});

describe("without four eyes", () => {
  test("the asker gives on the vote that they have", async () => {
    const { ann, ben, cy, ask, anns } = await openCast({ fourEyes: false });
    const id = await ask({ assigned_approvers: [ann.id, ben.id] });
    bodyOf(await anns.call("POST", at(id, "/delegate"), { body: { to_user_id: cy.id } }));
    expect((await cy.api.approve(id)).body).toMatchObject({ status: "approved" });
  });

  test("in changes nobody is named, so nobody gives a vote away", async () => {
    const { ann, cy, robot, anns, owner } = await openCast({ fourEyes: false });
    const { id } = bodyOf(
      await changesApi(robot.api).propose({
        entityId: "x",
        action: "create",
        payload: { config: {} },
      }),
      201,
    );
    for (const by of [anns, await signedInApi(server.url, owner)]) {
      const given = await by.call("POST", at(id, "/delegate"), { body: { to_user_id: cy.id } });
      expect(given.status).toBe(403);
    }
    expect(
      (await anns.call("POST", at(id, "/steps"), { body: { steps: [{ approver_id: cy.id }] } }))
        .status,
    ).toBe(409);
    expect((await cy.api.approve(id)).status).toBe(409);
    expect((await ann.api.approve(id)).status).toBe(403);
  });
});

describe("nobody gives away a vote that they can't cast now", () => {
  test("on a step whose turn has not come", async () => {
    const { ann, ben, cy, owner, organization } = await openCast();
    const { api } = await organization.addConnection({ by: owner });
    const { id } = bodyOf(
      await api.create({ assigned_approvers: [ann.id, ben.id], is_sequential: true }),
      201,
    );
    const [first, second] = (await ben.api.steps(id)).body.data;
    const body = { to_user_id: cy.id };
    expect(refusal(await ben.api.delegate(id, { ...body, step_id: must(second).id }))).toBe(
      "409 step_not_active",
    );
    expect(refusal(await ben.api.delegate(id, body))).toBe("409 no_active_step");
    expect(refusal(await ben.api.delegate(id, { ...body, step_id: must(first).id }))).toBe(
      "403 not_eligible",
    );
    bodyOf(await ann.api.approve(id));
    bodyOf(await ben.api.delegate(id, body));
    expect((await cy.api.approve(id)).body.status).toBe("approved");
  });

  test("after their vote, without the permission to approve, or on a decided request", async () => {
    const { ann, ben, cy, owner, organization } = await openCast();
    const { api } = await organization.addConnection({ by: owner });
    const { id } = bodyOf(
      await api.create({ assigned_approvers: [ann.id, ben.id], required_approvals: 2 }),
      201,
    );
    const body = { to_user_id: cy.id };
    bodyOf(await ann.api.approve(id));
    expect(refusal(await ann.api.delegate(id, body))).toBe("409 already_voted");
    await updateMember(owner.context, ben.id, { canApprove: false });
    expect((await ben.api.delegate(id, body)).status).toBe(403);
    await updateMember(owner.context, ben.id, { canApprove: true });
    bodyOf(await ben.api.approve(id));
    expect(refusal(await ben.api.delegate(id, body))).toBe("409 already_decided");
  });

  test("during an emergency stop", async () => {
    // A server without a worker doesn't cancel the pending request, so the test has time to try.
    const still = await openStage({ env: { SAYSO_ROLE: "api" } });
    try {
      const { alice, bob, machine } = still;
      const { body } = await machine.api.create({ assigned_approvers: [alice.id] });
      await still.services.sql("update organizations set emergency_stop_at = now()");
      expect(await alice.api.delegate(body.id, { to_user_id: bob.id })).toMatchObject({
        status: 503,
        error: { code: "EMERGENCY_STOP" },
      });
      await still.services.sql("update organizations set emergency_stop_at = null");
      expect((await alice.api.get(body.id)).body.assigned_approvers).toEqual([alice.id]);
    } finally {
      await still.close();
    }
  });
});
