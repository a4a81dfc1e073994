import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashSecret } from "../credentials/api-key.ts";
import type { FullContext } from "../services.ts";
import { createTeam } from "../teams/create-team.ts";
import { listTeams } from "../teams/list-teams.ts";
import { setTeamMembers } from "../teams/set-team-members.ts";
import { invitePerson } from "../invitations/invite-person.ts";
import { createPerson } from "./create-person.ts";
import { disablePerson } from "./disable-person.ts";
import { findPerson } from "./find-person.ts";
import { createFirstOrganization, firstAdminLink } from "./first-admin.ts";
import { listMembers } from "./list-members.ts";
import { readOneTimeLink } from "./open-link.ts";
import { authenticateToken } from "../authentication/authenticate-token.ts";
import { createToken } from "../personal-tokens/create-token.ts";
import { listTokens } from "../personal-tokens/list-tokens.ts";
import { revokeToken } from "../personal-tokens/revoke-token.ts";
import { resetPassword } from "./reset-password.ts";
import { authenticateSession } from "../signing-in/sessions.ts";
import { setPassword } from "./set-password.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";

const PASSWORD = "correct horse battery";
const device = { userAgent: null, address: null };
let database: TestDatabase;

beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

const as = (personId: string, role: "owner" | "admin" | "member"): FullContext => ({
  ...database.owner,
  actor: { kind: "person", personId, role, via: "session" },
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

describe("the first admin", () => {
  test("is made once, however many processes start at once", async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => createFirstOrganization(database.services)),
    );
    expect(new Set(all.map((one) => one.organizationId))).toEqual(
      new Set([database.owner.organizationId]),
    );
    expect(all.every((one) => !one.isNew)).toBe(true);
    const { rows } = await database.services.system.query("select from organizations");
    expect(rows).toHaveLength(1);
  });

  test("gets a link of its own at each start; those of earlier starts keep working", async () => {
    const [first, second] = [
      await firstAdminLink(database.services),
      await firstAdminLink(database.services),
    ];
    expect(must(first).url).toBe(`http://localhost:3000/welcome/${must(first).token}`);
    for (const { token } of [must(first), must(second)])
      expect(await readOneTimeLink(database.services, token, ["first_admin"])).toMatchObject({
        purpose: "first_admin",
      });
    expect(
      await readOneTimeLink(database.services, must(second).token, ["password_reset"]),
    ).toBeNull();
  });

  test("keeps 20 links, however often a server starts: the first ones and the last ones", async () => {
    await database.services.system.query("delete from one_time_links");
    const tokens: string[] = [];
    for (let start = 0; start < 25; start += 1)
      tokens.push(must(await firstAdminLink(database.services)).token);
    const isOpen = await Promise.all(
      tokens.map(async (token) =>
        Boolean(await readOneTimeLink(database.services, token, ["first_admin"])),
      ),
    );
    expect(isOpen).toEqual(tokens.map((_, i) => i < 10 || i >= 15));
  });

  test("learns every fault at once, and the link survives them", async () => {
    const link = await firstAdminLink(database.services);
    const input = { ...device, token: must(link).token, purposes: ["first_admin"] as const };
    const faults = await setPassword(database.services, {
      ...input,
      name: " ",
      email: "nobody",
      password: "short",
    }).catch((error: { details: { fields: { field: string }[] } }) =>
      error.details.fields.map((fault) => fault.field),
    );
    expect(faults).toEqual(["name", "email", "password"]);
    expect(
      await readOneTimeLink(database.services, must(link).token, ["first_admin"]),
    ).not.toBeNull();
  });

  test("has no link any more while another owner can sign in, also not the one that was printed before", async () => {
    const link = must(await firstAdminLink(database.services));
    const reads = () => readOneTimeLink(database.services, link.token, ["first_admin"]);
    const other = await database.addPerson("first-owner@example.com", PASSWORD, { role: "owner" });
    expect(await reads()).toBeNull();
    const input = { ...device, token: link.token, purposes: ["first_admin"] as const };
    const taken = setPassword(database.services, {
      ...input,
      name: "Eve",
      email: "eve@example.com",
      password: PASSWORD,
    });
    await expect(taken).rejects.toMatchObject({ code: "not_found" });
    await database.services.system.query(
      "update memberships set role = 'member' where person_id = $1",
      [other],
    );
    expect(await reads()).not.toBeNull();
  });

  test("uses the link once: of two at once one wins, and then there is no link any more", async () => {
    const earlier = must(await firstAdminLink(database.services));
    const link = await firstAdminLink(database.services);
    const attempt = (name: string) =>
      setPassword(database.services, {
        ...device,
        token: must(link).token,
        purposes: ["first_admin"],
        name,
        email: `${name}@example.com`,
        password: PASSWORD,
      });
    const outcomes = await Promise.allSettled([attempt("ada"), attempt("eve")]);
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({
      code: "not_found",
    });
    const session = await authenticateSession(database.services, must(won[0]).value.sessionToken);
    const winner = outcomes[0].status === "fulfilled" ? "ada" : "eve";
    expect(session).toMatchObject({
      personName: winner,
      personEmail: `${winner}@example.com`,
      actor: { role: "owner" },
    });
    expect(await firstAdminLink(database.services)).toBeNull();
    expect(await readOneTimeLink(database.services, earlier.token, ["first_admin"])).toBeNull();
  });
});

