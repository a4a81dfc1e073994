import { openStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { expectAllSound, findViolations } from "../request-history.ts";

// The other tests rely on this check, so it has to find faults.

// A server without a worker, so that nothing else touches the rows.
const stage = await openStage({ fourEyes: true, env: { SAYSO_ROLE: "api" } });
afterAll(() => stage.close());
const { services, machine, alice, bob, owner } = stage;

const callback = { callback_url: "http://127.0.0.1:4999/nobody" };
const approved = async () => {
  const { id } = (await machine.api.create({ ...callback, required_approvals: 2 })).body;
  await machine.api.comment(id, "hm");
  await alice.api.approve(id);
  await bob.api.approve(id);
  return id;
};
const inSteps = async () => {
  const { id } = (
    await machine.api.create({ is_sequential: true, assigned_approvers: [alice.id, bob.id] })
  ).body;
  await alice.api.approve(id);
  await bob.api.approve(id);
  return id;
};

test("a sound history breaks no promise", async () => {
  const pending = (await machine.api.create(callback)).body.id;
  const rejected = (await machine.api.create(callback)).body.id;
  await alice.api.reject(rejected);
  expect(
    await findViolations(services, [await approved(), await inSteps(), pending, rejected]),
  ).toEqual([]);
  await expectAllSound(services);
});

describe("sees", () => {
  const end = "type in ('approval.approved', 'approval.rejected')";
  test.each([
    ["a lost event", `delete from events where request_id = $1 and sequence = 2`],
    [
      "a second ending",
      `insert into events (id, organization_id, request_id, sequence, type, actor_kind, actor_id, data, created_at) select gen_random_uuid(), organization_id, request_id, sequence + 1, type, actor_kind, actor_id, data, created_at from events where request_id = $1 and ${end}`,
    ],
    ["a status that no event tells of", "update requests set status = 'rejected' where id = $1"],
    ["a decision without its time", "update requests set decided_at = null where id = $1"],
    [
      "a lost vote",
      "delete from votes where id = (select id from votes where request_id = $1 limit 1)",
    ],
    ["a vote under the quorum", "update requests set required_approvals = 3 where id = $1"],
    ["a wrong tally", "update requests set current_approvals = 1 where id = $1"],
    [
      "a vote without its event",
      "insert into votes (id, organization_id, request_id, step_id, person_id, connection_id, decision) select gen_random_uuid(), organization_id, request_id, step_id, gen_random_uuid(), connection_id, decision from votes where request_id = $1 limit 1",
    ],
    [
      "a vote on no step of the request",
      "update votes set step_id = gen_random_uuid() where request_id = $1",
    ],
    [
      "a rejection in what is approved",
      "update votes set decision = 'reject' where id = (select id from votes where request_id = $1 limit 1)",
    ],
    [
      "somebody else as the decider",
      "update requests set decided_by = gen_random_uuid() where id = $1",
    ],
    ["a vote after the deadline", "update requests set expires_at = created_at where id = $1"],
    [
      "a vote of the requester",
      "update requests set created_by = (select person_id from votes where request_id = $1 limit 1) where id = $1",
    ],
    ["a lost comment", "delete from comments where request_id = $1"],
    ["a lost callback", "delete from deliveries where request_id = $1"],
    [
      "a callback that tells something else",
      `update deliveries set body = replace(body, '"approved"', '"rejected"') where request_id = $1`,
    ],
    [
      "a callback said to be delivered that is not",
      "update deliveries set status = 'delivered' where request_id = $1",
    ],
    [
      "an ending that is not the last",
      "update events set type = case sequence when 4 then 'approval.approved' when 5 then 'approval.vote_cast' else type end where request_id = $1",
    ],
  ])("%s", async (_what, tamper) => {
    const id = await approved();
    await services.sql(tamper, [id]);
    expect(await findViolations(services, [id])).not.toEqual([]);
  });

  test.each([
    [
      "a step that stands elsewhere than its votes say",
      "update steps set status = 'active' where request_id = $1 and step_order = 1",
    ],
    [
      "a vote on a later step before the first was approved",
      "update events set data = '{}' where request_id = $1 and type = 'approval.step_decided'",
    ],
    ["a step too few", "update requests set required_steps = 3 where id = $1"],
  ])("%s", async (_what, tamper) => {
    const id = await inSteps();
    await services.sql(tamper, [id]);
    expect(await findViolations(services, [id])).not.toEqual([]);
  });

  test("a request that is gone", async () => {
    expect(await findViolations(services, [owner.id])).toEqual([`request ${owner.id} is lost`]);
  });

  test("a counter that is off by one", async () => {
    const elsewhere = await openStage();
    try {
      await elsewhere.machine.api.create();
      await expectAllSound(elsewhere.services);
      await elsewhere.services.sql("update request_counts set count = count + 1");
      await expect(expectAllSound(elsewhere.services)).rejects.toThrow();
    } finally {
      await elsewhere.close();
    }
  });
});
