import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../actors/actor.ts";
import { hashSecret } from "../credentials/api-key.ts";
import { createAuthenticator } from "../authentication/authenticate.ts";
import { createConnection } from "../connections/create-connection.ts";
import { listConnections } from "../connections/list-connections.ts";
import type { FullContext } from "../services.ts";
import { createTeam } from "../teams/create-team.ts";
import { listTeams } from "../teams/list-teams.ts";
import { setTeamMembers } from "../teams/set-team-members.ts";
import { acceptInvitation } from "../invitations/accept-invitation.ts";
import { invitePerson } from "../invitations/invite-person.ts";
import { createPerson } from "./create-person.ts";
import { disablePerson, enablePerson } from "./disable-person.ts";
import { findPerson } from "./find-person.ts";
import { inviteAgain } from "./invite-again.ts";
import { readOneTimeLink } from "./open-link.ts";
import { authenticateToken } from "../authentication/authenticate-token.ts";
import { createToken } from "../personal-tokens/create-token.ts";
import { removeMember } from "./remove-member.ts";
import { resetPassword } from "./reset-password.ts";
import { authenticateSession } from "../signing-in/sessions.ts";
import { setPassword } from "./set-password.ts";
import { signIn } from "../signing-in/sign-in.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { transferConnections } from "./transfer-connections.ts";

const PASSWORD = "correct horse battery";
const device = { userAgent: null, address: null };
let database: TestDatabase;
let count = 0;

beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );
const add = (role: Role = "member", more: { password?: string } = { password: PASSWORD }) =>
  createPerson(database.owner, {
    email: `member${++count}@example.com`,
    name: `Member ${count}`,
    role,
    ...more,
  });
const addId = async (role?: Role) => (await add(role)).personId;
const eventsOf = async (personId: string) => {
  const { rows } = await database.services.system.query<{ type: string }>(
    `select type from events where data->>'person_id' = $1 order by id`,
    [personId],
  );
  return rows.map(({ type }) => type);
};

