// A right that a person handed out, and a rule that they wrote, stand on the membership that they had then. A removal ends
// them for good: an invitation makes another membership. The loss of a right, and a new password, end a rule as well.
import {
  endOrphanedSubscriptions,
  enablePerson,
  disablePerson,
  invitePerson,
  changePassword,
  removeMember,
  sweepDeadlines,
  updateConnection,
  updateMember,
  updateTemplate,
} from "@sayso/core";
import { createOrganization, shareStage, type Approval, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

const soon = { auto_action: "approve", auto_action_after_minutes: 1 };
const rule = { autoAction: "approve", autoActionAfterMinutes: 1 } as const;

async function open() {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const adam = await organization.addPerson({ name: "Adam", role: "admin" });
  const mia = await organization.addPerson({ name: "Mia" });
  /** Removes the person and lets them come back in the role that they had. */
  const comeBack = async ({ id, email, password, role }: TestPerson) => {
    const { call } = await signedInApi(server.url, owner);
    expect((await call("DELETE", `/api/v1/people/${id}`)).status).toBe(200);
    const { link } = await invitePerson(organization.operator, { email, name: "Again", role });
    const joined = await createVisitor(server.url).post(new URL(link.url).pathname, {
      name: "Again",
      password,
    });
    expect(joined.status).toBe(303);
  };
  return { organization, owner, adam, mia, comeBack };
}

const ask = async (person: TestPerson, more: Record<string, unknown>) =>
  (await signedInApi(server.url, person)).call<Approval>("POST", "/api/v1/approvals", {
    body: { title: "Pay", description: "Rent", priority: "low", ...more },
  });
async function asked(person: TestPerson, more: Record<string, unknown>): Promise<string> {
  const { status, body } = await ask(person, more);
  expect(status).toBe(201);
  return body.id;
}
async function makeTemplate(person: TestPerson): Promise<string> {
  const { call } = await signedInApi(server.url, person);
  const { status, body } = await call<{ id: string }>("POST", "/api/v1/templates", {
    body: { name: `Template ${Math.random()}`, defaults: soon },
  });
  expect(status).toBe(201);
  return body.id;
}
async function becomeDue(id: string): Promise<void> {
  await services.sql(
    "update requests set auto_action_at = now() - interval '1 second' where id = $1",
    [id],
  );
  await sweepDeadlines(services);
}
const reasons = (id: string) =>
  services.sql(
    "select data ->> 'reason' as reason from events where request_id = $1 and type = 'approval.auto_action_dropped'",
    [id],
  );

describe("a rule that approves", () => {
  test("ends with the membership of its author, though they come back: their own, and their template's", async () => {
    const { adam, mia, owner, comeBack } = await open();
    const own = await asked(adam, soon);
    const byTemplate = await asked(mia, { template_id: await makeTemplate(adam) });
    await comeBack(adam);
    for (const id of [own, byTemplate]) {
      await becomeDue(id);
      expect((await owner.api.get(id)).body).toMatchObject({
        status: "pending",
        auto_action: null,
      });
      expect(await reasons(id)).toEqual([{ reason: "author_may_not_approve" }]);
    }
  });

  test("of a template is none after its author came back, until an admin saves it again", async () => {
    const { adam, mia, organization, comeBack } = await open();
    const template_id = await makeTemplate(adam);
    await comeBack(adam);
    expect(await ask(mia, { template_id })).toMatchObject({
      status: 403,
      error: { details: { reason: "automatic_approval" } },
    });
    await updateTemplate({ ...organization.context, actor: adam.context.actor }, template_id, {
      name: "Named otherwise",
    });
    expect((await ask(mia, { template_id })).status).toBe(403);
    await updateTemplate({ ...organization.context, actor: adam.context.actor }, template_id, {
      defaults: rule,
    });
    const id = await asked(mia, { template_id });
    await becomeDue(id);
    expect((await mia.api.get(id)).body).toMatchObject({ status: "approved" });
  });

  const losses: [string, (opened: Awaited<ReturnType<typeof open>>) => Promise<unknown>][] = [
    [
      "was disabled and enabled",
      async ({ adam, owner }) => {
        await disablePerson(owner.context, adam.id);
        await enablePerson(owner.context, adam.id);
      },
    ],
    [
      "was demoted and promoted",
      async ({ adam, owner }) => {
        await updateMember(owner.context, adam.id, { role: "member" });
        await updateMember(owner.context, adam.id, { role: "admin" });
      },
    ],
    [
      "lost the right to approve and got it back",
      async ({ adam, owner }) => {
        await updateMember(owner.context, adam.id, { canApprove: false });
        await updateMember(owner.context, adam.id, { canApprove: true });
      },
    ],
    [
      "chose another password, because somebody else had used their session",
      ({ adam }) =>
        changePassword(adam.context, {
          currentPassword: adam.password,
          newPassword: "seven other herons",
          keepSessionId: "none",
        }),
    ],
  ];
  test.each(losses)(
    "is none any more after its author %s, until they write it again",
    async (_, lose) => {
      const opened = await open();
      const { adam, mia, owner, organization } = opened;
      const template_id = await makeTemplate(adam);
      const own = await asked(adam, soon);
      const byTemplate = await asked(mia, { template_id });
      await lose(opened);
      expect((await ask(mia, { template_id })).status).toBe(403);
      for (const id of [own, byTemplate]) {
        await becomeDue(id);
        expect((await owner.api.get(id)).body).toMatchObject({
          status: "pending",
          auto_action: null,
        });
      }
      await updateTemplate({ ...organization.context, actor: adam.context.actor }, template_id, {
        defaults: rule,
      });
      const id = await asked(mia, { template_id });
      await becomeDue(id);
      expect((await mia.api.get(id)).body).toMatchObject({ status: "approved" });
    },
  );

  test("of a connection ends when its voting ends, also after its owner agrees again", async () => {
    const { adam, owner, organization } = await open();
    const robot = await organization.addConnection({
      by: adam,
      canDecide: true,
      canDecideOwn: true,
    });
    const { body } = await robot.api.create(soon);
    await owner.inPerson((there) => updateConnection(there, robot.id, { canDecide: false }));
    await adam.inPerson((there) =>
      updateConnection(there, robot.id, { canDecide: true, canDecideOwn: true }),
    );
    await becomeDue(body.id);
    expect((await owner.api.get(body.id)).body).toMatchObject({ status: "pending" });
  });
});

test("an invitation that a removed admin sent stays closed after they came back", async () => {
  const { adam, organization, comeBack } = await open();
  const guest = {
    email: `guest.${Math.random()}@example.com`,
    name: "Guest",
    role: "member",
  } as const;
  const { link } = await invitePerson(
    { ...organization.context, actor: adam.context.actor },
    guest,
  );
  await comeBack(adam);
  const path = new URL(link.url).pathname;
  const joined = await createVisitor(server.url).post(path, {
    name: "Guest",
    password: "four green hats run",
  });
  expect(joined.status).toBe(404);
});

test("nothing is sent to the endpoints that a removed person, or a connection of theirs, subscribed before", async () => {
  const { adam, owner, organization, comeBack } = await open();
  const robot = await organization.addConnection({ by: adam });
  const byToken = await adam.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: "https://hooks.example.com/adam", event_types: ["approval.created"] },
  });
  const byKey = await robot.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: "https://hooks.example.com/robot", event_types: ["approval.created"] },
  });
  const byOwner = await owner.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: "https://hooks.example.com/owner", event_types: ["approval.created"] },
  });
  expect([byToken.status, byKey.status, byOwner.status]).toEqual([201, 201, 201]);
  await comeBack(adam);
  await endOrphanedSubscriptions(services);
  const isTold = async (id: string) =>
    (
      await services.sql<{ told: boolean }>("select subscription_is_told($1, $2) as told", [
        organization.id,
        id,
      ])
    )[0]?.told;
  expect(await Promise.all([byToken, byKey, byOwner].map(({ body }) => isTold(body.id)))).toEqual([
    false,
    false,
    true,
  ]);
});

test("a removal alone ends nothing of a connection that another person takes over", async () => {
  const { adam, owner, organization } = await open();
  const robot = await organization.addConnection({ by: adam });
  const { body } = await robot.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: "https://hooks.example.com/robot", event_types: ["approval.created"] },
  });
  await removeMember(owner.context, adam.id);
  const { call } = await signedInApi(server.url, owner);
  const moved = await call("POST", `/api/v1/people/${adam.id}/transfer-connections`, {
    body: { to_person_id: owner.id },
  });
  expect(moved.status).toBe(200);
  const [told] = await services.sql("select subscription_is_told($1, $2) as told", [
    organization.id,
    body.id,
  ]);
  expect(told).toEqual({ told: true });
});