describe("people", () => {
  test("are invited with a link by which they choose a password", async () => {
    const { personId, invitation } = await createPerson(database.owner, {
      email: "Grace@Example.com",
      name: " Grace  Hopper ",
      role: "admin",
    });
    expect(must(invitation).url).toContain("/reset/");
    const signedIn = await setPassword(database.services, {
      ...device,
      token: must(invitation).token,
      purposes: ["password_reset", "invitation"],
      password: PASSWORD,
      name: "Somebody Else",
      email: "else@example.com",
    });
    expect(signedIn.personId).toBe(personId);
    expect(await findPerson(database.owner, "grace@example.COM")).toMatchObject({
      name: "Grace Hopper",
      email: "Grace@example.com",
      role: "admin",
    });
  });

  test("are a member once, and are refused with what is wrong", async () => {
    const add = (email: string, name = "N") =>
      codeOf(createPerson(database.owner, { email, name, role: "member" }));
    expect(await add("twice@example.com")).toBe("done");
    expect(await add("TWICE@example.com")).toBe("conflict");
    expect(await add("no address")).toBe("validation_failed");
    expect(await add("fine@example.com", "zero\u200bwidth")).toBe("validation_failed");
  });

  test("may be invited by admins, owners only by owners, by a member nobody; added by none of them", async () => {
    const adminId = await database.addPerson("boss@example.com", PASSWORD, { role: "admin" });
    const person = (n: number, role: "owner" | "member") => ({
      email: `by${n}@example.com`,
      name: "N",
      role,
    });
    const [member, admin] = [as(adminId, "member"), as(adminId, "admin")];
    expect(await codeOf(invitePerson(member, person(1, "member")))).toBe("forbidden");
    expect(await codeOf(invitePerson(admin, person(2, "owner")))).toBe("forbidden");
    expect(await codeOf(invitePerson(admin, person(3, "member")))).toBe("done");
    expect(await codeOf(createPerson(admin, person(4, "member")))).toBe("forbidden");
  });

  test("are listed by name with their teams; who may not approve can be left out", async () => {
    const one = await database.addPerson("zoe@example.com", PASSWORD, { name: "Zoe" });
    const two = await database.addPerson("ben@example.com", PASSWORD, {
      name: "ben",
      canApprove: false,
    });
    const team = await createTeam(database.owner, { name: "Release" });
    await setTeamMembers(database.owner, team.id, [one, two, two]);
    expect(await listTeams(database.owner)).toMatchObject([
      { name: "Release", members: [{ name: "ben" }, { name: "Zoe" }] },
    ]);
    const ids = [one, two];
    expect(await listMembers(database.owner, { ids })).toMatchObject([
      { id: two, name: "ben", canApprove: false, teams: [{ id: team.id, name: "Release" }] },
      { id: one, name: "Zoe", canApprove: true },
    ]);
    expect(
      (await listMembers(database.owner, { ids, canApprove: true })).map((member) => member.id),
    ).toEqual([one]);
    await setTeamMembers(database.owner, team.id, [one]);
    expect(must((await listTeams(database.owner))[0]).members).toEqual([{ id: one, name: "Zoe" }]);
    expect(
      await codeOf(
        setTeamMembers(database.owner, team.id, ["0197f4a0-0000-7000-8000-000000000000"]),
      ),
    ).toBe("validation_failed");
    expect(await codeOf(setTeamMembers(database.owner, "no id", []))).toBe("not_found");
    expect(await codeOf(createTeam(database.owner, { name: "Release" }))).toBe("conflict");
    expect(await codeOf(createTeam(as(one, "member"), { name: "Mine" }))).toBe("forbidden");
  });

  test("the last owner can't be disabled, and of the last two not both at once", async () => {
    const ownerId = database.owner.actor.kind === "person" ? database.owner.actor.personId : "";
    expect(await codeOf(disablePerson(database.owner, ownerId))).toBe("conflict");
    const second = await database.addPerson("second@example.com", PASSWORD, { role: "owner" });
    const outcomes = await Promise.all([
      codeOf(disablePerson(database.owner, ownerId)),
      codeOf(disablePerson(database.owner, second)),
    ]);
    expect(outcomes.sort()).toEqual(["conflict", "done"]);
    await database.services.system.query("update people set disabled_at = null");
  });

  test("a reset link replaces the older one, and is an admin's to give", async () => {
    const id = await database.addPerson("lost@example.com", PASSWORD);
    expect(await codeOf(resetPassword(as(id, "member"), id))).toBe("forbidden");
    expect(await codeOf(resetPassword(database.owner, "nobody"))).toBe("not_found");
    const [first, second] = [
      await resetPassword(database.owner, id),
      await resetPassword(database.owner, id),
    ];
    const use = (token: string) =>
      codeOf(
        setPassword(database.services, {
          ...device,
          token,
          purposes: ["password_reset"],
          password: "a new pass phrase",
        }),
      );
    expect(await use(first.token)).toBe("not_found");
    expect(await use(second.token)).toBe("done");
    expect(await use(second.token)).toBe("not_found");
  });

  test("an expired link is dead", async () => {
    const id = await database.addPerson("late@example.com", PASSWORD);
    const { token } = await resetPassword(database.owner, id);
    await database.services.system.query(
      "update one_time_links set expires_at = now() where person_id = $1",
      [id],
    );
    expect(
      await codeOf(
        setPassword(database.services, {
          ...device,
          token,
          purposes: ["password_reset"],
          password: "a new pass phrase",
        }),
      ),
    ).toBe("not_found");
  });
});

