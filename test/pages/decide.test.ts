import {
  addComment,
  createApproval,
  decideApproval,
  getApproval,
  listVotes,
  replaceSteps,
  reviseApproval,
  setEmergencyStop,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor, markShown, signedIn } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let ada: TestPerson;
let grace: TestPerson;

beforeAll(async () => {
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server);
  ada = await organization.addPerson({ name: "Ada" });
  grace = await organization.addPerson({ name: "Grace" });
});
afterAll(async () => {
  await services.close();
  await server.stop();
});

type Input = Parameters<typeof createApproval>[1];
const ask = async (more: Partial<Input> = {}, by = organization.context) =>
  (await createApproval(by, { title: "Deploy", description: "v2", priority: "medium", ...more }))
    .record.id;
const read = (id: string) => getApproval(organization.context, id);
const votesOf = (id: string) => listVotes(organization.context, id);

describe("voting on the page", () => {
  test("approves, with the comment, and says so", async () => {
    const id = await ask();
    const visitor = await signedIn(server.url, ada);
    const sent = await visitor.decide(id, "approve", { comment: " Fine.\r\nGo. " });
    expect(sent).toMatchObject({ status: 303, location: `/requests/${id}?done=vote` });
    expect(await read(id)).toMatchObject({
      status: "approved",
      decidedBy: ada.id,
      decisionComment: "Fine.\nGo.",
      decisionSource: "dashboard",
    });
    const page = await visitor.get(must(sent.location));
    expect(page.html).toContain("<strong>Approved.</strong>");
    expect(page.html).not.toContain('value="approve"');
  });

  test("shows what is still needed after the first of two approvals", async () => {
    const id = await ask({ requiredApprovals: 2 });
    const visitor = await signedIn(server.url, ada);
    const page = await visitor.get(must((await visitor.decide(id, "approve")).location));
    expect(page.html).toContain("1 more approval is needed");
    expect(page.html).toMatch(/1 of 2\s+approvals/);
    expect(page.html).toContain("You approved this.");
    expect(page.html).toContain("Change to a rejection");
    expect(page.html).not.toContain('value="approve"');
  });

  test("asks for the reason of a rejection where one is required, and keeps what was typed", async () => {
    const id = await ask({ requireRejectionReason: true });
    const visitor = await signedIn(server.url, ada);
    const again = await visitor.decide(id, "reject", { comment: "   " });
    expect(again.status).toBe(422);
    expect(again.html).toContain('id="decision-comment-fault"');
    expect(await votesOf(id)).toEqual([]);
    expect((await visitor.decide(id, "reject", { comment: "Too early" })).status).toBe(303);
    expect(await read(id)).toMatchObject({ status: "rejected", decisionComment: "Too early" });
  });

  test("approves what is critical only with the box ticked; rejecting needs no tick", async () => {
    const [one, two] = [await ask({ priority: "critical" }), await ask({ priority: "critical" })];
    const visitor = await signedIn(server.url, ada);
    const again = await visitor.decide(one, "approve", { comment: "Looks right" });
    expect(again.status).toBe(422);
    expect(again.html).toContain('id="confirmed-fault"');
    expect(again.html).toContain("Looks right");
    expect(await read(one)).toMatchObject({ status: "pending" });
    expect((await visitor.decide(one, "approve", { confirmed: "yes" })).status).toBe(303);
    expect((await visitor.decide(two, "reject")).status).toBe(303);
  });

  test("refuses a decision that is none, and one that is too long", async () => {
    const id = await ask();
    const visitor = await signedIn(server.url, ada);
    expect((await visitor.decide(id, "approve", { decision: "maybe" })).status).toBe(422);
    expect((await visitor.decide(id, "approve", { version: "x" })).status).toBe(422);
    expect((await visitor.decide(id, "approve", { comment: "x".repeat(2001) })).status).toBe(422);
    expect(await votesOf(id)).toEqual([]);
  });

  test("a double click is one vote, also for a person who stands in two steps", async () => {
    const id = await ask();
    await replaceSteps(organization.context, id, [
      { order: 1, assignedUserIds: [ada.id] },
      { order: 2, assignedUserIds: [ada.id] },
    ]);
    const visitor = await signedIn(server.url, ada);
    const action = `/requests/${id}/decision`;
    const fields = {
      ...(await visitor.get(`/requests/${id}`)).hidden(action),
      decision: "approve",
    };
    const answers = await Promise.all([
      visitor.post(action, fields),
      visitor.post(action, fields),
      visitor.post(action, fields),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect(await votesOf(id)).toHaveLength(1);
    const late = await visitor.post(action, fields);
    expect(late.status).toBe(409);
    expect(late.html).toContain("Your earlier vote counts once");
  });

  test("two people at the same instant decide once, and the other reads the outcome", async () => {
    const id = await ask();
    const visitors = [await signedIn(server.url, ada), await signedIn(server.url, grace)];
    const action = `/requests/${id}/decision`;
    const forms = await Promise.all(
      visitors.map(async (visitor) => (await visitor.get(`/requests/${id}`)).hidden(action)),
    );
    const answers = await Promise.all(
      visitors.map((visitor, i) =>
        visitor.post(action, { ...must(forms[i]), decision: i === 0 ? "approve" : "reject" }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const { status } = await read(id);
    expect(must(answers.find((answer) => answer.status === 409)).html).toContain(
      `This request is already ${status}.`,
    );
    expect(await votesOf(id)).toHaveLength(1);
  });
});

describe("a stale page", () => {
  test("of a decided request gets 409 with the final state", async () => {
    const id = await ask();
    const visitor = await signedIn(server.url, ada);
    const action = `/requests/${id}/decision`;
    const fields = {
      ...(await visitor.get(`/requests/${id}`)).hidden(action),
      decision: "approve",
    };
    await decideApproval(grace.context, {
      requestId: id,
      stepId: null,
      decision: "reject",
      comment: "No.",
      source: null,
    });
    const answer = await visitor.post(action, fields);
    expect(answer.status).toBe(409);
    expect(answer.html).toContain("This request is already rejected.");
    expect(answer.html).toContain("Your vote was not counted.");
    expect(answer.html).toMatch(/Rejected<\/strong\s*>\s*by\s*<bdi>Grace/);
    expect(await read(id)).toMatchObject({ status: "rejected", decidedBy: grace.id });
  });

  test("of a revised request does not vote, and shows the new text; then it does", async () => {
    const id = await ask({ title: "Pay 10 EUR" });
    const visitor = await signedIn(server.url, ada);
    const action = `/requests/${id}/decision`;
    const fields = {
      ...(await visitor.get(`/requests/${id}`)).hidden(action),
      decision: "approve",
      comment: "ok",
    };
    await reviseApproval(organization.context, id, { title: "Pay 10,000 EUR" });
    const answer = await visitor.post(action, fields);
    expect(answer.status).toBe(409);
    expect(answer.html).toContain("revised after you opened it");
    expect(answer.html).toContain("Pay 10,000 EUR");
    expect(await votesOf(id)).toEqual([]);
    expect(
      (await visitor.post(action, { ...answer.hidden(action), decision: "approve" })).status,
    ).toBe(303);
  });

  test("on which others have commented or voted meanwhile still votes", async () => {
    const id = await ask({ requiredApprovals: 2 });
    const visitor = await signedIn(server.url, ada);
    const action = `/requests/${id}/decision`;
    const fields = {
      ...(await visitor.get(`/requests/${id}`)).hidden(action),
      decision: "approve",
    };
    await addComment(grace.context, id, "Looks fine");
    await decideApproval(grace.context, {
      requestId: id,
      stepId: null,
      decision: "approve",
      comment: null,
      source: null,
    });
    expect((await visitor.post(action, fields)).status).toBe(303);
    expect(await read(id)).toMatchObject({ status: "approved" });
  });

  test("a revision at the very moment of the vote never leaves a vote for the new text", async () => {
    const visitor = await signedIn(server.url, ada);
    for (let round = 0; round < 20; round++) {
      const id = await ask({ requiredApprovals: 2 });
      const action = `/requests/${id}/decision`;
      const fields = {
        ...(await visitor.get(`/requests/${id}`)).hidden(action),
        decision: "approve",
      };
      await Promise.all([
        visitor.post(action, fields),
        reviseApproval(organization.context, id, { title: `Other ${round}` }),
      ]);
      expect((await votesOf(id)).filter((vote) => vote.voidedAt === null)).toEqual([]);
    }
  });
});

describe("who may not vote sees why, instead of the buttons", () => {
  const pageFor = async (person: TestPerson, id: string) => {
    const visitor = await signedIn(server.url, person);
    const page = await visitor.get(`/requests/${id}`);
    expect(page.status).toBe(200);
    expect(page.html).not.toContain('value="approve"');
    expect(page.html).toContain("You can't vote on this request.");
    const csrf = must(page.hidden("/sign-out").csrf);
    const forced = await visitor.post(`/requests/${id}/decision`, {
      csrf,
      shown: markShown(Date.now() - 10_000, { csrf, requestId: id, version: "1" }),
      version: "1",
      decision: "approve",
      confirmed: "yes",
    });
    expect([403, 409, 503]).toContain(forced.status);
    return page.html;
  };

  test("not among those asked", async () => {
    expect(await pageFor(grace, await ask({ assignedApprovers: [ada.id] }))).toContain(
      "You are not an approver of this request",
    );
  });

  test("not yet their step, with the names of whose turn it is", async () => {
    const html = await pageFor(
      grace,
      await ask({ assignedApprovers: [ada.id, grace.id], isSequential: true }),
    );
    expect(html).toContain("an earlier step has to be approved first");
    expect(html).toMatch(/Waiting for\s*<bdi>Ada<\/bdi>/);
  });

  test("may not approve at all", async () => {
    const onlooker = await organization.addPerson({ canApprove: false });
    expect(await pageFor(onlooker, await ask())).toContain(
      "You may not approve or reject requests",
    );
  });

  test("asked for it themselves, with four eyes on", async () => {
    const strict = await createOrganization(services, server, { fourEyes: true });
    const id = (
      await createApproval(strict.context, { title: "Mine", description: "", priority: "low" })
    ).record.id;
    expect(await pageFor(strict.owner, id)).toContain("somebody else must decide it");
  });

  test("the emergency stop is active", async () => {
    const stopped = await createOrganization(services, server);
    const id = (
      await createApproval(stopped.context, { title: "Now", description: "", priority: "low" })
    ).record.id;
    const visitor = await signedIn(server.url, stopped.owner);
    const action = `/requests/${id}/decision`;
    const fields = {
      ...(await visitor.get(`/requests/${id}`)).hidden(action),
      decision: "approve",
    };
    await setEmergencyStop(stopped.context, true, "Leak <b>");
    expect([409, 503]).toContain((await visitor.post(action, fields)).status);
    const home = await visitor.get("/waiting");
    expect(home.html).toContain("The emergency stop is active");
    expect(home.html).toContain("Leak &lt;b&gt;");
    expect((await visitor.get(`/requests/${id}`)).html).toContain("Cancelled");
  });
});

describe("a request's page", () => {
  test("is a 404 for an unknown id, for no id, and for another organization's", async () => {
    const other = await createOrganization(services, server);
    const stranger = await signedIn(server.url, other.owner);
    const id = await ask();
    for (const path of [
      `/requests/${id}`,
      `/requests/${id}/payload`,
      "/requests/01990000-0000-7000-8000-000000000000",
      "/requests/1%27--",
      "/requests/%00",
    ]) {
      const answer = await stranger.get(path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.html).not.toContain("Deploy");
    }
    const csrf = must((await stranger.get("/waiting")).hidden("/sign-out").csrf);
    const vote = await stranger.post(`/requests/${id}/decision`, {
      csrf,
      version: "1",
      decision: "approve",
    });
    expect(vote.status).toBe(404);
    expect((await stranger.post(`/requests/${id}/comments`, { csrf, body: "hi" })).status).toBe(
      404,
    );
    expect((await stranger.get("/waiting")).html).not.toContain(id);
  });

  test("tells of a deadline and of a decision that would happen by itself", async () => {
    const in3Hours = new Date(Date.now() + 3 * 3_600_000);
    const visitor = await signedIn(server.url, ada);
    const expiring = await visitor.get(`/requests/${await ask({ expiresAt: in3Hours })}`);
    expect(expiring.html).toMatch(/Expires\s*<time datetime="[^"]+"[^>]*>in 3 hours<\/time/);
    expect(expiring.html).toMatch(/\d{2}:\d{2} UTC/);
    const acting = await visitor.get(
      `/requests/${await ask({ autoAction: "approve", autoActionAfterMinutes: 30 })}`,
    );
    expect(acting.html).toMatch(/<strong>approved<\/strong\s*>\s*automatically/);
  });

  test("takes comments, and refuses empty and endless ones", async () => {
    const id = await ask();
    const visitor = await signedIn(server.url, grace);
    const action = `/requests/${id}/comments`;
    const fields = (await visitor.get(`/requests/${id}`)).hidden(action);
    expect((await visitor.post(action, { ...fields, body: " \n " })).status).toBe(422);
    expect((await visitor.post(action, { ...fields, body: "x".repeat(5001) })).status).toBe(422);
    const sent = await visitor.post(action, { ...fields, body: "Two\r\nlines" });
    expect(sent.location).toMatch(new RegExp(`^/requests/${id}\\?done=comment#comment-`));
    expect((await visitor.get(`/requests/${id}`)).html).toMatch(/Two<[^T]*<br \/>.*lines/);
  });

  test("of a huge payload stays small, says that it is cut, and offers the rest", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ n: i, name: `Customer ${i}` }));
    const id = await ask({
      metadata: {
        rows,
        deep: JSON.parse("[".repeat(50) + "]".repeat(50)) as unknown,
        long: "x".repeat(50_000),
      },
    });
    const visitor = await signedIn(server.url, ada);
    const page = await visitor.get(`/requests/${id}`);
    expect(page.html.length).toBeLessThan(85_000);
    expect(page.html).toContain("leaves out some details");
    const whole = await visitor.get(`/requests/${id}/payload`);
    expect(whole.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(JSON.parse(whole.html)).toHaveProperty("rows.4999.name", "Customer 4999");
  });
});

test("the list shows what waits, marks what is pressing and what is not this person's, and pages through the rest", async () => {
  const crowded = await createOrganization(services, server);
  const member = await crowded.addPerson();
  const create = (input: Partial<Input>) =>
    createApproval(crowded.context, { title: "T", description: "", priority: "low", ...input });
  await create({ title: "Oldest" });
  for (let i = 0; i < 20; i++) await create({ title: `Filler ${i}` });
  await create({ title: "Not theirs", assignedApprovers: [crowded.owner.id] });
  const { record } = await create({ title: "Urgent", priority: "critical" });
  const visitor = await signedIn(server.url, member);
  const home = await visitor.get("/waiting");
  expect(home.html).toContain("23 open");
  expect(home.html.match(/<li\s+class="request/g)).toHaveLength(20);
  expect(home.html.indexOf("Urgent")).toBeLessThan(home.html.indexOf("Not theirs"));
  expect(home.html).toContain("critical priority");
  expect(home.html).toMatch(/Not theirs[^]*?waiting for others/);
  expect(home.html).not.toContain("Oldest");
  expect((await visitor.get("/waiting?page=2")).html).toContain("Oldest");
  for (const page of ["0", "-1", "1e20", "x", "99", "2.7"])
    expect((await visitor.get(`/waiting?page=${page}`)).status).toBe(200);
  expect((await visitor.get("/waiting?tab=decided")).html).toContain("No decided requests yet");
  await visitor.decide(record.id, "approve", { confirmed: "yes" });
  expect((await visitor.get("/waiting?tab=decided")).html).toMatch(/Urgent[^]*approved/);
  expect((await createVisitor(server.url).get("/")).location).toBe("/sign-in");
});
