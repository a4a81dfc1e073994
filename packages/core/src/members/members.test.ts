import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../actors/actor.ts";
import type { FullContext } from "../services.ts";
import { createPerson } from "./create-person.ts";
import { disablePerson } from "./disable-person.ts";
import { inviteAgain } from "./invite-again.ts";
import { removeMember } from "./remove-member.ts";
import { resetPassword } from "./reset-password.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { updateMember } from "./update-member.ts";

const PASSWORD = "correct horse battery";
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

/** Makes these people the organization's only owners. */
async function onlyOwners(...ids: string[]) {
  await database.services.system.query(
    `update memberships set role = case when person_id = any ($2) then 'owner' else 'member' end
     where organization_id = $1 and (role = 'owner' or person_id = any ($2))`,
    [database.owner.organizationId, ids],
  );
}
async function restoreOwner() {
  const { actor } = database.owner;
  await onlyOwners(actor.kind === "person" ? actor.personId : "");
}

describe("changing a member", () => {
  test("is an admin's to do; of owners, and to owner, an owner's", async () => {
    const [owner, admin, member, other] = [
      await addId("owner"),
      await addId("admin"),
      await addId(),
      await addId(),
    ];
    expect(
      await codeOf(updateMember(database.as(member, "member"), other, { role: "admin" })),
    ).toBe("forbidden");
    expect(await codeOf(updateMember(database.as(admin, "admin"), other, { role: "owner" }))).toBe(
      "forbidden",
    );
    expect(
      await codeOf(updateMember(database.as(admin, "admin"), owner, { canApprove: false })),
    ).toBe("forbidden");
    const byApp = { ...database.as(owner, "owner").actor, via: "oauth" } as FullContext["actor"];
    expect(
      await codeOf(updateMember({ ...database.owner, actor: byApp }, other, { role: "admin" })),
    ).toBe("forbidden");
    expect(
      await updateMember(database.as(admin, "admin"), other, { role: "admin", canApprove: false }),
    ).toMatchObject({ id: other, role: "admin", canApprove: false });
    expect(await updateMember(database.as(owner, "owner"), other, { role: "owner" })).toMatchObject(
      {
        role: "owner",
        canApprove: false,
      },
    );
    expect(await eventsOf(other)).toEqual(["person.created", "person.updated", "person.updated"]);
    expect(await codeOf(updateMember(database.owner, "nobody", {}))).toBe("not_found");
    expect(
      await codeOf(updateMember(database.owner, other, { role: "god" as unknown as Role })),
    ).toBe("validation_failed");
  });

  test("to what they are already writes nothing", async () => {
    const id = await addId();
    await updateMember(database.owner, id, { role: "member", canApprove: true });
    expect(await eventsOf(id)).toEqual(["person.created"]);
  });

  test("counts the role that the actor has now, not the one that they came with", async () => {
    const [demoted, other] = [await addId("admin"), await addId()];
    const stale = database.as(demoted, "admin");
    await updateMember(database.owner, demoted, { role: "member" });
    expect(await codeOf(updateMember(stale, other, { canApprove: false }))).toBe("forbidden");
    for (const deed of [removeMember, disablePerson, resetPassword])
      expect(await codeOf(deed(stale, other))).toBe("forbidden");
  });

  test("of another organization finds nobody", async () => {
    const elsewhere = await database.addOrganization("Elsewhere");
    const id = await addId();
    expect(await codeOf(updateMember(elsewhere, id, { role: "admin" }))).toBe("not_found");
    for (const deed of [removeMember, disablePerson, inviteAgain, resetPassword])
      expect(await codeOf(deed(elsewhere, id))).toBe("not_found");
  });
});

describe("the last owner who isn't disabled", () => {
  test("can be neither demoted, nor removed, nor disabled, by themselves or on the command line", async () => {
    const [last, disabled] = [await addId("owner"), await addId("owner")];
    await disablePerson(database.owner, disabled);
    await onlyOwners(last, disabled);
    for (const by of [database.owner, database.as(last, "owner")]) {
      expect(await codeOf(updateMember(by, last, { role: "admin" }))).toBe("conflict");
      expect(await codeOf(removeMember(by, last))).toBe("conflict");
      expect(await codeOf(disablePerson(by, last))).toBe("conflict");
    }
    expect(
      await codeOf(updateMember(database.as(last, "owner"), last, { canApprove: false })),
    ).toBe("done");
    expect(
      await codeOf(updateMember(database.as(last, "owner"), disabled, { role: "member" })),
    ).toBe("done");
    await restoreOwner();
  });

  test("stays, when two owners act on each other or on themselves at the same moment", async () => {
    const demote = (by: string, id: string) =>
      updateMember(database.as(by, "owner"), id, { role: "admin" });
    const remove = (by: string, id: string) => removeMember(database.as(by, "owner"), id);
    const disable = (by: string, id: string) => disablePerson(database.as(by, "owner"), id);
    const deeds = [demote, remove, disable];
    for (const one of deeds) {
      for (const other of deeds) {
        for (const isOnThemselves of [false, true]) {
          const [ann, bob] = [await addId("owner"), await addId("owner")];
          await onlyOwners(ann, bob);
          const outcomes = await Promise.all([
            codeOf(one(ann, isOnThemselves ? ann : bob)),
            codeOf(other(bob, isOnThemselves ? bob : ann)),
          ]);
          // The later of the two finds that it is no owner any more, or the last one.
          const refused = outcomes.filter((outcome) => outcome !== "done");
          expect(refused).toEqual([isOnThemselves ? "conflict" : "forbidden"]);
          const { rows } = await database.services.system.query(
            `select from memberships m join people p on p.id = m.person_id
             where m.organization_id = $1 and m.role = 'owner' and p.disabled_at is null`,
            [database.owner.organizationId],
          );
          expect(rows).toHaveLength(1);
        }
      }
    }
    await restoreOwner();
  });

  test("stays, whatever many owners do at once", async () => {
    const owners = await Promise.all(Array.from({ length: 8 }, () => addId("owner")));
    await onlyOwners(...owners);
    const outcomes = await Promise.all(
      owners.map((id, i) =>
        codeOf(
          [removeMember, disablePerson][i % 3]?.(database.as(id, "owner"), id) ??
            updateMember(database.as(id, "owner"), id, { role: "member" }),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === "conflict")).toHaveLength(1);
    await restoreOwner();
  });
});
