// A run's step of type `all` needs a yes of every person it names: no approver's vote stands for another's.
import { updateMember } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedIn } from "../pages/visitor.ts";
import { bodyOf, runsApi, step, user } from "../surfaces/runs/runs-api.ts";
import { signedInApi } from "./signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

async function open(type: "all" | "any") {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const [mia, adam] = [
    await organization.addPerson({ name: "Mia" }),
    await organization.addPerson({ name: "Adam", role: "admin" }),
  ];
  const robot = await organization.addConnection();
  const runs = runsApi(server.url, organization.id, `AccessKey ${robot.key}`);
  const flow = bodyOf(await runs.createFlow({ steps: [step(type, user(owner), user(mia))] }), 201);
  const { id } = bodyOf(
    await runs.start(flow.id, { previousObject: {}, object: { price: 1 } }),
    201,
  );
  const [first] = (await mia.api.steps(id)).body.data;
  const adams = await signedInApi(server.url, adam);
  const inPlace = (decision: "approve" | "reject") =>
    adams.call("PATCH", `/api/v1/approvals/${id}/steps/${must(first).id}`, { body: { decision } });
  return { organization, owner, mia, adam, adams, id, inPlace };
}

describe("a step for all of the owner and Mia", () => {
  test("is approved by both, and by no admin in the place of one", async () => {
    const { mia, owner, adam, id, inPlace } = await open("all");
    expect((await mia.api.approve(id)).body).toMatchObject({ status: "pending" });
    expect(await inPlace("approve")).toMatchObject({
      status: 403,
      error: { details: { reason: "not_eligible" } },
    });
    const visitor = await signedIn(server.url, adam);
    await visitor.post(`/requests/${id}/decision`, { decision: "approve" });
    expect((await visitor.get(`/requests/${id}`)).html).toContain(
      "You can't vote on this request.",
    );
    expect((await mia.api.get(id)).body.status).toBe("pending");
    expect((await owner.api.approve(id)).body).toMatchObject({ status: "approved" });
  });

  test("is approved by whom one of them handed their vote to", async () => {
    const { mia, owner, adam, id } = await open("all");
    expect((await owner.api.delegate(id, { to_user_id: adam.id })).status).toBe(200);
    await mia.api.approve(id);
    expect((await adam.api.approve(id)).body).toMatchObject({ status: "approved" });
  });

  test("stays for each of them when a named person may approve no more", async () => {
    const { mia, owner, id, inPlace } = await open("all");
    await owner.api.approve(id);
    await updateMember(owner.context, mia.id, { canApprove: false });
    expect(await inPlace("approve")).toMatchObject({ status: 403 });
  });

  test("is rejected by an admin, as every step is", async () => {
    const { mia, id, inPlace } = await open("all");
    expect((await inPlace("reject")).status).toBe(200);
    expect((await mia.api.get(id)).body.status).toBe("rejected");
  });
});

test("a step for any of them is approved by an admin who names it", async () => {
  const { mia, id, inPlace } = await open("any");
  expect((await inPlace("approve")).status).toBe(200);
  expect((await mia.api.get(id)).body.status).toBe("approved");
});
