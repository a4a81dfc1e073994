// docs/faults.md, 79–81, for subscriptions: every event arrives, at whatever point the server dies.
import {
  createDatabase,
  createOrganization,
  openServices,
  startReceiver,
  startServer,
  until,
  api,
  type TestServer,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { allDelivered, subscriptions } from "./delivered.ts";

/** The number of times that the server dies at each point. */
const ROUNDS = Number(process.env.SAYSO_CRASH_ROUNDS ?? 2);
const database = await createDatabase();
const receiver = await startReceiver();
let server: TestServer = await startServer({ database });
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
  await receiver.stop();
  await database.drop();
});
const organization = await createOrganization(services, server);
const machine = await organization.addConnection({ canDecide: true, canDecideOwn: true });
for (const n of [1, 2])
  await subscriptions(machine.api).create({
    target_url: `${receiver.url}/${n}`,
    event_types: ["approval.*"],
  });
await server.stop();

/** Starts a server that dies the nth time that it reaches this point, which can be before it is ready. */
async function startToDieAt(point: string, nth: number): Promise<TestServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer({
        database,
        env: { SAYSO_FAILPOINT: `${point}:${nth + 3 * (attempt - 1)}` },
      });
    } catch (error) {
      if (attempt === 10 || !String(error).includes("The server ended:")) throw error;
    }
  }
}

test.each(["after_create", "after_commit", "after_sequencing", "after_claim", "before_record"])(
  "a server that dies at %s loses no event for any subscription",
  async (point) => {
    for (let round = 0; round < ROUNDS; round++) {
      server = await startToDieAt(point, 2 + round);
      let isDead = false;
      void server.exited.then(() => (isDead = true));
      const by = api(server.url, machine.key);
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          while (!isDead) {
            const made = await by.create().catch(() => undefined);
            if (made?.status === 201) await by.approve(made.body.id).catch(() => undefined);
          }
        }),
      );
    }
    server = await startServer({ database });
    // A claimed delivery is due again when its lease ends.
    await services.sql("update deliveries set next_attempt_at = now() where status = 'pending'");
    await allDelivered(services);
    const events = await services.sql<{ id: string }>(
      "select id from events where organization_id = $1 and type like 'approval.%'",
      [organization.id],
    );
    expect(events.length).toBeGreaterThan(ROUNDS);
    for (const path of ["/1", "/2"]) {
      const reported = receiver.requests.filter((request) => request.path === path);
      const ids = new Map<unknown, Set<unknown>>();
      for (const { json, headers } of reported)
        ids.set(json.id, (ids.get(json.id) ?? new Set()).add(headers["webhook-id"]));
      expect(events.filter(({ id }) => !ids.has(id))).toEqual([]);
      // An event that arrives twice has the same id.
      expect([...ids.values()].filter((same) => same.size > 1)).toEqual([]);
    }
    await until(
      async () => (await api(server.url, machine.key).list()).status === 200,
      "it answers",
    );
    await server.stop();
  },
);
