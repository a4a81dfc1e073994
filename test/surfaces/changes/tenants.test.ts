// X-Tenant-Id selects among the organizations that the credential can use. It never adds one.
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { changesApi, type Change } from "./changes-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, owner, machine, services, server } = stage;
const theirs = await createOrganization(services, server);
const theirMachine = await theirs.addConnection();
const theirChange = (await changesApi(theirMachine.api).propose()).body;
const ourChange = (await changesApi(machine.api).propose()).body;

const both = ["/api/v1/approvals", "/changes/api/v1/approvals"];
const get = (path: string, tenant: string, headers: Record<string, string> = {}) =>
  machine.api.call<Change[]>("GET", path, { headers: { "X-Tenant-Id": tenant, ...headers } });

describe.each(both)("%s", (path) => {
  test("knows the credential's own organization by its id and its name", async () => {
    for (const tenant of [
      organization.id,
      organization.id.toUpperCase(),
      organization.name,
      ` ${organization.name} `,
    ]) {
      const answer = await get(path, tenant);
      expect([answer.status, answer.body.map(({ id }) => id)]).toEqual([200, [ourChange.id]]);
    }
  });

  test("is a 404 for any other tenant, there or not, for reading and writing", async () => {
    const answers = [];
    for (const tenant of [
      theirs.id,
      theirs.name,
      "nobody",
      "00000000-0000-4000-8000-000000000000",
    ]) {
      answers.push(await get(path, tenant), await get(`${path}/${theirChange.id}`, tenant));
      const headers = { "X-Tenant-Id": tenant };
      for (const api of [machine.api, owner.api])
        answers.push(
          await api.call("POST", path, {
            headers,
            body: { entityType: "offer", entityId: "a", entityName: "A", action: "create" },
          }),
          await api.call("POST", `${path}/${theirChange.id}`, {
            headers,
            body: { action: "reject" },
          }),
        );
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await changesApi(theirMachine.api).get(theirChange.id)).body.status).toBe("pending");
  });

  test("is a 401 without a credential, whatever tenant is named", async () => {
    const answer = await fetch(`${server.url}${path}`, {
      headers: { "X-Tenant-Id": organization.id },
    });
    expect(answer.status).toBe(401);
  });
});

test("an id of another organization is a 404 in one's own", async () => {
  for (const path of both) {
    const headers = { "X-Tenant-Id": organization.id };
    expect((await machine.api.call("GET", `${path}/${theirChange.id}`, { headers })).status).toBe(
      404,
    );
    expect(
      (
        await owner.api.call("POST", `${path}/${theirChange.id}`, {
          headers,
          body: { action: "approve" },
        })
      ).status,
    ).toBe(404);
  }
});

test("the header alone tells the two surfaces of /api/v1/approvals apart, never the body", async () => {
  const withHeader = await get("/api/v1/approvals", organization.id);
  expect(Array.isArray(withHeader.body)).toBe(true);
  const without = await machine.api.call<{ data: unknown[] }>("GET", "/api/v1/approvals");
  expect(Array.isArray(without.body.data)).toBe(true);
  const body = { entityType: "offer", entityId: "a", entityName: "A", action: "create" };
  expect((await machine.api.call("POST", "/api/v1/approvals", { body })).error?.code).toBe(
    "VALIDATION_ERROR",
  );
  const headers = { "X-Tenant-Id": organization.id };
  expect(
    (await machine.api.call("POST", "/api/v1/approvals", { headers, body })).body,
  ).toMatchObject({ entityType: "offer" });
  const other = { title: "T", description: "D", priority: "low" };
  expect(
    (await machine.api.call("POST", "/api/v1/approvals", { headers, body: other })).error?.code,
  ).toBe("BAD_REQUEST");
  expect((await machine.api.call("POST", "/api/v1/approvals", { body: other })).body).toMatchObject(
    { title: "T" },
  );
});

describe("a signed-in person of two organizations", () => {
  const cookieOf = async (person: typeof owner) => `sayso_session=${await person.signIn()}`;
  const read = async (cookie: string, tenant: string) => {
    const answer = await fetch(`${server.url}/api/v1/approvals`, {
      headers: { Cookie: cookie, "X-Tenant-Id": tenant },
    });
    return { status: answer.status, body: (await answer.json()) as Change[] };
  };

  test("selects either with their session, and has the role that they have there", async () => {
    const cookie = await cookieOf(owner);
    expect((await read(cookie, theirs.id)).status).toBe(404);
    await services.sql(
      "insert into memberships (organization_id, person_id, role) values ($1, $2, 'member')",
      [theirs.id, owner.id],
    );
    expect((await read(cookie, theirs.id)).body.map(({ id }) => id)).toEqual([theirChange.id]);
    expect((await read(cookie, theirs.name)).body.map(({ id }) => id)).toEqual([theirChange.id]);
    expect((await read(cookie, organization.id)).body.map(({ id }) => id)).toContain(ourChange.id);
    // This person is an owner in one organization and a member in the other.
    const approve = (tenant: string) =>
      fetch(`${server.url}/api/v1/approvals/${theirChange.id}`, {
        method: "POST",
        headers: {
          Cookie: cookie,
          Origin: server.url,
          "X-Tenant-Id": tenant,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ action: "approve" }),
      });
    expect((await approve(theirs.id)).status).toBe(403);
    expect((await approve(organization.id)).status).toBe(404);
    // A token stays in its own organization.
    const headers = { "X-Tenant-Id": theirs.id };
    expect((await owner.api.call("GET", "/api/v1/approvals", { headers })).status).toBe(404);
  });

  test("is a 404 again for who has left", async () => {
    const cookie = await cookieOf(owner);
    await services.sql("delete from memberships where organization_id = $1 and person_id = $2", [
      theirs.id,
      owner.id,
    ]);
    expect((await read(cookie, theirs.id)).status).toBe(404);
  });
});
