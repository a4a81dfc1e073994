import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelApproval } from "../approvals/cancel.ts";
import { createApproval } from "../asking/create.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { createTemplate } from "../templates/create-template.ts";
import { deleteTemplate } from "../templates/delete-template.ts";
import { replaceSteps } from "../steps/replace-steps.ts";
import { createTeam } from "./create-team.ts";
import { deleteTeam } from "./delete-team.ts";
import { listTeams } from "./list-teams.ts";
import { renameTeam } from "./rename-team.ts";
import { setTeamMembers } from "./set-team-members.ts";

let database: TestDatabase;
let memberId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  memberId = await database.addPerson("member@example.com", "correct horse battery");
});
afterAll(() => database.close());

const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: "done", message: "" }),
    (error: { code?: string; message?: string }) => ({ code: error.code, message: error.message }),
  );
const codeOf = async (promise: Promise<unknown>) => (await faultOf(promise)).code;
const names = async () => (await listTeams(database.owner)).map(({ name }) => name);

test("a team gets another name, which nobody else has", async () => {
  const { owner } = database;
  const [red] = [
    await createTeam(owner, { name: "Red" }),
    await createTeam(owner, { name: "Blue" }),
  ];
  await renameTeam(owner, red.id, "  Dark   red ");
  expect(await names()).toEqual(["Blue", "Dark red"]);
  expect(await codeOf(renameTeam(owner, red.id, "Dark red"))).toBe("done");
  expect(await codeOf(renameTeam(owner, red.id, "Blue"))).toBe("conflict");
  expect(await codeOf(renameTeam(owner, red.id, " "))).toBe("validation_failed");
  expect(await codeOf(renameTeam(owner, "no id", "Green"))).toBe("not_found");
  expect(await codeOf(renameTeam(database.as(memberId, "member"), red.id, "Mine"))).toBe(
    "forbidden",
  );
  const elsewhere = await database.addOrganization("Elsewhere");
  expect(await codeOf(renameTeam(elsewhere, red.id, "Mine"))).toBe("not_found");
  expect(await codeOf(deleteTeam(elsewhere, red.id))).toBe("not_found");
});

test("a team goes, and its people stay", async () => {
  const { owner } = database;
  const team = await createTeam(owner, { name: "Passing" });
  await setTeamMembers(owner, team.id, [memberId]);
  expect(await codeOf(deleteTeam(database.as(memberId, "member"), team.id))).toBe("forbidden");
  await deleteTeam(owner, team.id);
  expect(await names()).not.toContain("Passing");
  expect(await codeOf(deleteTeam(owner, team.id))).toBe("not_found");
  const { rows } = await database.services.system.query<{ n: number }>(
    `select (select count(*)::int from team_members where team_id = $1)
       + (select count(*)::int from memberships where person_id = $2) as n`,
    [team.id, memberId],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test("a team stays while a pending request or a template asks it", async () => {
  const { owner } = database;
  const team = await createTeam(owner, { name: "Needed" });
  await setTeamMembers(owner, team.id, [memberId]);
  const input = { title: "t", description: "d", priority: "low" } as const;
  const whole = await createApproval(owner, { ...input, assignedTeamId: team.id });
  const stepwise = await createApproval(owner, input);
  await replaceSteps(owner, stepwise.record.id, [{ order: 1, assignedTeamId: team.id }]);
  const template = await createTemplate(owner, {
    name: "Ask them",
    defaults: { assignedTeamId: team.id },
  });
  const message = async () => (await faultOf(deleteTeam(owner, team.id))).message;
  expect(await message()).toMatch(/^2 pending requests wait for this team/);
  await cancelApproval(owner, whole.record.id, null);
  expect(await message()).toMatch(/^1 pending request waits for this team/);
  await cancelApproval(owner, stepwise.record.id, null);
  expect(await message()).toMatch(/^The template "Ask them" asks this team/);
  await deleteTemplate(owner, template.id);
  expect(await message()).toBe("");
  expect(await names()).not.toContain("Needed");
});
