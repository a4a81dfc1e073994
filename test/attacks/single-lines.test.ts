// A name is one line: it can't write a paragraph of its own into a mail, and hides nothing.
import {
  createClient,
  createConnection,
  createTemplate,
  invitePerson,
  updateOrganization,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startMailbox,
  startServer,
  type Api,
  type TestOrganization,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "./signed-in-api.ts";

const mailbox = await startMailbox();
const server = await startServer({
  env: {
    SAYSO_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    SAYSO_MAIL_FROM: "Sayso <sayso@example.com>",
  },
});
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
  await mailbox.stop();
});
const organization: TestOrganization = await createOrganization(services, server);
const { call } = await signedInApi(server.url, organization.owner);
const member = await organization.addPerson({ name: "Mina" });

const BREAKS = "Acme \r\n\n Your account was closed.\u2028See\u0085https://evil.example\t";
const ONE_LINE = "Acme Your account was closed. See https://evil.example";

type Call = Api["call"];
const post =
  (path: string, field: string, more: Record<string, unknown> = {}) =>
  (by: Call, value: string) =>
    by<Record<string, unknown>>("POST", path, { body: { ...more, [field]: value } });
const patch = (path: string, field: string) => (by: Call, value: string) =>
  by<Record<string, unknown>>("PATCH", path, { body: { [field]: value } });

const redirect = { redirect_uris: ["https://app.example.com/callback"] };
/** Everything that people name on one line, with the call that names it. */
const named: Record<string, [string, (by: Call, value: string) => ReturnType<Call>]> = {
  organization: ["name", patch("/api/v1/org", "name")],
  "one's own name": ["name", patch("/api/v1/me", "name")],
  person: ["name", patch(`/api/v1/people/${member.id}`, "name")],
  team: ["name", post("/api/v1/teams", "name")],
  view: ["name", post("/api/v1/views", "name", { query: { list: "all" } })],
  token: [
    "name",
    post("/api/v1/tokens", "name", { scopes: ["approvals:read"], expires_in_minutes: null }),
  ],
  connection: ["name", post("/api/v1/connections", "name")],
  "connection's default title": [
    "default_title",
    post("/api/v1/connections", "default_title", { name: "Titled" }),
  ],
  template: ["name", post("/api/v1/templates", "name", { defaults: {} })],
  app: ["name", post("/api/v1/apps", "name", redirect)],
  "goals key": ["name", post("/api/v1/goals-keys", "name", { scopes: ["okrs:read"] })],
  objective: ["title", post("/api/v1/okrs", "title")],
  KPI: ["name", post("/api/v1/kpis", "name", { target: 1 })],
  cycle: [
    "name",
    post("/api/v1/cycles", "name", { starts_on: "2031-01-01", ends_on: "2031-03-31" }),
  ],
  "review cycle": ["name", post("/api/v1/review-cycles", "name")],
};

describe.each(Object.entries(named))("the name of: %s", (_, [field, name]) => {
  test("is stored on one line", async () => {
    const { status, body } = await name(call, BREAKS);
    expect(status).toBeLessThan(300);
    const text = JSON.stringify(body);
    expect(text).toContain(ONE_LINE);
    expect(text).not.toMatch(/\\[rnt]|\u2028|\u0085/);
  });

  test.each(["\u0007", "\u202E", "\u200B", "\u200D", "\uFEFF\u2066", "\u001B[31m"])(
    "hides no %j",
    async (hidden) => {
      const { status, body } = await name(call, `Acme ${hidden}name`);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain(
        `${field} must not contain control or invisible characters`,
      );
    },
  );

  test("keeps emoji and other writing", async () => {
    for (const other of ["Équipe 東京 👩‍💻", "می\u200cخواهم", "क्\u200dष"]) {
      const { status } = await name(call, other);
      expect([other, status < 300]).toEqual([other, true]);
    }
  });
});

test("a caller that goes past the API's own check stores one line as well", async () => {
  const { context } = organization;
  const stored = [
    (await updateOrganization(context, { name: BREAKS })).name,
    (await createConnection(context, { name: BREAKS })).connection.name,
    (await createTemplate(context, { name: `${BREAKS} 2` })).name.replace(" 2", ""),
    (await createClient(context, { name: BREAKS, redirectUris: ["https://a.example/cb"] })).client
      .name,
  ];
  expect(stored).toEqual(stored.map(() => ONE_LINE));
});

test("no paragraph of a mail comes from a name, also from one that was stored before", async () => {
  await services.sql("update organizations set name = $2 where id = $1", [
    organization.id,
    "Acme\n\nYour account was closed.\n\nSee https://evil.example \u202Egnp.exe",
  ]);
  const mailing = {
    ...organization.context,
    services: { ...organization.context.services, mail: { isEnabled: true } },
  };
  const email = "invited@example.com";
  await invitePerson(mailing, { name: "Ida", email, role: "member" });
  const [mail] = await mailbox.to(email);
  const paragraphs = must(mail).text.split(/\r?\n\r?\n/);
  const naming = paragraphs.filter((text) => text.includes("evil.example"));
  expect(naming).toHaveLength(1);
  expect(naming[0]).toContain("invites you to Acme Your account was closed. See");
  expect(naming[0]).toContain("[U+202E]");
  expect(must(mail).raw).not.toContain("\u202E");
});
