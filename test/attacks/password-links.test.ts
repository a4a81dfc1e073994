// An admin who helps a member to sign in gets no link that lets the admin sign in as that member, if mail can deliver
// the link.
import { removeMember } from "@sayso/core";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  openServices,
  startMailbox,
  startServer,
  type Mailbox,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";

let mailbox: Mailbox;
let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let admin: TestPerson;
let call: (path: string) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer({
    env: {
      SAYSO_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      SAYSO_MAIL_FROM: "Sayso <sayso@example.com>",
    },
  });
  services = openServices(server);
  organization = await createOrganization(services, server);
  admin = await organization.addPerson({ role: "admin" });
  const headers = { Cookie: `sayso_session=${await admin.signIn()}`, Origin: server.url };
  call = (path) => api(server.url, null).call("POST", path, { headers });
});
afterAll(async () => {
  await services.close();
  await server.stop();
  await mailbox.stop();
});

const linkTo = async (person: TestPerson) =>
  must(/\/reset\/[\w-]{43}/.exec(must((await mailbox.to(person.email)).at(-1)).text))[0];

describe("where mail is configured", () => {
  test("a link for a new password goes to its person alone", async () => {
    const person = await organization.addPerson();
    const answer = await call(`/api/v1/people/${person.id}/password-link`);
    expect(answer).toMatchObject({ status: 200, body: { url: null } });
    expect(JSON.stringify(answer.body)).not.toMatch(/reset\//);
    expect((await createVisitor(server.url).get(await linkTo(person))).status).toBe(200);
  });

  test("so does an invitation of a member who has nothing to sign in with", async () => {
    const person = await organization.addPerson();
    await services.sql("update people set password_hash = null where id = $1", [person.id]);
    expect(await call(`/api/v1/people/${person.id}/invitation`)).toMatchObject({
      status: 200,
      body: { url: null },
    });
    expect((await createVisitor(server.url).get(await linkTo(person))).status).toBe(200);
  });
});

test("by a mailed invitation who was removed, and is nowhere else, chooses another password", async () => {
  const person = await organization.addPerson({ name: "Fay" });
  await removeMember(organization.context, person.id);
  const headers = { Cookie: `sayso_session=${await admin.signIn()}`, Origin: server.url };
  const body = { name: "Fay", email: person.email };
  const sent = await api(server.url, null).call("POST", "/api/v1/invitations", { headers, body });
  expect(sent).toMatchObject({ status: 201, body: { link: null } });
  const { text } = must((await mailbox.to(person.email)).at(-1));
  const [path] = must(/\/invitation\/[\w-]{43}/.exec(text));
  const password = "nine rare otters swim";
  const joined = await createVisitor(server.url).post(path, { name: "Fay", password });
  expect([joined.status, joined.location]).toEqual([303, "/"]);
  expect((await createVisitor(server.url).signIn(person)).status).toBe(401);
  expect((await createVisitor(server.url).signIn({ ...person, password })).status).toBe(303);
});

test("the trail says whether whoever made a link was shown it", async () => {
  const person = await organization.addPerson();
  await call(`/api/v1/people/${person.id}/password-link`);
  const silent = await startServer({ database: server.database });
  try {
    const headers = { Cookie: `sayso_session=${await admin.signIn()}`, Origin: silent.url };
    const at = `/api/v1/people/${person.id}/password-link`;
    const shown = await api(silent.url, null).call<{ url: string }>("POST", at, { headers });
    const page = await createVisitor(silent.url).get(new URL(shown.body.url).pathname);
    expect(page.html).toContain("who gave you this link");
  } finally {
    await silent.stop();
  }
  const events = await services.sql<{ data: object; actor_id: string }>(
    `select data, actor_id from events where type = 'person.password_reset_requested'
       and data->>'person_id' = $1 order by id`,
    [person.id],
  );
  expect(events).toEqual([
    { data: { person_id: person.id, shown_to_admin: false }, actor_id: admin.id },
    { data: { person_id: person.id, shown_to_admin: true }, actor_id: admin.id },
  ]);
});
