import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemsAt, openN8nStage, type N8nStage } from "./n8n-stage.ts";
import { expectOperations } from "./operations.ts";

let stage: N8nStage;
beforeAll(async () => {
  stage = await openN8nStage();
});
afterAll(() => stage.close());

/** Runs one operation in n8n by hand. @returns the items, or the error that n8n shows */
async function operate(
  parameters: Record<string, unknown>,
  {
    credential = stage.credential,
    node = {},
  }: { credential?: { id: string; name: string }; node?: Record<string, unknown> } = {},
) {
  const workflowId = await stage.n8n.addWorkflow(
    [
      { name: "Start", type: "n8n-nodes-base.manualTrigger" },
      {
        name: "Sayso",
        type: "n8n-nodes-sayso.sayso",
        parameters: { resource: "approval", ...parameters },
        credentials: { saysoApi: credential },
        ...node,
      },
      { name: "Out", type: "n8n-nodes-base.noOp" },
    ],
    [
      ["Start", "Sayso"],
      ["Sayso", "Out"],
    ],
  );
  const executionId = await stage.n8n.runByHand(workflowId, "Start");
  const done = await stage.n8n.executionIn(executionId, ["success", "error"]);
  return { items: itemsAt(done, "Out").map(({ json }) => json), error: done.error };
}

const byId = (id: string) => ({ id: { __rl: true, mode: "id", value: id } });
const asked = { title: "Restart the router", description: "At night", priority: "low" };

describe("a request", () => {
  test("is created with everything that people fill in", async () => {
    const team = await stage.organization.addTeam("Network", [stage.alice]);
    const { items, error } = await operate({
      operation: "create",
      ...asked,
      additionalFields: {
        action_type: "router.restart",
        metadata: '{ "router": { "rack": 4 } }',
        expires_at: "2031-05-01T10:00:00",
        required_approvals: 1,
        assigned_team_id: team.id,
        require_rejection_reason: true,
      },
    });
    expect(error).toBeUndefined();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      ...asked,
      status: "pending",
      source: "n8n",
      action_type: "router.restart",
      metadata: { router: { rack: 4 } },
      assigned_team_id: team.id,
      require_rejection_reason: true,
    });
    // A time without a zone belongs to the workflow's own zone, which n8n sets to New York by default.
    expect(must(items[0]).expires_at).toBe("2031-05-01T14:00:00.000Z");
  });

  test.each(["create", "sendAndWait"])(
    "by %s keeps all of its metadata, or is not made",
    async (operation) => {
      const { items, error } = await operate({
        operation,
        ...asked,
        additionalFields: { metadata: '["rack 4"]' },
      });
      expect(items).toEqual([]);
      expect(error?.message).toBe("metadata must be a JSON object");
    },
  );

  test("is decided only where an admin let the connection decide", async () => {
    const { items } = await operate({ operation: "create", ...asked });
    const decide = {
      operation: "decide",
      ...byId(must(items[0]).id as string),
      decision: "approve",
    };
    const refused = await operate(decide);
    expect(refused.error?.message).toMatch(/may not decide|can_decide|decide/i);
    const { key } = await stage.organization.addConnection({ canDecide: true, canDecideOwn: true });
    const credential = await stage.n8n.addCredential("saysoApi", {
      url: stage.server.url,
      apiKey: key,
    });
    expect((await operate(decide, { credential })).items).toMatchObject([{ status: "approved" }]);
  });

  test("of the activity log asks nothing", async () => {
    const { items } = await operate({ operation: "log", ...asked });
    expect(items).toMatchObject([{ is_log: true, source: "n8n" }]);
  });
});

test("requests, comments, steps and goals are handled in the connection's name", () =>
  expectOperations(
    stage,
    { saysoApi: stage.credential },
    {
      asked: { created_by: null, connection_id: stage.machine.id },
      commented: { user_id: stage.owner.id, connection_id: stage.machine.id },
    },
  ));

test("a refusal is shown in the server's own words, with the field", async () => {
  const { error } = await operate({ operation: "create", ...asked, title: "" });
  expect(error?.message).toMatch(/title/);
  const missing = await operate({ operation: "get", ...byId(crypto.randomUUID()) });
  expect(missing.error?.message).toBe("Request not found");
});

test("where the node is told to go on, an error is that item's result", async () => {
  const { items, error } = await operate(
    { operation: "get", ...byId(crypto.randomUUID()) },
    { node: { onError: "continueRegularOutput" } },
  );
  expect(error).toBeUndefined();
  expect(items).toMatchObject([{ error: "Request not found" }]);
});

describe("the editor", () => {
  const ask = (kind: string, methodName: string, more = {}) =>
    stage.n8n.rest<unknown>("POST", `/dynamic-node-parameters/${kind}`, {
      path: "parameters.x",
      methodName,
      nodeTypeAndVersion: { name: "n8n-nodes-sayso.sayso", version: 1 },
      currentNodeParameters: { authentication: "apiKey" },
      credentials: { saysoApi: stage.credential },
      ...more,
    });

  test("offers people, teams, templates and action types", async () => {
    const reader = await stage.organization.addPerson({ canApprove: false });
    const alice = { name: "Alice Approver", value: stage.alice.id };
    const everybody = await ask("options", "listMembers");
    expect(everybody).toContainEqual(alice);
    expect(JSON.stringify(everybody)).toContain(reader.id);
    const approvers = await ask("options", "listMembersCanApprove");
    expect(approvers).toContainEqual(alice);
    expect(JSON.stringify(approvers)).not.toContain(reader.id);
    await stage.organization.addTeam("Finance", [stage.bob]);
    expect(await ask("options", "listTeams")).toContainEqual(
      expect.objectContaining({ name: "Finance" }),
    );
    expect(await ask("options", "listTemplates")).toEqual([]);
    await stage.machine.api.create({ action_type: "payment" });
    expect(await ask("options", "listActionTypes")).toContainEqual({
      name: "payment",
      value: "payment",
    });
  });

  test("finds requests by what people type", async () => {
    const { body } = await stage.machine.api.create({ title: "Repaint the lighthouse" });
    const found = await ask("resource-locator-results", "listApprovals", { filter: "lighthouse" });
    expect(found).toMatchObject({
      results: [{ name: "Repaint the lighthouse", value: body.id }],
    });
  });

  test("says whether a credential works", async () => {
    const tryOut = (data: Record<string, unknown>) =>
      stage.n8n.rest<{ status: string }>("POST", "/credentials/test", {
        credentials: { id: "", name: "Try", type: "saysoApi", data },
      });
    const { url } = stage.server;
    expect(await tryOut({ url, apiKey: stage.machine.key })).toMatchObject({ status: "OK" });
    expect(await tryOut({ url: `${url}/`, apiKey: stage.machine.key })).toMatchObject({
      status: "OK",
    });
    expect(await tryOut({ url, apiKey: `gk_${"0".repeat(64)}` })).toMatchObject({
      status: "Error",
    });
  });
});
