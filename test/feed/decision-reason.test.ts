// The reason why a request ended is the same wherever it is shown. An emergency stop is no cancellation.
import { createClient } from "@sayso/client";
import { must } from "@sayso/must";
import { createOrganization, openStage, startReceiver, until } from "@sayso/testkit";
import {
  flatten,
  outcomeOf,
  outcomeOfItem,
  portOf,
  readDecision,
  type EventItem,
} from "@sayso/triggers";
import { afterAll, expect, test } from "vitest";
import type { EventPage } from "./readers.ts";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(async () => {
  await receiver.stop();
  await stage.close();
});
const { services, server } = stage;

/** Creates an organization of its own, because the emergency stop ends everything that is pending. */
async function openHouse() {
  const house = await createOrganization(services, server);
  const bot = await house.addConnection();
  const ask = async (more: Record<string, unknown> = {}) =>
    (await bot.api.create({ callback_url: receiver.url, ...more })).body.id;
  return { house, bot, ask };
}
type House = Awaited<ReturnType<typeof openHouse>>;

const soon = "now() + interval '100 ms'";
const endings: [string, string, string, string, (house: House) => Promise<string>][] = [
  [
    "an approval",
    "approved",
    "vote",
    "approved",
    async ({ house, ask }) => {
      const id = await ask();
      await house.owner.api.approve(id, "Go");
      return id;
    },
  ],
  [
    "a rejection",
    "rejected",
    "vote",
    "rejected",
    async ({ house, ask }) => {
      const id = await ask();
      await house.owner.api.reject(id, "No");
      return id;
    },
  ],
  [
    "an automatic approval",
    "approved",
    "auto_action",
    "approved",
    async ({ house, ask }) => {
      const id = await ask(await house.approvingItself(5));
      await services.sql(`update requests set auto_action_at = ${soon} where id = $1`, [id]);
      return id;
    },
  ],
  [
    "a deadline",
    "expired",
    "expired",
    "expired",
    async ({ ask }) => {
      const id = await ask({ expires_at: "2099-01-01T00:00:00Z" });
      await services.sql(`update requests set expires_at = ${soon} where id = $1`, [id]);
      return id;
    },
  ],
  [
    "a withdrawal",
    "cancelled",
    "cancelled",
    "cancelled",
    async ({ bot, ask }) => {
      const id = await ask();
      await bot.api.cancel(id, "Moot");
      return id;
    },
  ],
  [
    "the emergency stop",
    "cancelled",
    "emergency_stop",
    "stopped",
    async ({ house, ask }) => {
      const id = await ask();
      const stop = { active: true, reason: "Leak" };
      await house.owner.api.call("POST", "/api/v1/emergency-stop", { body: stop });
      return id;
    },
  ],
];

test.each(endings)(
  "%s leaves a request %s on the grounds of %s: the platforms' %s",
  async (_, status, decision_reason, outcome, end) => {
    const house = await openHouse();
    const id = await end(house);
    const api = house.bot.api;
    const callback = await receiver.waitFor((r) => r.json.request_id === id);
    expect(callback.json).toMatchObject({ status, decision_reason });

    const { body: read } = await api.get(id);
    expect(read).toMatchObject({ status, decision_reason });
    const { body: page } = await api.list();
    expect(page.data).toMatchObject([{ id, status, decision_reason }]);

    const types = "approval.approved,approval.rejected,approval.cancelled,approval.expired";
    let reported: EventItem[] = [];
    const isShown = async () => {
      reported = (await api.call<EventPage>("GET", "/api/v1/events", { query: { types } })).body
        .data;
      return reported.length === 1;
    };
    await until(isShown, "its end is told");
    const [item] = reported;
    expect(item).toMatchObject({
      data: { reason: decision_reason },
      request: { status, decision_reason },
    });
    const { body: first } = await api.call<EventPage>("GET", "/api/v1/events", {
      query: { types: "approval.created" },
    });
    expect(first.data).toMatchObject([{ request: { status: "pending", decision_reason: null } }]);

    const port = portOf(createClient({ url: server.url, token: house.bot.key }));
    expect(await readDecision(port, id)).toMatchObject({
      kind: outcome,
      goesOn: outcome === "approved",
    });
    expect([outcomeOf(read), outcomeOfItem(must(item))]).toEqual([outcome, outcome]);
    expect(flatten(must(item))).toMatchObject({
      outcome,
      may_go_on: outcome === "approved",
      request_decision_reason: decision_reason,
    });
  },
);

test("an emergency stop reads as one who pulled it and why", async () => {
  const { house, bot, ask } = await openHouse();
  const id = await ask();
  await house.owner.api.call("POST", "/api/v1/emergency-stop", {
    body: { active: true, reason: "Leak" },
  });
  const port = portOf(createClient({ url: server.url, token: bot.key }));
  await until(async () => (await readDecision(port, id)).isFinal, "it is stopped");
  const { message } = await readDecision(port, id);
  expect(message).toBe(
    `“Deploy v2” was stopped: ${house.owner.name} pulled the emergency stop: Leak`,
  );
});

test("what is pending, and what nobody decides, has no grounds; a comment afterwards changes none", async () => {
  const { house, bot, ask } = await openHouse();
  const pending = await ask();
  expect((await bot.api.get(pending)).body.decision_reason).toBeNull();
  const { body: log } = await bot.api.create({ is_log: true });
  expect(log).toMatchObject({ status: "approved", decision_reason: null });
  expect((await bot.api.get(log.id)).body.decision_reason).toBeNull();
  await house.owner.api.reject(pending);
  await bot.api.comment(pending, "Pity");
  expect((await bot.api.get(pending)).body.decision_reason).toBe("vote");
});
