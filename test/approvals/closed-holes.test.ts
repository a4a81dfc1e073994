// The weaknesses of the API that Sayso imitates on the approvals surface. Sayso has none of them.
import { updateConnection } from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, openStage, startReceiver } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, machine, alice, bob, owner, services, server } = stage;

test("a key that may ask can't approve its own request, nor anybody else's, by any door", async () => {
  const other = await organization.addConnection();
  for (const asker of [machine, other]) {
    const { body } = await asker.api.create();
    const steps = await machine.api.create({ is_sequential: true, assigned_approvers: [owner.id] });
    const [step] = (await machine.api.steps(steps.body.id)).body.data;
    expect(await machine.api.approve(body.id)).toMatchObject({
      status: 403,
      error: { details: { reason: "connection_cannot_decide" } },
    });
    expect(await machine.api.reject(body.id)).toMatchObject({ status: 403 });
    expect(
      await machine.api.decideStep(steps.body.id, must(step).id, { decision: "approve" }),
    ).toMatchObject({ status: 403 });
    expect(
      (await machine.api.batch({ ids: [body.id], decision: "approve" })).body.results,
    ).toMatchObject([{ success: false, code: "FORBIDDEN" }]);
    expect(await machine.api.delegate(body.id, { to_user_id: alice.id })).toMatchObject({
      status: 403,
    });
    expect((await machine.api.get(body.id)).body).toMatchObject({
      status: "pending",
      current_approvals: 0,
    });
  }
});

test("a connection decides only after its owner has agreed to it, and no longer when it is off again", async () => {
  const connection = await organization.addConnection();
  const setCanDecide = (canDecide: boolean) =>
    owner.inPerson((context) => updateConnection(context, connection.id, { canDecide }));
  const { body } = await machine.api.create({ required_approvals: 2 });
  expect((await connection.api.approve(body.id)).status).toBe(403);
  await setCanDecide(true);
  await expect.poll(async () => (await connection.api.approve(body.id)).status).toBe(200);
  expect((await machine.api.get(body.id)).body).toMatchObject({ current_approvals: 1 });
  await setCanDecide(false);
  const another = await machine.api.create();
  await expect.poll(async () => (await connection.api.reject(another.body.id)).status).toBe(403);
});

test("a connection's decision names the connection, and the person who answers for it", async () => {
  const decider = await organization.addConnection({ name: "Night watch", canDecide: true });
  const { body } = await machine.api.create({ callback_url: receiver.url });
  await decider.api.approve(body.id);
  expect((await machine.api.get(body.id)).body).toMatchObject({
    decided_by: owner.id,
    decided_via_connection_id: decider.id,
    decided_via_connection_name: "Night watch",
  });
  expect((await receiver.waitFor((r) => r.json.request_id === body.id)).json).toMatchObject({
    decided_by: { id: owner.id },
    decided_via_connection_id: decider.id,
  });
});

test("under four eyes nobody decides what they, or a connection of theirs, asked for", async () => {
  const strict = await createOrganization(services, server, { fourEyes: true });
  const asker = await strict.addPerson();
  const connection = await strict.addConnection({ canDecide: true });
  const admin = await strict.addPerson({ role: "admin" });
  const adminsConnection = await strict.addConnection({ canDecide: true, by: admin });

  const byPerson = await asker.api.create();
  expect(await asker.api.approve(byPerson.body.id)).toMatchObject({
    status: 403,
    error: { details: { reason: "own_request" } },
  });
  expect(await asker.api.reject(byPerson.body.id)).toMatchObject({ status: 403 });
  expect(await admin.api.approve(byPerson.body.id)).toMatchObject({ status: 200 });

  const byConnection = await connection.api.create();
  expect(await connection.api.approve(byConnection.body.id)).toMatchObject({ status: 403 });
  expect(await strict.owner.api.approve(byConnection.body.id)).toMatchObject({ status: 403 });
  expect(await adminsConnection.api.approve(byConnection.body.id)).toMatchObject({ status: 200 });

  const byOwner = await strict.owner.api.create();
  expect(await connection.api.approve(byOwner.body.id)).toMatchObject({ status: 403 });
});

test("without four eyes a person may decide what they asked for", async () => {
  const { body } = await alice.api.create();
  expect(await alice.api.approve(body.id)).toMatchObject({ status: 200 });
});