describe("a member who is removed", () => {
  async function leave() {
    const { services, owner } = database;
    const id = await addId();
    const { email, name } = (await findPerson(owner, id)) as { email: string; name: string };
    const { sessionToken } = await signIn(services, {
      email,
      password: PASSWORD,
      deviceToken: null,
      ...device,
    });
    const token = await createToken(database.as(id, "member"), { name: "laptop", scopes: [] });
    const link = await resetPassword(owner, id);
    const team = await createTeam(owner, { name: `Team of ${id}` });
    await setTeamMembers(owner, team.id, [id]);
    await removeMember(owner, id);
    return { id, email, name, sessionToken, token, link, team };
  }

  test("is nobody here any more: session, token, link and team are gone in the same moment", async () => {
    const { id, email, sessionToken, token, link, team } = await leave();
    const { services, owner } = database;
    expect(await authenticateSession(services, sessionToken)).toBeNull();
    expect(await authenticateToken(services, hashSecret(token.token))).toBeNull();
    expect(await readOneTimeLink(services, link.token, ["password_reset"])).toBeNull();
    const use = { ...device, token: link.token, purposes: ["password_reset"] as const };
    expect(await codeOf(setPassword(services, { ...use, password: "a new pass phrase" }))).toBe(
      "not_found",
    );
    expect((await listTeams(owner)).find(({ id: teamId }) => teamId === team.id)?.members).toEqual(
      [],
    );
    expect(await codeOf(findPerson(owner, id))).toBe("not_found");
    const again = { email, password: PASSWORD, deviceToken: null, ...device };
    expect(await codeOf(signIn(services, again))).toBe("unauthenticated");
    expect(await eventsOf(id)).toContain("person.removed");
    expect(await codeOf(removeMember(owner, id))).toBe("not_found");
  });

  test("gets nothing of it back by being added again", async () => {
    const { id, email, sessionToken, token, link } = await leave();
    const { services, owner } = database;
    const back = { email, name: "Another name", role: "member" } as const;
    expect(await codeOf(createPerson(owner, back))).toBe("conflict");
    const { link: invited } = await invitePerson(owner, back);
    expect(await codeOf(acceptInvitation(database.as(id, "member"), invited.token))).toBe("done");
    expect(await authenticateSession(services, sessionToken)).toBeNull();
    expect(await authenticateToken(services, hashSecret(token.token))).toBeNull();
    expect(await readOneTimeLink(services, link.token, ["password_reset"])).toBeNull();
    expect((await findPerson(owner, id)).teams).toEqual([]);
  });

  test("has no session, token or link that was made at the same moment", async () => {
    const { services, owner } = database;
    for (let round = 0; round < 12; round++) {
      const id = await addId();
      const { email } = (await findPerson(owner, id)) as { email: string };
      const entering = { email, password: PASSWORD, deviceToken: null, ...device };
      await Promise.allSettled([
        signIn(services, entering),
        createToken(database.as(id, "member"), { name: "x", scopes: [] }),
        resetPassword(owner, id),
        // Somewhere in the middle of the others.
        new Promise((resolve) => setTimeout(resolve, round * 4)).then(() =>
          removeMember(owner, id),
        ),
      ]);
      const { rows } = await services.system.query<Record<string, number>>(
        `select (select count(*)::int from memberships where person_id = $1) as memberships,
           (select count(*)::int from sessions where person_id = $1) as sessions,
           (select count(*)::int from personal_tokens where person_id = $1 and revoked_at is null) as tokens,
           (select count(*)::int from one_time_links where person_id = $1) as links`,
        [id],
      );
      expect(rows[0]).toEqual({ memberships: 0, sessions: 0, tokens: 0, links: 0 });
    }
  });

  test("keeps their name on what they did, in that organization only", async () => {
    const { id, name } = await leave();
    const seenBy = async (organizationId: string) => {
      const db = await database.services.app.connect();
      try {
        await db.query(`begin; set local sayso.organization_id = '${organizationId}'`);
        const seen = await db.query<{ name: string }>("select name from people where id = $1", [
          id,
        ]);
        return seen.rows;
      } finally {
        await db.query("rollback");
        db.release();
      }
    };
    expect(await seenBy(database.owner.organizationId)).toEqual([{ name }]);
    expect(await seenBy((await database.addOrganization("Elsewhere")).organizationId)).toEqual([]);
  });

  test("may leave by themselves, but in person; others are an admin's to remove", async () => {
    const [id, other] = [await addId(), await addId()];
    expect(await codeOf(removeMember(database.as(id, "member"), other))).toBe("forbidden");
    const byToken = {
      ...database.owner,
      actor: { kind: "person", personId: id, role: "member", via: "token" },
    } as const;
    expect(await codeOf(removeMember(byToken, id))).toBe("forbidden");
    expect(await codeOf(removeMember(database.as(id, "member"), id))).toBe("done");
    const [owner, admin] = [await addId("owner"), await addId("admin")];
    expect(await codeOf(removeMember(database.as(admin, "admin"), owner))).toBe("forbidden");
  });

  test("stays in other organizations, with what they have there", async () => {
    const elsewhere = await database.addOrganization("Elsewhere");
    const id = await addId();
    await database.admit(id, elsewhere);
    const there = await createToken(database.as(id, "member", elsewhere.organizationId), {
      name: "there",
      scopes: [],
    });
    const here = await createToken(database.as(id, "member"), { name: "here", scopes: [] });
    await removeMember(database.owner, id);
    const { services } = database;
    expect(await authenticateToken(services, hashSecret(here.token))).toBeNull();
    expect(await authenticateToken(services, hashSecret(there.token))).not.toBeNull();
  });
});

