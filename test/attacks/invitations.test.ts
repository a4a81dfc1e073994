// Nobody becomes a member without their own consent, and until then nothing about them is shown.
import { removeMember, resetPassword, updateMember } from "@sayso/core";
import { must } from "@sayso/must";
import { api as apiOf, createOrganization, shareStage, type TestPerson } from "@sayso/testkit";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createVisitor, type Visitor } from "../pages/visitor.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization: home, server, services, alice } = stage;
const attacker = await createOrganization(services, server, { name: "Attacker & Sons" });

interface Sent {
  id: string;
  link: { url: string } | null;
}

const asSession = async (person: TestPerson) => {
  const headers = { Cookie: `sayso_session=${await person.signIn()}`, Origin: server.url };
  return <Of>(method: string, path: string, body?: unknown) =>
    apiOf(server.url, null).call<Of>(method, path, { headers, body });
};
const owner = await asSession(attacker.owner);
const invite = (email: string, more: object = {}) =>
  owner<Sent>("POST", "/api/v1/invitations", { name: "Whoever", email, ...more });
const pathOf = (sent: Sent): string => new URL(must(sent.link).url).pathname;

let victim: TestPerson;
let invitation: string;
let invitationId: string;
beforeEach(async () => {
  victim = await home.addPerson({ name: `Victim ${crypto.randomUUID().slice(0, 8)}` });
  const { body } = await invite(victim.email.toUpperCase());
  invitation = pathOf(body);
  invitationId = body.id;
});

const visitorAs = async (person: TestPerson): Promise<Visitor> => {
  const visitor = createVisitor(server.url);
  visitor.cookies.set("sayso_session", await person.signIn());
  return visitor;
};
const csrfIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
const accept = async (visitor: Visitor, path: string) => {
  const { html } = await visitor.get(path);
  return visitor.post(`${path}/accept`, { csrf: csrfIn(html) });
};
const membersOf = async (organizationId: string) =>
  (
    await services.sql<{ id: string }>(
      "select person_id as id from memberships where organization_id = $1",
      [organizationId],
    )
  ).map(({ id }) => id);

describe("an admin who invites an address", () => {
  test("learns nothing of whoever has it: neither that there is an account nor its name", async () => {
    const known = await invite(`${crypto.randomUUID()}@example.com`);
    const [list] = [await owner<object>("GET", "/api/v1/invitations")];
    expect(Object.keys(known.body).sort()).toEqual(["id", "link"]);
    expect(JSON.stringify(list.body)).not.toContain(victim.name);
    expect(JSON.stringify(list.body)).not.toContain(victim.id);
    const people = await owner<object>("GET", "/api/v1/people");
    expect(JSON.stringify(people.body)).not.toContain(victim.name);
    const anybody = createVisitor(server.url);
    const ofKnown = (await anybody.get(invitation)).html;
    const ofUnknown = (await anybody.get(pathOf(known.body))).html;
    const plain = (html: string) =>
      html.replaceAll(/invitation(\/|%2F)[\w-]{43}/g, "LINK").replaceAll(/value="[^"]*"/g, "");
    expect(plain(ofKnown)).toBe(plain(ofUnknown));
    expect(ofKnown).not.toContain(victim.name);
  });

  test("makes nobody a member, and keeps nobody's own admins from anything", async () => {
    expect(await membersOf(attacker.id)).toEqual([attacker.owner.id]);
    await updateMember(home.context, victim.id, { name: "Renamed" });
    await resetPassword(home.context, victim.id);
    const foreign = await owner("GET", `/api/v1/people/${victim.id}`);
    expect(foreign.status).toBe(404);
  });

  test("gets no account of theirs by the link", async () => {
    const anybody = createVisitor(server.url);
    const taken = await anybody.post(invitation, { name: "Me", password: "nine rare otters swim" });
    expect(taken.status).toBe(409);
    expect(anybody.cookies.has("sayso_session")).toBe(false);
    expect((await createVisitor(server.url).signIn(victim)).status).toBe(303);
  });
});

