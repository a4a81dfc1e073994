// A vote counts only for the version that the approver read. Every operation refuses a vote on another version, and
// none ignores the condition.
import { must } from "@sayso/must";
import { api, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, machine, alice, bob } = stage;

const small = { title: "Refund 5 EUR", metadata: { amount: "5" } };
const large = { title: "Refund 5,000,000 EUR", metadata: { amount: "5000000" } };

/** Creates a request that Alice reads, and then revises it. */
async function readAndRevised(more: object = {}) {
  const { body } = await machine.api.create({ ...small, ...more });
  const { sequence } = (await alice.api.get(body.id)).body;
  expect((await machine.api.revise(body.id, large)).status).toBe(200);
  return { id: body.id, sequence };
}
const statusOf = async (id: string) => (await alice.api.get(id)).body.status;
const path = (id: string) => `/api/v1/approvals/${id}`;
const approve = { decision: "approve" } as const;
const REVISED = { status: 409, error: { details: { reason: "revised" } } };

describe("a vote that says which version was read", () => {
  test("is refused once the request was revised, and counts for what was read again", async () => {
    const { id, sequence } = await readAndRevised();
    expect(await alice.api.decide(id, { ...approve, sequence })).toMatchObject(REVISED);
    expect(await statusOf(id)).toBe("pending");
    const again = (await alice.api.get(id)).body.sequence;
    expect(await alice.api.decide(id, { ...approve, sequence: again })).toMatchObject({
      status: 200,
      body: { status: "approved" },
    });
  });

  test("counts after comments and the votes of others", async () => {
    const { body } = await machine.api.create({ ...small, required_approvals: 2 });
    const { sequence } = body;
    await bob.api.comment(body.id, "Looks fine");
    await bob.api.approve(body.id);
    expect(await alice.api.decide(body.id, { ...approve, sequence })).toMatchObject({
      body: { status: "approved" },
    });
  });

  test("is refused on a step, and by If-Match, quoted or bare", async () => {
    const { id, sequence } = await readAndRevised();
    const { body: steps } = await machine.api.setSteps(id, [{ approver_id: alice.id }]);
    const step = must(steps.data[0]).id;
    const now = (await alice.api.get(id)).body.sequence;
    expect(await alice.api.decideStep(id, step, { ...approve, sequence })).toMatchObject(REVISED);
    for (const at of [path(id), `${path(id)}/steps/${step}`])
      for (const match of [`"${sequence}"`, String(sequence)])
        expect(
          await alice.api.call("PATCH", at, { body: approve, headers: { "If-Match": match } }),
        ).toMatchObject(REVISED);
    expect(await statusOf(id)).toBe("pending");
    const headers = { "If-Match": `"${now}"` };
    const voted = await alice.api.call("PATCH", path(id), { body: approve, headers });
    expect(voted).toMatchObject({ status: 200, body: { status: "approved" } });
  });

  test("is refused among several, each for itself", async () => {
    const revised = await readAndRevised();
    const { body: other } = await machine.api.create(small);
    const { body } = await alice.api.batch({
      ids: [revised.id, other.id],
      sequences: [revised.sequence, other.sequence],
      ...approve,
    });
    expect(body.results).toMatchObject([
      { id: revised.id, success: false, code: "CONFLICT" },
      { id: other.id, success: true, status: "approved" },
    ]);
    expect(await statusOf(revised.id)).toBe("pending");
    const uneven = await alice.api.batch({ ids: [revised.id], sequences: [1, 2], ...approve });
    expect(uneven).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "sequences" }] } },
    });
  });

  test("is refused for a version that there never was", async () => {
    const { body } = await machine.api.create(small);
    const sequence = body.sequence + 1000;
    expect(await alice.api.decide(body.id, { ...approve, sequence })).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "sequence" }] } },
    });
    expect(await statusOf(body.id)).toBe("pending");
  });
});

describe("a condition that Sayso doesn't know", () => {
  test.each(["*", 'W/"1"', '"1", "2"', '"abc"', ""])(
    "If-Match: %s on a vote is refused",
    async (match) => {
      const { body } = await machine.api.create(small);
      const headers = { "If-Match": match };
      const answer = await alice.api.call("PATCH", path(body.id), { body: approve, headers });
      expect(answer).toMatchObject({
        status: 400,
        error: { details: { fields: [{ field: "If-Match" }] } },
      });
      expect(await statusOf(body.id)).toBe("pending");
    },
  );

  test("is refused by every other call that changes something, and says so", async () => {
    const { body } = await machine.api.create(small);
    const calls: [string, string, object?][] = [
      ["POST", "/api/v1/approvals", { title: "x", description: "y", priority: "low" }],
      ["PUT", path(body.id), large],
      ["DELETE", path(body.id)],
      ["POST", "/api/v1/approvals/batch", { ids: [body.id], ...approve }],
    ];
    for (const [method, at, sent] of calls)
      for (const header of ["If-Match", "If-Unmodified-Since"]) {
        const headers = { [header]: header === "If-Match" ? '"1"' : new Date().toUTCString() };
        const by = at.endsWith("batch") ? alice.api : machine.api;
        expect(await by.call(method, at, { body: sent, headers })).toMatchObject({
          status: 400,
          error: { details: { fields: [{ field: header }] } },
        });
      }
    expect((await alice.api.get(body.id)).body).toMatchObject({ status: "pending", ...small });
  });

  test("is refused where it differs from the body", async () => {
    const { body } = await machine.api.create(small);
    const headers = { "If-Match": `"${body.sequence}"` };
    const sent = { ...approve, sequence: body.sequence + 1 };
    expect((await alice.api.call("PATCH", path(body.id), { body: sent, headers })).status).toBe(
      400,
    );
    expect(await statusOf(body.id)).toBe("pending");
  });
});

test.each(["high", "critical"])(
  "several at once hold none of %s priority, as the page offers it",
  async (priority) => {
    const { body } = await machine.api.create({ ...small, priority });
    const { body: low } = await machine.api.create({ ...small, priority: "low" });
    const headers = { Cookie: `sayso_session=${await alice.signIn()}`, Origin: server.url };
    const votes = [body, low].map(({ id, sequence }) => ({ id, sequence, step_id: null }));
    const answer = await api(server.url, null).call("POST", "/api/v1/your-votes", {
      headers,
      body: { ...approve, votes },
    });
    expect(answer.body).toMatchObject({
      results: [
        { id: body.id, success: false, error: expect.stringContaining("one by one") as string },
        { id: low.id, success: true },
      ],
    });
    expect(await statusOf(body.id)).toBe("pending");
  },
);
