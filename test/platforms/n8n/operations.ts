import { must } from "@sayso/must";
import { expect } from "vitest";
import type { WorkflowNode } from "./n8n.ts";
import { itemsAt, type N8nStage } from "./n8n-stage.ts";

/** Selects an item by its id, here the id of another node's first item. */
const byIdFrom = (node: string, path = "id") => ({
  id: { __rl: true, mode: "id", value: `={{ $('${node}').first().json.${path} }}` },
});

/** The operations by their node's name: the fields that people fill in, in the order in which they run. */
const operationsFor = ({ alice, bob }: N8nStage, kpiId: string) =>
  ({
    Ask: {
      ...{ resource: "approval", operation: "create" },
      ...{ title: "Restart the router", description: "At night", priority: "low" },
    },
    Read: { resource: "approval", operation: "get", ...byIdFrom("Ask") },
    Comment: {
      ...{ resource: "comment", operation: "create", ...byIdFrom("Ask") },
      body: "Which one?",
    },
    "List comments": { resource: "comment", operation: "getAll", ...byIdFrom("Ask") },
    "Set steps": {
      ...{ resource: "step", operation: "set", ...byIdFrom("Ask") },
      steps: {
        items: [
          { name: "First", assigned_user_ids: [alice.id], required_approvals: 1 },
          { name: "Then", approver_id: "", assigned_user_ids: [bob.id] },
        ],
      },
    },
    "List steps": { resource: "step", operation: "getAll", ...byIdFrom("Ask") },
    "List all": {
      ...{ resource: "approval", operation: "getAll", returnAll: true },
      filters: { status: ["pending", "approved"], search: "router" },
    },
    "List one": { resource: "approval", operation: "getAll", returnAll: false, limit: 1 },
    Cancel: {
      ...{ resource: "approval", operation: "cancel", ...byIdFrom("Ask") },
      additionalFields: { reason: "Found another way" },
    },
    "Set objective": {
      ...{ resource: "objective", operation: "create", title: "Delight customers" },
      additionalFields: {
        type: "team",
        key_results: { items: [{ title: "NPS", start: 30, target: 50 }] },
      },
    },
    "List objectives": { resource: "objective", operation: "getAll", filters: {} },
    "List key results": {
      ...{ resource: "key_result", operation: "getAll" },
      // A list within a collection: n8n passes it on as it is stored.
      filters: { objective_id: { ...byIdFrom("Set objective").id, mode: "list" } },
    },
    "Check in": {
      ...{ resource: "checkin", operation: "record", value: 35 },
      ...byIdFrom("Set objective", "key_results[0].id"),
      additionalFields: { comment: "Half the way soon" },
    },
    "List KPIs": { resource: "kpi", operation: "getAll", limit: 500, filters: {} },
    "Update KPI": {
      ...{ resource: "kpi", operation: "update", value: 3800 },
      id: { __rl: true, mode: "id", value: kpiId },
    },
    "Read KPI": {
      ...{ resource: "kpi", operation: "get" },
      id: { __rl: true, mode: "id", value: kpiId },
    },
  }) satisfies Record<string, Record<string, unknown>>;

/**
 * Runs operations of requests, comments, steps and goals in one workflow with this credential, and checks both n8n's
 * output and the server's data.
 *
 * @param asker the server's data about who asked and who commented
 */
export async function expectOperations(
  stage: N8nStage,
  credential: Record<string, { id: string; name: string }>,
  asker: { asked: Record<string, unknown>; commented: Record<string, unknown> },
): Promise<void> {
  const { n8n, owner, alice } = stage;
  const kpi = await owner.api.call<{ id: string }>("POST", "/api/v1/kpis", {
    body: { name: "Weekly users", target: 4500, current: 3700 },
  });
  const operations = operationsFor(stage, kpi.body.id);
  const names = ["Start", ...Object.keys(operations)];
  const nodes = Object.entries(operations).map(([name, parameters]): WorkflowNode => ({
    name,
    type: "n8n-nodes-sayso.sayso",
    credentials: credential,
    executeOnce: true,
    parameters: {
      authentication: "saysoOAuth2Api" in credential ? "oAuth2" : "apiKey",
      ...parameters,
    },
  }));
  const workflowId = await n8n.addWorkflow(
    [{ name: "Start", type: "n8n-nodes-base.manualTrigger" }, ...nodes],
    names.slice(1).map((name, index) => [must(names[index]), name]),
  );
  const executionId = await n8n.runByHand(workflowId, "Start");
  const done = await n8n.executionIn(executionId, ["success", "error"]);
  expect(done.error).toBeUndefined();
  const shown = (node: keyof typeof operations) => itemsAt(done, node).map(({ json }) => json);

  const id = shown("Ask")[0]?.id as string;
  expect(shown("Read")).toMatchObject([{ id, title: "Restart the router", ...asker.asked }]);
  expect(shown("List comments")).toMatchObject([
    { body: "Which one?", approval_request_id: id, ...asker.commented },
  ]);
  const steps = [
    ["First", "pending"],
    ["Then", "pending"],
  ];
  expect(shown("List steps").map(({ name, status }) => [name, status])).toEqual(steps);
  expect(shown("List all").map((item) => item.id)).toContain(id);
  expect(shown("List one")).toHaveLength(1);
  expect(shown("Cancel")).toMatchObject([{ id, status: "cancelled" }]);
  const [objective] = shown("Set objective") as { id: string; key_results: { id: string }[] }[];
  expect(shown("List objectives").map((item) => item.id)).toContain(must(objective).id);
  const keyResultId = must(must(objective).key_results[0]).id;
  expect(shown("List key results").map((item) => item.id)).toEqual([keyResultId]);
  expect(shown("Check in")).toMatchObject([{ value: 35, comment: "Half the way soon" }]);
  expect(shown("List KPIs").map((item) => item.id)).toContain(kpi.body.id);
  expect(shown("Update KPI")).toMatchObject([{ previous_value: 3700, new_value: 3800 }]);
  expect(shown("Read KPI")).toMatchObject([{ name: "Weekly users", current: 3800 }]);

  expect((await alice.api.get(id)).body).toMatchObject({
    ...{ status: "cancelled", source: "n8n", priority: "low", description: "At night" },
    ...asker.asked,
  });
  expect((await alice.api.comments(id)).body.data).toMatchObject([
    { body: "Which one?", ...asker.commented },
  ]);
  expect((await alice.api.steps(id)).body.data.map(({ name }) => name)).toEqual(["First", "Then"]);
  const measured = (path: string) => owner.api.call("GET", `/api/v1/${path}`);
  expect((await measured(`key-results/${keyResultId}`)).body).toMatchObject({ current: 35 });
  expect((await measured(`kpis/${kpi.body.id}`)).body).toMatchObject({ current: 3800 });
}