describe("connections of somebody who left", () => {
  test("stay in the list, are refused, and work again for another owner", async () => {
    const { services, owner } = database;
    const [from, to] = [await addId("admin"), await addId()];
    const { connection, key } = await createConnection(database.as(from, "admin"), { name: "Bot" });
    const authenticated = async () => {
      const authenticator = createAuthenticator(services);
      const found = await authenticator.authenticateKey(key);
      await authenticator.close();
      return found?.actor.ownerId;
    };
    expect(await authenticated()).toBe(from);
    await removeMember(owner, from);
    expect(await authenticated()).toBeUndefined();
    const listed = (await listConnections(owner)).find(({ id }) => id === connection.id);
    expect(listed?.ownerId).toBe(from);
    expect(listed?.ownerName).toMatch(/^Member/);

    const transfer = (by: FullContext, toPersonId: string) =>
      transferConnections(by, { fromPersonId: from, toPersonId });
    const disabled = await addId();
    await disablePerson(owner, disabled);
    expect(await codeOf(transfer(database.as(to, "member"), to))).toBe("forbidden");
    for (const nobody of [from, disabled, "nobody", services.newId()])
      expect(await codeOf(transfer(owner, nobody))).toBe("validation_failed");
    expect(await transfer(owner, to)).toBe(1);
    expect(await authenticated()).toBe(to);
    expect(await transfer(owner, to)).toBe(0);
  });

  test("of another organization are never transferred", async () => {
    const elsewhere = await database.addOrganization("Elsewhere");
    const id = await addId("admin");
    await database.admit(id, elsewhere, "admin");
    const there = database.as(id, "admin", elsewhere.organizationId);
    const { connection } = await createConnection(there, { name: "Theirs" });
    const to = await addId();
    expect(await transferConnections(database.owner, { fromPersonId: id, toPersonId: to })).toBe(0);
    expect((await listConnections(there)).find((one) => one.id === connection.id)?.ownerId).toBe(
      id,
    );
  });
});

describe("an invitation", () => {
  test("can be made again until it was taken; the older one dies", async () => {
    const { services, owner } = database;
    const { personId, invitation } = await add("member", {});
    expect((await findPerson(owner, personId)).hasSignIn).toBe(false);
    const again = await inviteAgain(owner, personId);
    const read = (token: string) => readOneTimeLink(services, token, ["invitation"]);
    expect(await read(must(invitation).token)).toBeNull();
    expect(await read(again.token)).toMatchObject({ personId });
    expect(again.url).toBe(`http://localhost:3000/reset/${again.token}`);
    await setPassword(services, {
      ...device,
      token: again.token,
      purposes: ["invitation"],
      password: PASSWORD,
    });
    expect((await findPerson(owner, personId)).hasSignIn).toBe(true);
    expect(await codeOf(inviteAgain(owner, personId))).toBe("conflict");
    expect(await eventsOf(personId)).toContain("person.invited_again");
  });

  test("is an admin's to make, an owner's for an owner, and none for somebody disabled", async () => {
    const [owner, admin, member] = [
      (await add("owner", {})).personId,
      await addId("admin"),
      (await add("member", {})).personId,
    ];
    expect(await codeOf(inviteAgain(database.as(admin, "admin"), owner))).toBe("forbidden");
    expect(await codeOf(inviteAgain(database.as(member, "member"), member))).toBe("forbidden");
    await disablePerson(database.owner, member);
    expect(await codeOf(inviteAgain(database.as(admin, "admin"), member))).toBe("conflict");
  });
});

describe("somebody who belongs to two organizations", () => {
  test("is in nobody's hands: neither of the two gets a link, disables or enables them; the command line may", async () => {
    const elsewhere = await database.addOrganization("Elsewhere");
    const { personId, invitation } = await add("member", {});
    await database.admit(personId, elsewhere);
    expect(
      await readOneTimeLink(database.services, must(invitation).token, ["invitation"]),
    ).not.toBeNull();
    for (const deed of [inviteAgain, resetPassword, disablePerson])
      expect(await codeOf(deed(elsewhere, personId))).toBe("conflict");
    expect(await codeOf(disablePerson(database.owner, personId))).toBe("done");
    expect(await codeOf(enablePerson(elsewhere, personId))).toBe("conflict");
    expect(await codeOf(enablePerson(database.owner, personId))).toBe("done");
    expect(await codeOf(removeMember(elsewhere, personId))).toBe("done");
    expect(await codeOf(findPerson(database.owner, personId))).toBe("done");
  });
});