test("steps can be replaced until the first vote, then it is a 409 and they stay", async () => {
  const { body } = await machine.api.create();
  const steps = (people: { id: string }[]) => people.map((person) => ({ approver_id: person.id }));
  expect(await machine.api.setSteps(body.id, steps([alice, bob]))).toMatchObject({ status: 201 });
  const replaced = await machine.api.setSteps(body.id, steps([bob, alice]));
  expect(replaced).toMatchObject({ status: 201 });
  await bob.api.decideStep(body.id, must(replaced.body.data[0]).id, { decision: "approve" });
  expect(await machine.api.setSteps(body.id, steps([owner]))).toMatchObject({
    status: 409,
    error: { details: { reason: "votes_cast" } },
  });
  expect(await owner.api.setSteps(body.id, steps([owner]))).toMatchObject({ status: 403 });
  expect((await machine.api.steps(body.id)).body.data).toMatchObject([
    { approver_id: bob.id, status: "approved" },
    { approver_id: alice.id },
  ]);

  const whole = await machine.api.create({ required_approvals: 2 });
  await alice.api.approve(whole.body.id);
  expect(await machine.api.setSteps(whole.body.id, steps([owner]))).toMatchObject({ status: 409 });
});

test("a PATCH of the request can't go round its steps: it votes on the caller's active step, or is a 409", async () => {
  const { body } = await machine.api.create({
    is_sequential: true,
    assigned_approvers: [alice.id, bob.id],
  });
  expect(await bob.api.approve(body.id)).toMatchObject({
    status: 409,
    error: { details: { reason: "no_active_step" } },
  });
  expect(await owner.api.approve(body.id)).toMatchObject({ status: 409 });
  expect(await alice.api.approve(body.id)).toMatchObject({
    status: 200,
    body: { status: "pending" },
  });
  expect(await alice.api.approve(body.id)).toMatchObject({ status: 409 });
  expect(await bob.api.approve(body.id)).toMatchObject({
    status: 200,
    body: { status: "approved" },
  });
});

test("callback_delivered is true only after a 2xx was recorded", async () => {
  let status = 500;
  receiver.answerWith(() => ({ status }));
  const { body } = await machine.api.create({ callback_url: `${receiver.url}/delivered` });
  expect(await alice.api.approve(body.id)).toMatchObject({ body: { callback_delivered: false } });
  await receiver.waitFor((r) => r.json.request_id === body.id);
  const delivery = async () => (await machine.api.deliveries({ request_id: body.id })).body.data[0];
  await expect.poll(async () => (await delivery())?.last_status_code).toBe(500);
  expect((await machine.api.get(body.id)).body.callback_delivered).toBe(false);

  status = 204;
  await machine.api.replay(must(await delivery()).id);
  await expect
    .poll(async () => (await machine.api.get(body.id)).body.callback_delivered)
    .toBe(true);
  expect((await machine.api.list()).body.data.find((r) => r.id === body.id)).toMatchObject({
    callback_delivered: true,
  });
  const without = await machine.api.create();
  await alice.api.approve(without.body.id);
  expect((await machine.api.get(without.body.id)).body.callback_delivered).toBe(false);
  receiver.answerWith({});
});

test("the same idempotency key with the same body gives the first request, with another body a 409", async () => {
  const first = await machine.api.create({ idempotency_key: "hole" });
  expect(await machine.api.create({ idempotency_key: "hole" })).toMatchObject({
    status: 200,
    body: { id: first.body.id },
  });
  expect(await machine.api.create({ idempotency_key: "hole", priority: "low" })).toMatchObject({
    status: 409,
  });
});

test("callback_headers are stored encrypted, and stand in no answer and no line of the log", async () => {
  const secret = "hunter2-in-a-header";
  const body = {
    callback_url: `${receiver.url}/secret`,
    callback_headers: { "X-Token": secret, Authorization: `Bearer ${secret}` },
    idempotency_key: secret.slice(0, 7),
  };
  const created = await machine.api.create(body);
  await alice.api.approve(created.body.id);
  const callback = await receiver.waitFor((r) => r.json.request_id === created.body.id);
  expect(callback.headers).toMatchObject({ "x-token": secret, authorization: `Bearer ${secret}` });

  const answers = [
    created,
    await machine.api.create(body),
    await machine.api.get(created.body.id),
    await machine.api.list(),
    await owner.api.deliveries(),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([201, 200, 200, 200, 200]);
  expect(JSON.stringify(answers.map((answer) => answer.body))).not.toContain(secret);
  expect(server.logs()).not.toContain(secret);
  for (const table of ["requests", "events", "deliveries", "delivery_attempts"]) {
    const [row] = await services.sql<{ text: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as text from ${table} t`,
    );
    expect(row?.text.includes(secret)).toBe(false);
    expect(row?.text.includes(Buffer.from(secret).toString("hex"))).toBe(false);
    expect(row?.text.includes(Buffer.from(secret).toString("base64"))).toBe(false);
  }
});

test("a wrong callback header is refused without its value being shown", async () => {
  const secret = "hunter2\r\nX-Injected: yes";
  const answer = await machine.api.create({
    callback_url: receiver.url,
    callback_headers: { "X-Token": secret },
  });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).not.toContain("hunter2");
  expect(server.logs()).not.toContain("hunter2\\r");
});
