// The operations behind the pages of deliveries: the log with its filters, and each attempt with its request and
// answer.
import type { ReplyOf, workspaceOperations } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { openStage, startReceiver, until } from "@sayso/testkit";
import { Webhook } from "standardwebhooks";
import { afterAll, describe, expect, test } from "vitest";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { owner, alice, machine, organization, services } = stage;

type Operations = typeof workspaceOperations;
type Body<Name extends keyof Operations> = ReplyOf<Operations[Name]>["body"];

const search = (query = {}, by = owner) =>
  by.api.call<Body<"searchDeliveries">>("GET", "/api/v1/deliveries", { query });
const inspect = (id: string, by: { api: typeof alice.api } = owner) =>
  by.api.call<Body<"getDelivery">>("GET", `/api/v1/deliveries/${id}`);

/** Decides a request with a callback to this path, and waits for its first attempt. */
async function callBack(path: string, from = machine, body = {}) {
  const { body: request } = await from.api.create({ callback_url: receiver.url + path, ...body });
  await alice.api.approve(request.id);
  await receiver.waitFor((received) => received.path === path);
  let found: Body<"searchDeliveries">["data"][number] | undefined;
  await until(async () => {
    found = (await search({ target: path })).body.data[0];
    return found !== undefined && (found.delivered_at ?? found.last_error) !== null;
  }, "the attempt is recorded");
  return must(found);
}

describe("a delivery", () => {
  test("shows what was sent and answered, but no value of a callback header and no cookie", async () => {
    receiver.answerWith({
      status: 202,
      headers: { "x-trace": "abc", "set-cookie": "session=secret" },
      body: "thank you",
    });
    const { id } = await callBack("/inspected", machine, {
      callback_headers: { Authorization: "Bearer very-secret", "x-tenant": "very-secret" },
    });
    const { body } = await inspect(id);
    const received = await receiver.waitFor(({ path }) => path === "/inspected");
    expect(received.headers.authorization).toBe("Bearer very-secret");
    expect(body).toMatchObject({
      id,
      status: "delivered",
      body: received.body,
      connection_id: machine.id,
      connection_name: machine.name,
      next_attempt_at: null,
    });
    const [attempt] = body.attempts;
    expect(attempt).toMatchObject({
      attempt: 1,
      status_code: 202,
      error: null,
      response_body: "thank you",
      request_headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-signature": received.headers["webhook-signature"],
        "X-OKRunit-Signature": received.headers["x-okrunit-signature"],
        Authorization: "(hidden)",
        "x-tenant": "(hidden)",
      },
      response_headers: { "x-trace": "abc", "set-cookie": "(hidden)" },
    });
    // Messages copied from the log still verify.
    new Webhook(machine.webhookSecret).verify(must(body.body), must(must(attempt).request_headers));
    const stored = JSON.stringify(await services.sql("select * from delivery_attempts"));
    expect(stored).not.toContain("very-secret");
    expect(stored).not.toContain("session=");
  });

  test("that fails says why, and when it is tried next", async () => {
    receiver.answerWith({ status: 500, body: "oh no" });
    const { id } = await callBack("/failing");
    const { body } = await inspect(id);
    expect(body).toMatchObject({ status: "pending", last_status_code: 500 });
    expect(Date.parse(must(body.next_attempt_at))).toBeGreaterThan(Date.parse(body.created_at));
    receiver.answerWith({});
  });

  test("keeps at most 4 kB of an answer's headers", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`x-long-${i}`, "v".repeat(400)]),
    );
    receiver.answerWith({ headers });
    const { id } = await callBack("/long");
    const kept = must(must((await inspect(id)).body.attempts[0]).response_headers);
    expect(kept["x-long-0"]).toBe("v".repeat(400));
    expect(JSON.stringify(kept).length).toBeLessThan(5000);
    receiver.answerWith({});
  });

  test("of what only admins see shows its body to them alone", async () => {
    const target_url = `${receiver.url}/for-admins`;
    await owner.api.call("POST", "/api/v1/subscriptions", {
      body: { target_url, event_types: ["team.*"] },
    });
    await organization.addTeam("Secret plans", []);
    await receiver.waitFor(({ path, body }) => path === "/for-admins" && body.includes("Secret"));
    const { body } = await search({ target: "/FOR-admins", event: "team.created" });
    const [found] = body.data;
    expect((await inspect(must(found).id, alice)).body.body).toBeNull();
    expect((await inspect(must(found).id, owner)).body.body).toContain("Secret plans");
  });
});

describe("the search", () => {
  test("finds by status, target, event, connection, subscription and time", async () => {
    const other = await organization.addConnection();
    const one = await callBack("/one");
    const two = await callBack("/two", other);
    const ids = async (query: object) =>
      (await search({ limit: 100, ...query })).body.data.map(({ id }) => id);
    expect(await ids({ connection_id: other.id })).toEqual([two.id]);
    expect(await ids({ target: "/ONE" })).toEqual([one.id]);
    expect(await ids({ target: "/%" })).toEqual([]);
    expect(await ids({ created_after: two.created_at })).toContain(two.id);
    expect(await ids({ created_after: two.created_at })).not.toContain(one.id);
    expect(await ids({ status: "gone" })).toEqual([]);
    expect(await ids({ event: "approval.decided", status: "delivered" })).toContain(one.id);
    expect(await ids({ subscription_id: one.id })).toEqual([]);
    expect((await search({ target: "/one" })).body.data[0]).toMatchObject({
      attempts_count: 1,
      connection_name: machine.name,
    });
  });

  test("shows a machine only its own", async () => {
    const stranger = await organization.addConnection();
    const { id } = await callBack("/mine");
    expect((await inspect(id, machine)).status).toBe(200);
    expect((await inspect(id, stranger)).status).toBe(404);
    const { body } = await stranger.api.call<Body<"searchDeliveries">>("GET", "/api/v1/deliveries");
    expect(body.data).toEqual([]);
  });

  test("is read on without gaps, and looks at no more than 5,000 at once, however few pass", async () => {
    await services.sql(
      `insert into deliveries (id, organization_id, event_id, event_type, url, origin, body, status, created_at)
       select gen_random_uuid(), $1, gen_random_uuid(), 'approval.decided', 'https://example.com/' || i,
         'https://example.com', '{}', 'delivered', now() - interval '1 day' - make_interval(secs => i / 10)
       from generate_series(1, 7000) i`,
      [organization.id],
    );
    await services.sql("analyze deliveries");
    const seen: string[] = [];
    for (let [cursor, pages] = [undefined as string | null | undefined, 0]; cursor !== null;) {
      const { body }: { body: Body<"searchDeliveries"> } = await search({
        target: "example.com/69",
        limit: 40,
        cursor,
      });
      // The first 5,000 deliveries contain only few matches, such as the 69th.
      if (pages++ === 0) expect(body.data.length).toBeLessThan(15);
      seen.push(...body.data.map(({ url }) => url));
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(111);
    expect(new Set(seen).size).toBe(111);
  });
});