describe("personal tokens", () => {
  const authenticate = (token: string) => authenticateToken(database.services, hashSecret(token));

  test("stand for their person with their scopes until revoked; only admins and the person can revoke", async () => {
    const id = await database.addPerson("token@example.com", PASSWORD);
    const stranger = await database.addPerson("stranger@example.com", PASSWORD);
    const me = as(id, "member");
    const made = await createToken(me, { name: "laptop", scopes: ["approvals:read"] });
    expect(made.token).toMatch(/^sp_[0-9a-f]{64}$/);
    expect(await authenticate(made.token)).toEqual({
      tokenId: made.id,
      organizationId: me.organizationId,
      actor: {
        kind: "person",
        personId: id,
        role: "member",
        via: "token",
        token: { id: expect.any(String) as string, name: expect.any(String) as string },
        mayDecide: false,
        canApprove: true,
      },
      scopes: ["approvals:read"],
    });
    expect(await listTokens(me)).toMatchObject([
      { id: made.id, name: "laptop", lastFour: made.token.slice(-4), revokedAt: null },
    ]);
    expect(await codeOf(revokeToken(as(stranger, "member"), made.id))).toBe("not_found");
    await revokeToken(me, made.id);
    expect(await authenticate(made.token)).toBeNull();
  });

  test("expire, and die with a new password and with their person's disabling", async () => {
    const id = await database.addPerson("dying@example.com", PASSWORD);
    const me = as(id, "member");
    const expired = await createToken(me, {
      name: "old",
      scopes: [],
      expiresAt: new Date(Date.now() - 1000),
    });
    expect(await authenticate(expired.token)).toBeNull();
    const first = await createToken(me, { name: "first", scopes: [] });
    const link = await resetPassword(database.owner, id);
    await setPassword(database.services, {
      ...device,
      token: link.token,
      purposes: ["password_reset"],
      password: "a new pass phrase",
    });
    expect(await authenticate(first.token)).toBeNull();
    const second = await createToken(me, { name: "second", scopes: [] });
    expect(await authenticate(second.token)).not.toBeNull();
    await disablePerson(database.owner, id);
    expect(await authenticate(second.token)).toBeNull();
    expect(await codeOf(createToken(me, { name: "third", scopes: [] }))).toBe("not_found");
  });

  test("are not made by a token, nor by a machine", async () => {
    const id = await database.addPerson("chain@example.com", PASSWORD);
    const byToken: FullContext = {
      ...database.owner,
      actor: { kind: "person", personId: id, role: "member", via: "token" },
    };
    expect(await codeOf(createToken(byToken, { name: "x", scopes: [] }))).toBe("forbidden");
  });
});
