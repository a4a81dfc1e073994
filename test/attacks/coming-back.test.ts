// A removed person who is invited again gets the role of the invitation, and nothing of the access from before.
import { allScopes } from "@sayso/catalogue";
import { invitePerson, removeMember, type Context } from "@sayso/core";
import {
  api,
  createOrganization,
  shareStage,
  type TestOrganization,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";
import { bodyOf, runsApi, step, user } from "../surfaces/runs/runs-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;
const ANOTHER = "nine rare otters swim";

async function open() {
  const organization = await createOrganization(services, server);
  const fay = await organization.addPerson({ name: "Fay", role: "admin" });
  const bot = await organization.addConnection({ by: fay, canDecide: true });
  const session = await fay.signIn();
  const before = api(server.url, fay.token);
  expect([(await before.list()).status, (await bot.api.list()).status]).toEqual([200, 200]);
  const fays = runsApi(server.url, organization.id, `Bearer ${fay.token}`);
  const steps = [step("all", user(fay), user(organization.owner))];
  const flow = bodyOf(await fays.createFlow({ steps }), 201).id;
  await removeMember(organization.context, fay.id);
  const invite = async (by: Partial<Context>) => {
    const asked = { email: fay.email, name: "Fay the second", role: "member" } as const;
    const { link } = await invitePerson({ ...organization.context, ...by }, asked);
    return new URL(link.url).pathname;
  };
  return { organization, fay, bot, session, before, flow, invite };
}

/** A signed-in admin. Sayso shows them the link, so the link proves nothing about who reads the address. */
const signedIn = ({ owner }: TestOrganization): Partial<Context> => ({
  actor: { kind: "person", personId: owner.id, role: "owner", via: "session" },
});
/** The operator of the server. A link that was mailed, and shown to nobody, counts the same. */
const onTheServer = ({ operator }: TestOrganization): Partial<Context> => operator;
const join = async (path: string, password: string) => {
  const visitor = createVisitor(server.url);
  return { visitor, ...(await visitor.post(path, { name: "Somebody", password })) };
};
const memberships = ({ id }: TestPerson) =>
  services.sql<{ role: string; name: string }>(
    "select m.role, p.name from memberships m join people p on p.id = m.person_id where p.id = $1",
    [id],
  );

describe("who was removed, and is in no organization any more,", () => {
  test("comes back by an invitation and the password that they had, as what it says", async () => {
    const { organization, fay, invite } = await open();
    const signingIn = await createVisitor(server.url).signIn(fay);
    expect([signingIn.status, signingIn.headers.getSetCookie().join()]).toEqual([
      401,
      expect.not.stringContaining("sayso_session"),
    ]);
    expect(signingIn.html).toContain("no longer a member of any organization");
    const { visitor, status, location } = await join(
      await invite(signedIn(organization)),
      fay.password,
    );
    expect([status, location]).toEqual([303, "/"]);
    expect(await memberships(fay)).toEqual([{ role: "member", name: "Fay" }]);
    expect((await visitor.get("/account")).status).toBe(200);
    expect((await createVisitor(server.url).signIn(fay)).status).toBe(303);
  });

  test("brings nothing back of what they had: no session, token, key or vote", async () => {
    const { organization, fay, bot, session, before, invite } = await open();
    expect((await join(await invite(signedIn(organization)), fay.password)).status).toBe(303);
    await expect.poll(async () => (await before.list()).status).toBe(401);
    // This wait is longer than any server remembers that it refused a key.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await before.list()).status).toBe(401);
    expect((await bot.api.list()).status).toBe(401);
    const old = createVisitor(server.url);
    old.cookies.set("sayso_session", session);
    expect((await old.get("/account")).status).toBe(303);
    expect(
      await services.sql("select can_decide from connections where owner_id = $1", [fay.id]),
    ).toEqual([{ can_decide: false }]);
  });

  test("doesn't own the flows that they made before: admins say who reviews these", async () => {
    const { organization, fay, flow, invite } = await open();
    expect((await join(await invite(signedIn(organization)), fay.password)).status).toBe(303);
    const { token } = await fay.createToken(allScopes);
    const fays = runsApi(server.url, organization.id, `Bearer ${token}`);
    const steps = [step("any", user(fay))];
    expect((await fays.updateFlow(flow, { steps })).status).toBe(403);
    expect((await fays.deleteFlow(flow)).status).toBe(403);
    const own = bodyOf(await fays.createFlow({ steps }), 201);
    expect((await fays.updateFlow(own.id, { name: "Renamed" })).status).toBe(200);
  });

  test("isn't let in with another password by a link that an admin has seen; guesses are slowed down", async () => {
    const { organization, fay, invite } = await open();
    const path = await invite(signedIn(organization));
    const statuses = [];
    for (let guess = 0; guess < 6; guess++)
      statuses.push((await join(path, `${ANOTHER} ${guess}`)).status);
    expect(statuses).toEqual([409, 409, 409, 409, 409, 429]);
    expect(await memberships(fay)).toEqual([]);
  });

  test("chooses a new password by a link that was given to them alone; the old one is none then", async () => {
    const { organization, fay, invite } = await open();
    const path = await invite(onTheServer(organization));
    expect((await join(path, "short")).status).toBe(422);
    expect((await join(path, ANOTHER)).status).toBe(303);
    expect(await memberships(fay)).toEqual([{ role: "member", name: "Fay" }]);
    expect((await createVisitor(server.url).signIn(fay)).status).toBe(401);
    const again = await createVisitor(server.url).signIn({ ...fay, password: ANOTHER });
    expect(again.status).toBe(303);
    expect((await join(path, ANOTHER)).status).toBe(404);
  });

  test("isn't let in while they are disabled", async () => {
    const { organization, fay, invite } = await open();
    await services.sql("update people set disabled_at = now() where id = $1", [fay.id]);
    const path = await invite(onTheServer(organization));
    for (const password of [fay.password, ANOTHER])
      expect((await join(path, password)).status).toBe(409);
    expect(await memberships(fay)).toEqual([]);
  });
});

test("a link changes no password of somebody who is a member anywhere", async () => {
  const { organization, fay, invite } = await open();
  const elsewhere = await createOrganization(services, server);
  await elsewhere.admit(fay);
  const path = await invite(onTheServer(organization));
  for (const password of [fay.password, ANOTHER])
    expect((await join(path, password)).status).toBe(409);
  expect((await createVisitor(server.url).signIn(fay)).status).toBe(303);
});
