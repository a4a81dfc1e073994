// The examples of the documentation of the changes API that Sayso imitates, as data of our own: the fields, shapes and
// values are the same, the free text is ours. `node test/surfaces/changes/seed-replay.ts --seed FILE` replays the
// document itself.
import { createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { findDifferences } from "../../approvals/resemblance.ts";
import type { Change } from "./changes-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { services, server } = stage;

// The tenant of the examples, at the address of the examples.
const tenant = await createOrganization(services, server, { name: "my-tenant" });
const admin = await tenant.addPerson({ name: "Admin", role: "admin" });
const john = await tenant.addPerson({ name: "John Doe" });
const headers = { "X-Tenant-Id": "my-tenant" };
const approvals = "/api/v1/approvals";

const anId = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const anInstant = "2026-03-15T10:00:00.000Z";
const asked = {
  entityType: "qualificationRule",
  entityId: "qr_001",
  entityName: "Credit Score Rule",
  action: "update",
  payload: { config: { threshold: 650 } },
};
const pending = {
  ...asked,
  id: anId,
  status: "pending",
  requesterId: anId,
  requesterName: "John Doe",
  createdAt: anInstant,
};

const propose = () => john.api.call<Change>("POST", approvals, { headers, body: asked });
const resolve = (id: string, body: unknown) =>
  admin.api.call<Change>("POST", `${approvals}/${id}`, { headers, body });

test("a proposal answers 201, and is in the list of what is pending, which is the default", async () => {
  const created = await propose();
  expect(created.status).toBe(201);
  expect(findDifferences(pending, created.body)).toEqual([]);
  const list = await john.api.call<Change[]>("GET", approvals, { headers });
  expect(list.status).toBe(200);
  expect(findDifferences([pending], list.body)).toEqual([]);
  expect(list.body).toHaveLength(1);
  const one = await john.api.call("GET", `${approvals}/${created.body.id}`, { headers });
  expect(one.status).toBe(200);
  expect(findDifferences(pending, one.body)).toEqual([]);
});

test("an approval answers as documented and has applied the payload", async () => {
  const { id } = (await propose()).body;
  const comments = "Looks good, deploying to production";
  const answer = await resolve(id, { action: "approve", comments });
  expect(answer.status).toBe(200);
  const documented = {
    id: anId,
    status: "approved",
    approverId: anId,
    approverName: "Admin",
    comments,
    resolvedAt: anInstant,
  };
  expect(findDifferences(documented, answer.body)).toEqual([]);
  expect(answer.body).toMatchObject({ id, approverId: admin.id, applyStatus: "applied" });
  const entity = await john.api.call<{ body: unknown }>(
    "GET",
    "/changes/api/v1/entities/qualificationRule/qr_001",
  );
  expect(entity.body.body).toEqual(asked.payload);
  const list = await john.api.call<Change[]>("GET", approvals, {
    headers,
    query: { status: "approved" },
  });
  expect(list.body.map((change) => change.id)).toEqual([id]);
});

test("a rejection answers as documented and applies nothing", async () => {
  const before = await john.api.call("GET", "/changes/api/v1/entities/qualificationRule/qr_001");
  const { id } = (await propose()).body;
  const comments = "Threshold too aggressive, please revise";
  const answer = await resolve(id, { action: "reject", comments });
  expect(answer.status).toBe(200);
  const documented = {
    id: anId,
    status: "rejected",
    approverId: anId,
    approverName: "Admin",
    comments,
    resolvedAt: anInstant,
  };
  expect(findDifferences(documented, answer.body)).toEqual([]);
  expect(answer.body.applyStatus).toBe(null);
  const after = await john.api.call("GET", "/changes/api/v1/entities/qualificationRule/qr_001");
  expect(after.body).toEqual(before.body);
});

test("any authenticated may list, create and read, and an admin alone resolves", async () => {
  const { id } = (await propose()).body;
  for (const by of [john, await tenant.addPerson()])
    expect(
      (await by.api.call("POST", `${approvals}/${id}`, { headers, body: { action: "approve" } }))
        .status,
    ).toBe(403);
  const stranger = await fetch(`${server.url}${approvals}`, { headers });
  expect(stranger.status).toBe(401);
  expect((await resolve(id, { action: "reject" })).status).toBe(200);
});

test.each(["entityType", "entityId", "entityName", "action"])(
  "%s is required, payload is not",
  async (field) => {
    const { [field as "action"]: _, ...body } = asked;
    const answer = await john.api.call("POST", approvals, { headers, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      error: {
        code: "BAD_REQUEST",
        status: 400,
        message: expect.stringContaining(field) as string,
      },
    });
    const { payload: __, ...bare } = asked;
    expect((await john.api.call("POST", approvals, { headers, body: bare })).status).toBe(201);
  },
);

test.each([
  "algorithmModel",
  "qualificationRule",
  "contactPolicy",
  "decisionFlow",
  "offer",
  "creative",
  "channel",
  "arbitrationProfile",
])("%s is applied by itself", async (entityType) => {
  const body = {
    ...asked,
    entityType,
    entityId: "one",
    action: "create",
    payload: { of: entityType },
  };
  const { id } = (await john.api.call<Change>("POST", approvals, { headers, body })).body;
  expect((await resolve(id, { action: "approve" })).body).toMatchObject({
    applyStatus: "applied",
    after: { of: entityType },
  });
});
