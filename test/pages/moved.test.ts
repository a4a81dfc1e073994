// Old addresses of pages that have moved to the dashboard redirect there.
import { createOrganization, openServices, startServer, type TestServer } from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor, signedIn } from "./visitor.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const id = "01234567-89ab-7def-8123-456789abcdef";

test.each([
  ["/organization", "/app/people"],
  ["/organization/people", "/app/people"],
  [`/organization/people/${id}`, `/app/people?person=${id}`],
  [`/organization/people/${id}/role`, "/app/people"],
  [`/organization/invitations/${id}/again`, "/app/people"],
  ["/organization/teams", "/app/teams"],
  [`/organization/teams/${id}`, "/app/teams"],
  ["/organization/apps", "/app/apps"],
  ["/organization/apps/new/n8n", "/app/apps"],
  [`/organization/apps/${id}`, `/app/apps/${id}`],
  [`/organization/grants/${id}/revoke`, "/app/apps"],
  ["/organization/people/..%2f..%2fx", "/app/people?person=..%2F..%2Fx"],
])("%s leads to %s", async (from, to) => {
  const answer = await createVisitor(server.url).get(from);
  expect([answer.status, answer.location]).toEqual([303, to]);
});

describe("the plain pages", () => {
  test("offer an admin the dashboard for the organization, a member nothing of it", async () => {
    const services = openServices(server);
    try {
      const organization = await createOrganization(services, server);
      const member = await organization.addPerson();
      const admins = await (await signedIn(server.url, organization.owner)).get("/waiting");
      expect(admins.html).toContain('href="/app/people"');
      const members = await (await signedIn(server.url, member)).get("/waiting");
      expect(members.html).not.toContain("/app/people");
    } finally {
      await services.close();
    }
  });

  test("take no form for it any more", async () => {
    for (const path of ["/organization/people", `/organization/people/${id}/remove`])
      expect((await createVisitor(server.url).post(path, {})).status).toBe(404);
  });
});
