import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashSecret } from "../credentials/api-key.ts";
import type { FullContext } from "../services.ts";
import { createClient } from "../oauth/create-client.ts";
import { createGrant } from "../oauth/create-grant.ts";
import { listGrants } from "../oauth/list-grants.ts";
import { changePassword } from "./change-password.ts";
import { disablePerson } from "../members/disable-person.ts";
import { endOtherSessions, endOwnSession } from "./end-own-session.ts";
import { findPerson } from "../members/find-person.ts";
import { listOwnOrganizations } from "./list-own-organizations.ts";
import { listSessions } from "./list-sessions.ts";
import { readOneTimeLink } from "../members/open-link.ts";
import { authenticateToken } from "../authentication/authenticate-token.ts";
import { createToken } from "../personal-tokens/create-token.ts";
import { removeMember } from "../members/remove-member.ts";
import { renameSelf } from "./rename-self.ts";
import { resetPassword } from "../members/reset-password.ts";
import { authenticateSession, type Session } from "../signing-in/sessions.ts";
import { setPassword } from "../members/set-password.ts";
import { signIn } from "../signing-in/sign-in.ts";
import { switchOrganization } from "./switch-organization.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";

const PASSWORD = "correct horse battery";
const device = { userAgent: "Some browser", address: "192.0.2.1" };
let database: TestDatabase;
let clientId: string;
let count = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  const made = await createClient(database.owner, {
    name: "App",
    redirectUris: ["https://app.example.com/callback"],
  });
  clientId = made.client.id;
});
afterAll(() => database.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

interface SignedInPerson {
  id: string;
  email: string;
  me: FullContext;
  session: Session;
  sessionToken: string;
  enter(password?: string): Promise<Session>;
}

/** A member who is signed in. */
async function newPerson(): Promise<SignedInPerson> {
  const email = `person${++count}@example.com`;
  const id = await database.addPerson(email, PASSWORD);
  const enter = async (password = PASSWORD) => {
    const attempt = { email, password, deviceToken: null, ...device };
    const { sessionToken } = await signIn(database.services, attempt);
    const session = must(await authenticateSession(database.services, sessionToken));
    return { session, sessionToken };
  };
  return {
    id,
    email,
    me: database.as(id, "member"),
    ...(await enter()),
    enter: async (password) => (await enter(password)).session,
  };
}

/** Makes the credentials that a new password and a disabling must end. */
async function newCredentials({ me }: SignedInPerson) {
  const { token } = await createToken(me, { name: "laptop", scopes: [] });
  await createGrant(me, { clientId, scopes: ["approvals:read"], resource: null });
  return {
    areAlive: async () => ({
      token: (await authenticateToken(database.services, hashSecret(token))) !== null,
      grants: (await listGrants(me, { whose: "own" })).length,
    }),
  };
}
const dead = { token: false, grants: 0 };
const alive = { token: true, grants: 1 };
const idsOf = async (context: FullContext) => (await listSessions(context)).map(({ id }) => id);

describe("sessions of one's own", () => {
  test("are listed with where they are from, the one used last first, also those of other organizations", async () => {
    const person = await newPerson();
    const elsewhere = await database.addOrganization("Elsewhere");
    await database.admit(person.id, elsewhere);
    const second = await person.enter();
    await switchOrganization(person.me, second.id, elsewhere.organizationId);
    await database.services.system.query(
      "update sessions set last_seen_at = now() - interval '1 hour' where id = $1",
      [person.session.id],
    );
    const sessions = await listSessions(person.me);
    expect(sessions).toMatchObject([
      { id: second.id, organizationName: "Elsewhere", ...device },
      { id: person.session.id, organizationName: "Sayso", ...device },
    ]);
    expect(must(sessions[1]).lastSeenAt.getTime()).toBeLessThan(
      must(sessions[0]).lastSeenAt.getTime(),
    );
  });

  test("end one by one, or all but one, and nobody else's", async () => {
    const [person, stranger] = [await newPerson(), await newPerson()];
    const [second, third] = [await person.enter(), await person.enter()];
    expect(await codeOf(endOwnSession(person.me, stranger.session.id))).toBe("not_found");
    expect(await codeOf(endOwnSession(person.me, "no id"))).toBe("not_found");
    await endOwnSession(person.me, second.id);
    expect(await codeOf(endOwnSession(person.me, second.id))).toBe("not_found");
    expect(new Set(await idsOf(person.me))).toEqual(new Set([person.session.id, third.id]));
    expect(await endOtherSessions(person.me, third.id)).toBe(1);
    expect(await idsOf(person.me)).toEqual([third.id]);
    expect(await authenticateSession(database.services, person.sessionToken)).toBeNull();
    expect(await idsOf(stranger.me)).toEqual([stranger.session.id]);
    const { rows } = await database.services.system.query(
      "select from events where type = 'session.ended' and actor_id = $1",
      [person.id],
    );
    expect(rows).toHaveLength(2);
  });

  test.each(["token", "oauth"] as const)("are out of reach for a %s", async (via) => {
    const { id, session } = await newPerson();
    const context: FullContext = {
      ...database.owner,
      actor: { kind: "person", personId: id, role: "member", via },
    };
    const passwords = { currentPassword: PASSWORD, newPassword: "a new pass phrase" };
    for (const deed of [
      () => listSessions(context),
      () => endOwnSession(context, session.id),
      () => endOtherSessions(context, session.id),
      () => changePassword(context, { ...passwords, keepSessionId: session.id }),
      () => renameSelf(context, "Mallory"),
      () => listOwnOrganizations(context),
      () => switchOrganization(context, session.id, context.organizationId),
    ])
      expect(await codeOf(deed())).toBe("forbidden");
  });
});

describe("changing one's password", () => {
  const change = (
    { me, session }: SignedInPerson,
    currentPassword: string,
    newPassword = "a new pass phrase",
  ) => changePassword(me, { currentPassword, newPassword, keepSessionId: session.id });

  test("keeps the present session and ends everything else: sessions, tokens, apps, links", async () => {
    const person = await newPerson();
    await person.enter();
    const credentials = await newCredentials(person);
    const link = await resetPassword(database.owner, person.id);
    expect(await credentials.areAlive()).toEqual(alive);
    await change(person, PASSWORD);
    expect(await idsOf(person.me)).toEqual([person.session.id]);
    expect(await credentials.areAlive()).toEqual(dead);
    expect(await readOneTimeLink(database.services, link.token, ["password_reset"])).toBeNull();
    expect(await codeOf(person.enter(PASSWORD))).toBe("unauthenticated");
    expect((await person.enter("a new pass phrase")).actor.personId).toBe(person.id);
  });

  test("somebody else's session is not kept by naming it", async () => {
    const [person, stranger] = [await newPerson(), await newPerson()];
    await change({ ...person, session: stranger.session }, PASSWORD);
    expect(await idsOf(person.me)).toEqual([]);
    expect(await idsOf(stranger.me)).toEqual([stranger.session.id]);
  });

  test("names the faulty field", async () => {
    const person = await newPerson();
    const fieldOf = (promise: Promise<unknown>) =>
      promise.catch(
        (error: { details?: { fields?: { field: string }[] } }) =>
          error.details?.fields?.[0]?.field,
      );
    expect(await fieldOf(change(person, PASSWORD, "short"))).toBe("newPassword");
    expect(await fieldOf(change(person, PASSWORD, person.email))).toBe("newPassword");
    expect(await fieldOf(change(person, "not my password"))).toBe("currentPassword");
  });

  test("counts wrong guesses like failed sign-ins: five are free, then even the right one waits", async () => {
    const person = await newPerson();
    for (let i = 0; i < 5; i++)
      expect(await codeOf(change(person, `guess ${i}`))).toBe("validation_failed");
    expect(await codeOf(change(person, PASSWORD))).toBe("rate_limited");
    // A faulty new password costs no attempt, and the sign-in from another address is free.
    expect((await person.enter()).actor.personId).toBe(person.id);
  });

  test("of two at the same moment one holds", async () => {
    const person = await newPerson();
    const outcomes = await Promise.all([
      codeOf(change(person, PASSWORD, "one new pass phrase")),
      codeOf(change(person, PASSWORD, "two new pass phrase")),
    ]);
    expect(outcomes.sort()).toEqual(["conflict", "done"]);
  });

  test("needs a password to change", async () => {
    const person = await newPerson();
    await database.services.system.query("update people set password_hash = null where id = $1", [
      person.id,
    ]);
    expect(await codeOf(change(person, PASSWORD))).toBe("invalid_state");
  });
});

describe("what apps were allowed", () => {
  test("ends with a new password by link, with a disabling and with a removal", async () => {
    const byLink = await newPerson();
    const first = await newCredentials(byLink);
    const { token } = await resetPassword(database.owner, byLink.id);
    await setPassword(database.services, {
      ...device,
      token,
      purposes: ["password_reset"],
      password: "a new pass phrase",
    });
    expect(await first.areAlive()).toEqual(dead);
    for (const shutOut of [disablePerson, removeMember]) {
      const person = await newPerson();
      const credentials = await newCredentials(person);
      expect(await credentials.areAlive()).toEqual(alive);
      await shutOut(database.owner, person.id);
      expect(await credentials.areAlive()).toEqual(dead);
    }
  });
});

describe("one's own name", () => {
  test("is changed, tidied and looked at", async () => {
    const { id, me } = await newPerson();
    await renameSelf(me, "  Ada   Lovelace ");
    expect((await findPerson(me, id)).name).toBe("Ada Lovelace");
    for (const bad of ["", "   ", "zero\u200bwidth", "x".repeat(101)])
      expect(await codeOf(renameSelf(me, bad))).toBe("validation_failed");
    await renameSelf(me, "Ada Lovelace");
    const { rows } = await database.services.system.query(
      "select from events where type = 'person.renamed' and actor_id = $1",
      [id],
    );
    expect(rows).toHaveLength(1);
  });
});

describe("organizations of one's own", () => {
  test("are listed by name with one's role, and a session moves between them", async () => {
    const person = await newPerson();
    const other = await database.addOrganization("Another one");
    const closed = await database.addOrganization("Not theirs");
    await database.admit(person.id, other, "admin");
    const here = database.owner.organizationId;
    expect(await listOwnOrganizations(person.me)).toEqual([
      { id: other.organizationId, name: "Another one", role: "admin" },
      { id: here, name: "Sayso", role: "member" },
    ]);
    const { services } = database;
    await switchOrganization(person.me, person.session.id, other.organizationId);
    expect(await authenticateSession(services, person.sessionToken)).toMatchObject({
      organizationId: other.organizationId,
      actor: { role: "admin" },
    });
    const stranger = await newPerson();
    for (const [session, organization] of [
      [person.session.id, closed.organizationId],
      [person.session.id, "no id"],
      [stranger.session.id, other.organizationId],
      ["no id", other.organizationId],
    ] as const)
      expect(await codeOf(switchOrganization(person.me, session, organization))).toBe("not_found");
    await removeMember(other, person.id);
    expect(await authenticateSession(services, person.sessionToken)).toBeNull();
  });

  test("a session that enters while its person is removed there does not stay", async () => {
    for (let round = 0; round < 10; round++) {
      const person = await newPerson();
      const other = await database.addOrganization(`Round ${round}`);
      await database.admit(person.id, other);
      await Promise.allSettled([
        switchOrganization(person.me, person.session.id, other.organizationId),
        removeMember(other, person.id),
      ]);
      const { rows } = await database.services.system.query(
        "select from sessions where person_id = $1 and organization_id = $2",
        [person.id, other.organizationId],
      );
      expect(rows).toHaveLength(0);
    }
  });
});
