// The published client works with every surface, and understands the errors of each.
import { createClient, SaysoError } from "@sayso/client";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, alice, machine, server } = stage;
const asMachine = createClient({ url: server.url, token: machine.key });
const asAlice = createClient({ url: server.url, token: alice.token });
const organizationId = organization.id;

test("asks through requests and reads what became of it", async () => {
  const { id } = await asMachine.createRequest({ payload: { sum: 12 }, external_id: "4711" });
  const found = await asMachine.listRequests({ external_id: "4711" });
  expect(found.data.map((request) => request.id)).toEqual([id]);
  expect(await asMachine.getRequest({ id })).toMatchObject({ status: "pending" });
});

test("starts a run of a flow and reviews it", async () => {
  const flow = await asMachine.createFlow({
    organizationId,
    name: "Prices",
    description: "Any change of a price",
    objectType: "price",
    objectAction: "update",
    steps: [{ type: "any", reviewers: [{ type: "user", id: alice.id }] }],
  });
  const at = { organizationId, approvalId: flow.id };
  const run = await asMachine.startRun({ ...at, object: { price: 12 } });
  const reviewed = await asAlice.reviewRun({ ...at, approvalRunId: run.id, result: "approved" });
  expect(reviewed.status).toBe("approved");
  expect((await asAlice.listRuns(at)).results.map(({ id }) => id)).toEqual([run.id]);
});

const nobody = "01234567-89ab-7def-8123-456789abcdef";
describe("a refusal", () => {
  test.each<[string, () => Promise<unknown>, object]>([
    [
      "of approvals",
      () => asMachine.getApproval({ id: nobody }),
      { code: "NOT_FOUND", status: 404, message: "Request not found" },
    ],
    [
      "of runs",
      () => asMachine.getRun({ organizationId, approvalId: nobody, approvalRunId: nobody }),
      { code: "NOT_FOUND", status: 404, message: "Approval flow not found" },
    ],
    [
      "of runs that names a field",
      () => asMachine.listRuns({ organizationId, approvalId: organizationId, limit: 0 }),
      { code: "VALIDATION_FAILED", details: { fields: [{ field: "limit" }] } },
    ],
    [
      "of requests",
      () => asMachine.getRequest({ id: nobody }),
      { code: "HTTP_404", status: 404, message: "Request not found" },
    ],
    [
      "of requests that names a field",
      () => asMachine.createRequest({ payload: null as never }),
      { status: 400, details: { fields: [{ field: "payload", message: "can't be blank" }] } },
    ],
    [
      "of goals",
      () => asMachine.getObjective({ id: nobody }),
      { code: "NOT_FOUND", status: 404, message: expect.stringMatching(/not found/i) as string },
    ],
  ])("%s is told with what it says", async (_, call, reported) => {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SaysoError);
    expect(error).toMatchObject(reported);
  });
});
