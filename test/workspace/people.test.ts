// People, teams and one's own account, as the dashboard administers them.
import { must } from "@sayso/must";
import {
  createOrganization,
  shareStage,
  until,
  api as apiOf,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

interface Person {
  id: string;
  name: string;
  role: string;
  can_approve: boolean;
  status: string;
  teams: { id: string; name: string }[];
}
interface Invited {
  id: string;
  link: { url: string; expires_at: string } | null;
}

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, alice, bob, services, server } = stage;
const { call } = owner.api;

const events = async (type: string): Promise<Record<string, unknown>[]> =>
  (
    await services.sql<{ data: Record<string, unknown> }>(
      "select data from events where organization_id = $1 and type = $2 order by id",
      [organization.id, type],
    )
  ).map(({ data }) => data);
const inSession = async (person: TestPerson) => {
  const headers = { Cookie: `sayso_session=${await person.signIn()}`, Origin: server.url };
  const anybody = apiOf(server.url, null);
  return <Of>(method: string, path: string, body?: unknown) =>
    anybody.call<Of>(method, path, { headers, body });
};

const asOwner = await inSession(owner);
const invite = (body: Record<string, unknown>) =>
  asOwner<Invited>("POST", "/api/v1/invitations", body);

describe("everybody", () => {
  test("is listed by name, page by page, with the exact total", async () => {
    const { body } = await call<{ data: Person[]; total: number }>("GET", "/api/v1/people", {
      query: { page_size: 2 },
    });
    expect(body.total).toBe(3);
    expect(body.data.map(({ name }) => name)).toEqual(["Alice Approver", "Bob Approver"]);
    const rest = await call<{ data: Person[] }>("GET", "/api/v1/people", {
      query: { page_size: 2, page: 2 },
    });
    expect(rest.body.data.map(({ id }) => id)).toEqual([owner.id]);
  });

  test("is found by a part of the name or the address, in any case; signs stand for themselves", async () => {
    const find = async (search: string) =>
      (
        await call<{ data: Person[]; total: number }>("GET", "/api/v1/people", {
          query: { search },
        })
      ).body;
    expect((await find("bob APP")).data.map(({ id }) => id)).toEqual([bob.id]);
    expect((await find(alice.email.toUpperCase())).data.map(({ id }) => id)).toEqual([alice.id]);
    expect((await find("%")).total).toBe(0);
  });

  test("is nobody of another organization", async () => {
    const theirs = await createOrganization(services, server);
    const { body } = await theirs.owner.api.call<{ data: Person[] }>("GET", "/api/v1/people");
    expect(body.data.map(({ id }) => id)).toEqual([theirs.owner.id]);
    expect((await theirs.owner.api.call("GET", `/api/v1/people/${alice.id}`)).status).toBe(404);
  });
});

describe("somebody who is invited", () => {
  test("gets a link once, is listed as invited and no member, and may be invited again", async () => {
    const { status, body } = await invite({ name: "Ada Byron", email: "ada@example.com" });
    expect(status).toBe(201);
    expect(body.link?.url).toMatch(/\/invitation\/[\w-]{43}$/);
    const listed = async () =>
      (
        await asOwner<{ data: { id: string; status: string }[] }>("GET", "/api/v1/invitations")
      ).body.data.find(({ id }) => id === body.id);
    expect(await listed()).toMatchObject({
      status: "invited",
      role: "member",
      email: "ada@example.com",
      invited_by_name: owner.name,
    });
    const found = await call<{ total: number }>("GET", "/api/v1/people", {
      query: { search: "ada@example.com" },
    });
    expect(found.body.total).toBe(0);
    const again = await asOwner<Invited>("POST", `/api/v1/invitations/${body.id}/send-again`);
    expect(again.status).toBe(200);
    expect((await fetch(must(body.link).url, { redirect: "manual" })).status).toBe(404);
    expect((await fetch(must(again.body.link).url, { redirect: "manual" })).status).toBe(200);
    expect((await asOwner("DELETE", `/api/v1/invitations/${body.id}`)).status).toBe(200);
    expect(await listed()).toBeUndefined();
    expect((await fetch(must(again.body.link).url, { redirect: "manual" })).status).toBe(404);
    expect((await asOwner("DELETE", `/api/v1/invitations/${body.id}`)).status).toBe(404);
  });

  test("twice is a conflict, an address that is none is named, and nothing is changed", async () => {
    const before = (await call<{ total: number }>("GET", "/api/v1/people")).body.total;
    expect((await invite({ name: "Alice", email: alice.email })).status).toBe(409);
    const wrong = await invite({ name: "Nobody", email: "nobody" });
    expect([wrong.status, wrong.error?.details?.fields?.[0]?.field]).toEqual([400, "email"]);
    expect((await call<{ total: number }>("GET", "/api/v1/people")).body.total).toBe(before);
  });

  test("is made an owner by owners only", async () => {
    const admin = await organization.addPerson({ name: "Adam Admin", role: "admin" });
    const body = { name: "Olga", email: "olga@example.com", role: "owner" };
    expect((await (await inSession(admin))("POST", "/api/v1/invitations", body)).status).toBe(403);
    expect((await invite(body)).status).toBe(201);
  });
});

