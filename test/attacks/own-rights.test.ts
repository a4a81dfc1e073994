// Nobody gives themselves a right that they lack, or that an admin took from them. Somebody else has to give it.
import { createOrganization, shareStage, type TestPerson } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

interface Person {
  role: string;
  can_approve: boolean;
}

async function open() {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const adam = await organization.addPerson({ name: "Adam", role: "admin" });
  const eve = await organization.addPerson({ name: "Eve", role: "admin" });
  const change = async (by: TestPerson, of: TestPerson, body: Partial<Person>) =>
    (await signedInApi(server.url, by)).call<Person>("PATCH", `/api/v1/people/${of.id}`, { body });
  return { owner, adam, eve, change };
}

const isRefused = {
  status: 403,
  error: { message: expect.stringMatching(/You can't give yourself the right/) as string },
};

describe("the right to approve", () => {
  test("that the owner took, an admin doesn't give back to themselves, by whichever door", async () => {
    const { owner, adam, eve, change } = await open();
    expect((await change(owner, adam, { can_approve: false })).status).toBe(200);
    expect(await change(adam, adam, { can_approve: true })).toMatchObject(isRefused);
    const body = { can_approve: true };
    const byToken = await adam.api.call("PATCH", `/api/v1/people/${adam.id}`, { body });
    expect(byToken).toMatchObject(isRefused);
    const asked = (await owner.api.create()).body.id;
    expect((await adam.api.approve(asked)).status).toBe(403);
    expect(await change(eve, adam, body)).toMatchObject({
      status: 200,
      body: { can_approve: true },
    });
    expect((await adam.api.approve(asked)).status).toBe(200);
  });

  test("is given up by oneself, and not taken again, by an owner either", async () => {
    const { owner, adam, change } = await open();
    for (const one of [owner, adam]) {
      expect((await change(one, one, { can_approve: false })).status).toBe(200);
      expect(await change(one, one, { can_approve: true })).toMatchObject(isRefused);
    }
    expect((await change(adam, adam, { can_approve: false })).status).toBe(200);
  });
});

test("nobody gives themselves a higher role, nor a right with a lower one", async () => {
  const { owner, adam, change } = await open();
  expect((await change(adam, adam, { role: "owner" })).status).toBe(403);
  expect((await change(owner, adam, { can_approve: false })).status).toBe(200);
  const both = { role: "member", can_approve: true };
  expect(await change(adam, adam, both)).toMatchObject(isRefused);
  expect((await change(adam, adam, { role: "member" })).status).toBe(200);
  expect((await change(adam, adam, { role: "admin" })).status).toBe(403);
});
