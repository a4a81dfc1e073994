// The whole flow, once. The other files rely on it.
import { api, createOrganization, openServices, startServer } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { connect, registerApp } from "./app.ts";

const server = await startServer({ replicas: 2, env: { SAYSO_ROLE: "api" } });
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
});
const [here, there] = server.replicas.map((replica) => replica.url) as [string, string];
const organization = await createOrganization(services, { url: here });
const ada = await organization.addPerson({ name: "Ada" });
const app = await registerApp(organization);

describe("the way from a question to a token", () => {
  test("a person allows, the app exchanges the code and uses the API in their name", async () => {
    const { access, answer } = await connect(here, ada, app);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^sa_[0-9a-f]{64}$/) as string,
        refresh_token: expect.stringMatching(/^sr_[0-9a-f]{64}$/) as string,
        token_type: "Bearer",
        expires_in: 3600,
        scope: "approvals:read approvals:write",
        org_name: organization.name,
        user_email: ada.email,
      },
    });
    const asked = await api(there, access).create({ title: "Through an app" });
    expect(asked.status).toBe(201);
    expect((await api(here, ada.token).get(asked.body.id)).body).toMatchObject({
      created_by: ada.id,
    });
  });
});
