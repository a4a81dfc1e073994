// Case 42 of docs/faults.md: no credential that a removed member still has opens anything.
import { removeMember, resetPassword } from "@sayso/core";
import { must } from "@sayso/must";
import { api, createOrganization } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import {
  authorizePath,
  connect,
  createPkce,
  exchange,
  obtainCode,
  openReplicas,
  refresh,
  registerApp,
} from "../oauth/app.ts";
import { signedIn } from "../pages/visitor.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { services, here, there, organization, app } = replicas;
const { context } = organization;

test("old links, sessions, tokens, codes and a question left open are refused on every replica", async () => {
  const person = await organization.addPerson();
  const request = (await organization.owner.api.create({ assigned_approvers: [person.id] })).body;
  const visitor = await signedIn(here, person);
  const elsewhere = await signedIn(there, person);
  expect((await visitor.get(`/requests/${request.id}`)).status).toBe(200);
  const decision = `/requests/${request.id}/decision`;
  const form = (await visitor.get(`/requests/${request.id}`)).hidden(decision);
  const { location: question } = await visitor.get(authorizePath(app, createPkce()));
  const answer = (await visitor.get(must(question))).hidden(must(question));
  const { access, refresh: token } = await connect(here, person, app);
  const code = await obtainCode(here, person, app);
  const reset = await resetPassword(context, person.id);
  expect((await api(there, person.token).list()).status).toBe(200);

  await removeMember(context, person.id);

  for (const credential of [person.token, access])
    for (const url of [here, there])
      await expect.poll(async () => (await api(url, credential).list()).status).toBe(401);
  expect((await refresh(there, app, token)).body.error).toBe("invalid_grant");
  expect((await exchange(there, app, code)).body.error).toBe("invalid_grant");
  for (const browser of [visitor, elsewhere]) {
    const page = await browser.get(`/requests/${request.id}`);
    expect([page.status, page.location]).toEqual([303, expect.stringMatching(/^\/sign-in/)]);
  }
  const voted = await visitor.post(decision, { ...form, decision: "approve", comment: "" });
  expect(voted.location).toMatch(/^\/sign-in/);
  const allowed = await visitor.post(must(question), { ...answer, answer: "allow" });
  expect(allowed.location).toMatch(/^\/sign-in/);
  expect((await visitor.get(new URL(reset.url).pathname)).html).not.toContain('name="password"');
  const entered = await visitor.signIn(person);
  expect(entered.headers.getSetCookie().join()).not.toContain("sayso_session");
  expect((await organization.owner.api.get(request.id)).body.status).toBe("pending");
  const [row] = await services.sql<{ n: number }>(
    `select count(*)::int as n from oauth_grants where person_id = $1 and revoked_at is null`,
    [person.id],
  );
  expect(row?.n).toBe(0);
});

test("in another organization, where they still are, all of theirs goes on", async () => {
  const theirs = await createOrganization(services, { url: here });
  const person = await organization.addPerson();
  await theirs.admit(person);
  const theirApp = await registerApp(theirs);
  const ours = await connect(here, person, app);
  await services.sql("update sessions set organization_id = $2 where person_id = $1", [
    person.id,
    theirs.id,
  ]);
  const others = await connect(here, person, theirApp);
  await removeMember(context, person.id);
  await expect.poll(async () => (await api(there, ours.access).list()).status).toBe(401);
  expect((await api(there, others.access).list()).status).toBe(200);
  expect((await refresh(here, theirApp, others.refresh)).status).toBe(200);
  // In this organization nothing asks them any more; in the other one they can allow apps.
  expect((await connect(here, person, theirApp)).answer.status).toBe(200);
});