describe("an invitation", () => {
  test("is accepted by its person, signed in, once; twice is harmless", async () => {
    const visitor = await visitorAs(victim);
    const first = await accept(visitor, invitation);
    expect([first.status, first.location]).toEqual([303, "/"]);
    expect(await membersOf(attacker.id)).toContain(victim.id);
    expect((await visitor.get(invitation)).status).toBe(303);
    const { html } = await visitor.get("/account");
    const again = await visitor.post(`${invitation}/accept`, { csrf: csrfIn(html) });
    expect([again.status, again.location]).toEqual([303, "/"]);
    const [row] = await services.sql<{ count: number }>(
      "select count(*)::int as count from events where type = 'person.joined' and data->>'person_id' = $1",
      [victim.id],
    );
    expect(row?.count).toBe(1);
  });

  test("of one person is refused to another, who learns not whose it is", async () => {
    const visitor = await visitorAs(alice);
    const page = await visitor.get(invitation);
    expect(page.status).toBe(403);
    expect(page.html).not.toContain(victim.email);
    const refused = await visitor.post(`${invitation}/accept`, { csrf: csrfIn(page.html) });
    expect(refused.status).toBe(403);
    expect(await membersOf(attacker.id)).not.toContain(alice.id);
  });

  test("isn't accepted by a form of another page", async () => {
    const visitor = await visitorAs(victim);
    expect((await visitor.post(`${invitation}/accept`, { csrf: "x" })).status).toBe(403);
    expect(await membersOf(attacker.id)).not.toContain(victim.id);
  });

  test("ends when it is withdrawn, sent again or too old", async () => {
    const visitor = await visitorAs(victim);
    const again = await owner<Sent>("POST", `/api/v1/invitations/${invitationId}/send-again`);
    expect((await visitor.get(invitation)).status).toBe(404);
    const second = pathOf(again.body);
    await services.sql("update invitations set expires_at = now() where id = $1", [invitationId]);
    expect((await visitor.get(second)).status).toBe(404);
    const renewed = await owner<Sent>("POST", `/api/v1/invitations/${invitationId}/send-again`);
    const third = pathOf(renewed.body);
    const open = await visitor.get(third);
    expect(open.status).toBe(200);
    await owner("DELETE", `/api/v1/invitations/${invitationId}`);
    const late = await visitor.post(`${third}/accept`, { csrf: csrfIn(open.html) });
    expect(late.status).toBe(404);
    expect(await membersOf(attacker.id)).not.toContain(victim.id);
  });

  test("falls with the admin who sent it", async () => {
    const admin = await attacker.addPerson({ role: "admin" });
    const asAdmin = await asSession(admin);
    const email = `${crypto.randomUUID()}@example.com`;
    const body = { name: "Friend", email, role: "admin" };
    const sent = await asAdmin<Sent>("POST", "/api/v1/invitations", body);
    await removeMember(attacker.context, admin.id);
    const friend = createVisitor(server.url);
    const path = pathOf(sent.body);
    const joined = await friend.post(path, { name: "Friend", password: "nine rare otters swim" });
    expect(joined.status).toBe(404);
    expect((await owner("DELETE", `/api/v1/invitations/${sent.body.id}`)).status).toBe(200);
  });

  test("of somebody new makes their account; of two at once one joins", async () => {
    const { body } = await invite(`new.${crypto.randomUUID()}@example.com`);
    const form = { name: "Nia Neu", password: "nine rare otters swim" };
    const answers = await Promise.all(
      [1, 2].map(() => createVisitor(server.url).post(pathOf(body), form)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
  });

  test("of another organization is nobody's to see, send or withdraw", async () => {
    const stranger = await asSession(home.owner);
    const path = `/api/v1/invitations/${invitationId}`;
    expect((await stranger("DELETE", path)).status).toBe(404);
    expect((await stranger("POST", `${path}/send-again`)).status).toBe(404);
    const { body } = await stranger<{ data: unknown[] }>("GET", "/api/v1/invitations");
    expect(JSON.stringify(body)).not.toContain(invitationId);
  });
});

describe("an e-mail address", () => {
  test.each(["<a@example.com>", "Ada <a@example.com>", '"a"@example.com', "a@example.com, b@x.de"])(
    "spelt %s is none, and no second account",
    async (email) => {
      const { status, error } = await invite(email);
      expect([status, error?.details?.fields?.[0]?.field]).toEqual([400, "email"]);
    },
  );

  test("in other spellings is the same one", async () => {
    const [local = ""] = victim.email.split("@");
    for (const same of [` ${local}@EXAMPLE.com `, `${local}@ｅｘａｍｐｌｅ.com`])
      expect((await invite(same)).status).toBe(409);
  });
});
