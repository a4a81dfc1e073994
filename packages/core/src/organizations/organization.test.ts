import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApproval } from "../asking/create.ts";
import type { FullContext } from "../services.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { createTemplate } from "../templates/create-template.ts";
import { deleteTemplate } from "../templates/delete-template.ts";
import { listTemplates } from "../templates/list-templates.ts";
import { updateTemplate } from "../templates/update-template.ts";
import { getOrganization } from "./get-organization.ts";
import { listActionTypes } from "./list-action-types.ts";
import { updateOrganization } from "./update-organization.ts";

let database: TestDatabase;
let owner: FullContext;
let member: FullContext;

beforeAll(async () => {
  database = await openTestDatabase();
  owner = database.owner;
  const personId = await database.addPerson("member@example.com", "correct horse battery");
  member = { ...owner, actor: { kind: "person", personId, role: "member", via: "session" } };
});
afterAll(() => database.close());

test("the organization is changed by admins only, and each change is in its audit trail", async () => {
  await expect(updateOrganization(member, { fourEyes: true })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(updateOrganization(owner, { name: " " })).rejects.toMatchObject({
    code: "validation_failed",
  });
  expect(await updateOrganization(owner, { fourEyes: true })).toMatchObject({
    name: "Sayso",
    fourEyes: true,
  });
  expect(await updateOrganization(owner, { name: "Acme" })).toMatchObject({
    name: "Acme",
    fourEyes: true,
  });
  expect(await updateOrganization(owner, {})).toEqual(await getOrganization(member));
  const { rowCount } = await database.services.system.query(
    "select from events where type = 'organization.updated'",
  );
  expect(rowCount).toBe(2);
});

test("every action type is listed once, in order, and none of another organization", async () => {
  const ask = (actionType?: string) =>
    createApproval(owner, { title: "t", description: "d", priority: "low", actionType });
  for (const type of ["user.delete", "deploy", undefined, "deploy", "Zoo", "user.delete"])
    await ask(type);
  expect((await listActionTypes(member)).sort()).toEqual(["Zoo", "deploy", "user.delete"]);
  expect(await listActionTypes({ ...owner, organizationId: owner.services.newId() })).toEqual([]);
});

describe("a template", () => {
  test("is made, listed for its platform, changed and deleted by admins", async () => {
    const n8n = await createTemplate(owner, {
      name: "Deploy",
      targetApp: "n8n",
      defaults: { priority: "high" },
    });
    await createTemplate(owner, { name: "any" });
    await createTemplate(owner, { name: "Zap", targetApp: "zapier" });
    expect((await listTemplates(member, "n8n")).map(({ name }) => name)).toEqual(["any", "Deploy"]);
    expect(await listTemplates(member)).toHaveLength(3);
    const changed = await updateTemplate(owner, n8n.id, { name: "Deploy it", targetApp: null });
    expect(changed).toMatchObject({
      name: "Deploy it",
      targetApp: null,
      defaults: { priority: "high" },
    });
    await deleteTemplate(owner, n8n.id);
    await expect(deleteTemplate(owner, n8n.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(updateTemplate(owner, n8n.id, {})).rejects.toMatchObject({ code: "not_found" });
  });

  test("has a name of its own", async () => {
    const one = await createTemplate(owner, { name: "One" });
    await createTemplate(owner, { name: "Two" });
    const conflict = { code: "conflict", details: { field: "name" } };
    await expect(createTemplate(owner, { name: "One" })).rejects.toMatchObject(conflict);
    await expect(updateTemplate(owner, one.id, { name: "Two" })).rejects.toMatchObject(conflict);
  });

  test("is no business of members", async () => {
    const forbidden = { code: "forbidden" };
    await expect(createTemplate(member, { name: "Mine" })).rejects.toMatchObject(forbidden);
    await expect(updateTemplate(member, owner.services.newId(), {})).rejects.toMatchObject(
      forbidden,
    );
    await expect(deleteTemplate(member, owner.services.newId())).rejects.toMatchObject(forbidden);
  });
});
