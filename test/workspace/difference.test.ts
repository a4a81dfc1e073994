// The values before and after a request: those of a change, of a run, and of metadata with such fields.
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

type Body = ReplyOf<(typeof workspaceOperations)["getDifference"]>["body"];

const stage = await shareStage();
afterAll(() => stage.close());
const { owner, alice, machine, organization } = stage;
const admin = await organization.addPerson({ name: "Ada Admin", role: "admin" });

const difference = async (id: string) =>
  (await alice.api.call<Body>("GET", `/api/v1/approvals/${id}/difference`)).body;
const ask = async (body: Record<string, unknown> = {}) => {
  const answer = await machine.api.create(body);
  expect(answer.status).toBe(201);
  return answer.body;
};

describe("the difference", () => {
  const propose = async (body: Record<string, unknown>) => {
    const { status, body: change } = await machine.api.call<{ id: string }>(
      "POST",
      "/changes/api/v1/approvals",
      { body: { entityType: "offer", entityName: "Summer sale", ...body } },
    );
    expect(status).toBe(201);
    return change.id;
  };
  const put = (entityId: string, body: Record<string, unknown>) =>
    owner.api.call("PUT", `/changes/api/v1/entities/offer/${entityId}`, {
      body: { entityName: "Summer sale", body },
    });

  test("of a change is what its approval does, before and after it", async () => {
    await put("sale", { price: 20, text: "Cheap", untouched: true });
    const payload = { price: 15, text: null, added: "yes" };
    const id = await propose({ entityId: "sale", action: "update", payload });
    const data = [
      { path: "/price", kind: "changed", before: 20, after: 15 },
      { path: "/text", kind: "removed", before: "Cheap" },
      { path: "/added", kind: "added", after: "yes" },
    ];
    const pending = await difference(id);
    expect(pending).toMatchObject({
      data,
      has_more: false,
      change: { state: "proposed", made_for_version: 1, current_version: 1, action: "update" },
    });
    await admin.api.approve(id);
    expect(await difference(id)).toMatchObject({
      data,
      change: { state: "applied", entity_version: 2, current_version: null },
    });
  });

  test("of a change says that somebody else was there meanwhile", async () => {
    await put("late", { price: 20 });
    const id = await propose({ entityId: "late", action: "update", payload: { price: 15 } });
    const other = await propose({ entityId: "late", action: "delete" });
    await admin.api.approve(other);
    const { data, change } = await difference(id);
    expect(change).toMatchObject({ made_for_version: 1, current_version: 2 });
    expect(data).toEqual([{ path: "/price", kind: "changed", before: 20, after: 15 }]);
    expect((await admin.api.approve(id)).status).toBe(409);
  });

  test("of a create is all of it, of a delete as well, of a rejected one what it would have been", async () => {
    const created = await propose({ entityId: "new", action: "create", payload: { a: null } });
    const added = [{ path: "/a", kind: "added", after: null }];
    expect((await difference(created)).data).toEqual(added);
    await admin.api.reject(created);
    expect((await difference(created)).data).toEqual(added);
    await put("old", { price: 1 });
    const deleted = await propose({ entityId: "old", action: "delete" });
    expect((await difference(deleted)).data).toEqual([
      { path: "/price", kind: "removed", before: 1 },
    ]);
  });

  test("of a goal tells its present version without holding anybody up", async () => {
    const { body: kpi } = await owner.api.call<{ id: string }>("POST", "/api/v1/kpis", {
      body: { name: "Churn", unit: "%", target: 5 },
    });
    const { body: change } = await machine.api.call<{ id: string }>(
      "POST",
      "/changes/api/v1/approvals",
      {
        body: {
          entityType: "kpi",
          entityId: kpi.id,
          entityName: "Churn",
          action: "update",
          payload: { target: 4 },
        },
      },
    );
    expect(await difference(change.id)).toMatchObject({
      data: [{ path: "/target", kind: "changed", before: 5, after: 4 }],
      change: { entity_name: "Churn", made_for_version: 1, current_version: 1 },
    });
  });

  test("of a run is its objects', and is its context as well", async () => {
    const flows = `/organizations/${organization.id}/approvals`;
    const { body: flow } = await machine.api.call<{ id: string }>("POST", flows, {
      body: {
        name: "Limits",
        description: "What may be spent",
        objectType: "limit",
        objectAction: "update",
        steps: [{ type: "any", reviewers: [{ type: "user", id: alice.id }] }],
      },
    });
    const { body: run } = await machine.api.call<{ id: string }>(
      "POST",
      `${flows}/${flow.id}/runs`,
      { body: { previousObject: { max: 1 }, object: { max: 2 } } },
    );
    expect(await difference(run.id)).toMatchObject({
      data: [{ path: "/max", kind: "changed", before: 1, after: 2 }],
      change: null,
      is_context: true,
    });
  });

  test("of any other request is what it says itself, if it does", async () => {
    const reported = await ask({ metadata: { before: { a: 1 }, after: { a: 1, b: 2 } } });
    expect(await difference(reported.id)).toMatchObject({
      data: [{ path: "/b", kind: "added", after: 2 }],
      change: null,
      is_context: false,
    });
    const none = { data: null, has_more: false, change: null, is_context: false };
    expect(await difference((await ask()).id)).toEqual(none);
    expect(await difference((await ask({ metadata: { before: 1, after: [] } })).id)).toEqual(none);
  });

  test("stops at 500 and says so", async () => {
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, i]));
    const { id } = await ask({ metadata: { before: {}, after: many } });
    const { data, has_more } = await difference(id);
    expect([data?.length, has_more]).toEqual([500, true]);
  });
});