describe("a person", () => {
  test("gets another name and other rights at once, with an event of each", async () => {
    const person = await organization.addPerson({ name: "Cara" });
    const { body } = await call<Person>("PATCH", `/api/v1/people/${person.id}`, {
      body: { name: "  Cara   Carlson ", role: "admin", can_approve: false },
    });
    expect([body.name, body.role, body.can_approve]).toEqual(["Cara Carlson", "admin", false]);
    expect((await events("person.renamed")).at(-1)).toEqual({
      person_id: person.id,
      name: "Cara Carlson",
      previous_name: "Cara",
      via: expect.objectContaining({ kind: "token" }) as object,
    });
    expect((await events("person.updated")).at(-1)).toMatchObject({
      person_id: person.id,
      role: "admin",
      can_approve: false,
    });
  });

  test("who belongs elsewhere too keeps their name, and what came with it is undone", async () => {
    const theirs = await createOrganization(services, server);
    await theirs.admit(bob);
    const refused = await call("PATCH", `/api/v1/people/${bob.id}`, {
      body: { role: "admin", name: "Bobby" },
    });
    expect(refused.status).toBe(409);
    const { body: now } = await call<Person>("GET", `/api/v1/people/${bob.id}`);
    expect([now.name, now.role]).toEqual([bob.name, "member"]);
  });

  test("is shut out and let in again; the last owner never is", async () => {
    const person = await organization.addPerson({ name: "Dora" });
    const disabled = await call<Person>("POST", `/api/v1/people/${person.id}/disable`);
    expect([disabled.status, disabled.body.status]).toEqual([200, "disabled"]);
    await until(async () => (await person.api.list()).status === 401, "her token is refused");
    const enabled = await call<Person>("POST", `/api/v1/people/${person.id}/enable`);
    expect(enabled.body.status).toBe("active");
    const last = await createOrganization(services, server);
    const path = `/api/v1/people/${last.owner.id}`;
    expect((await last.owner.api.call("POST", `${path}/disable`)).status).toBe(409);
    expect((await last.owner.api.call("DELETE", path)).status).toBe(409);
  });

  test("is removed; their connections wait for a new owner and can be handed over", async () => {
    const leaving = await organization.addPerson({ name: "Emil", role: "admin" });
    const connection = await organization.addConnection({ by: leaving });
    const { body } = await call<{ connections: { id: string }[] }>(
      "GET",
      `/api/v1/people/${leaving.id}`,
    );
    expect(body.connections.map(({ id }) => id)).toEqual([connection.id]);
    expect((await call("DELETE", `/api/v1/people/${leaving.id}`)).status).toBe(200);
    expect((await call("GET", `/api/v1/people/${leaving.id}`)).status).toBe(404);
    const path = `/api/v1/people/${leaving.id}/transfer-connections`;
    const moved = await asOwner("POST", path, { to_person_id: owner.id });
    expect([moved.status, moved.body]).toEqual([200, { transferred: 1 }]);
    expect((await asOwner("POST", path, { to_person_id: owner.id })).status).toBe(404);
  });

  test("gets a link to a new password", async () => {
    const path = `/api/v1/people/${alice.id}/password-link`;
    const { status, body } = await asOwner<{ url: string }>("POST", path);
    expect([status, body.url]).toEqual([200, expect.stringMatching(/\/reset\//)]);
  });

  test("gets no link by a token, which would then be worth a session", async () => {
    const body = { name: "Mallory", email: "mallory@example.com", role: "admin" };
    expect((await call("POST", "/api/v1/invitations", { body })).status).toBe(403);
    for (const link of ["invitation", "password-link"])
      expect((await call("POST", `/api/v1/people/${alice.id}/${link}`)).status).toBe(403);
  });
});

describe("a team", () => {
  test("keeps members who are disabled, and takes as many as there are", async () => {
    const own = await createOrganization(stage.services, stage.server);
    const team = await own.addTeam("Everybody", []);
    await stage.services.sql(
      `with made as (insert into people (id, name, disabled_at)
         select gen_random_uuid(), 'Number ' || n, case when n = 1 then now() end from generate_series(1, 120) n returning id)
       insert into memberships (organization_id, person_id, role) select $1, id, 'member' from made`,
      [own.id],
    );
    const ids = (
      await stage.services.sql<{ id: string }>(
        "select person_id as id from memberships where organization_id = $1",
        [own.id],
      )
    ).map(({ id }) => id);
    expect(ids).toHaveLength(121);
    const set = (member_ids: string[]) =>
      own.owner.api.call<{ member_ids: string[] }>("PUT", `/api/v1/teams/${team.id}/members`, {
        body: { member_ids },
      });
    const stored = async () => {
      const rows = await stage.services.sql<{ id: string }>(
        "select person_id as id from team_members where team_id = $1",
        [team.id],
      );
      return new Set(rows.map(({ id }) => id));
    };
    expect((await set(ids)).body.member_ids).toHaveLength(120);
    expect(await stored()).toEqual(new Set(ids));
    expect((await set([])).status).toBe(200);
    expect(await stored()).toEqual(new Set());
  });

  test("gets another name, and goes when nothing asks it", async () => {
    const team = await organization.addTeam("Ops", [alice]);
    const { body } = await call<{ name: string; member_ids: string[] }>(
      "PATCH",
      `/api/v1/teams/${team.id}`,
      { body: { name: "Operations" } },
    );
    expect(body).toMatchObject({ name: "Operations", member_ids: [alice.id] });
    const waiting = await stage.machine.api.create({ assigned_team_id: team.id });
    expect((await call("DELETE", `/api/v1/teams/${team.id}`)).status).toBe(409);
    await stage.machine.api.cancel(waiting.body.id);
    expect((await call("DELETE", `/api/v1/teams/${team.id}`)).status).toBe(200);
    expect((await call("DELETE", `/api/v1/teams/${team.id}`)).status).toBe(404);
  });
});

describe("whoever is signed in", () => {
  test("changes their own name; a token in their name can't", async () => {
    const session = await inSession(alice);
    const renamed = await session<{ name: string }>("PATCH", "/api/v1/me", { name: "Alice A." });
    expect(renamed.body.name).toBe("Alice A.");
    const byToken = await alice.api.call("PATCH", "/api/v1/me", { body: { name: "Mallory" } });
    expect(byToken.status).toBe(403);
  });

  test("goes on in another organization of theirs, and in no other one", async () => {
    const second = await createOrganization(services, server, { name: "Second" });
    await second.admit(alice, "admin");
    const session = await inSession(alice);
    const foreign = await createOrganization(services, server);
    const to = (id: string) => session("POST", "/api/v1/me/organization", { organization_id: id });
    expect((await to(foreign.id)).status).toBe(404);
    expect((await to(second.id)).status).toBe(200);
    const me = await session<{ organization: { id: string }; role: string }>("GET", "/api/v1/me");
    expect([me.body.organization.id, me.body.role]).toEqual([second.id, "admin"]);
  });

  test("signs out: the session ends, and the browser forgets it", async () => {
    const session = await inSession(bob);
    const out = await session("POST", "/api/v1/me/sign-out");
    expect(out.status).toBe(200);
    expect(out.headers.get("set-cookie")).toMatch(/^sayso_session=; Max-Age=0; Path=\/; HttpOnly/);
    expect((await session("GET", "/api/v1/me")).status).toBe(401);
  });
});
