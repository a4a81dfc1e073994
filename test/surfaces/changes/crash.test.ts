// A server that is killed while it applies a change: afterwards the change is applied completely or not at all.
import {
  api,
  createDatabase,
  createOrganization,
  openServices,
  startReceiver,
  startServer,
  until,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { expectSound } from "../../request-history.ts";
import { changesApi } from "./changes-api.ts";

const database = await createDatabase();
const receiver = await startReceiver();
let server = await startServer({ database });
const services = openServices(server);
afterAll(async () => {
  await services.close();
  await server.stop();
  await receiver.stop();
  await database.drop();
});

const organization = await createOrganization(services, server);
const admin = await organization.addPerson({ role: "admin" });
const machine = await organization.addConnection();
const as = (who: { token: string } | { key: string }) =>
  changesApi(api(server.url, "token" in who ? who.token : who.key));
await as(admin).addType({ name: "priceList", applierUrl: receiver.url });

async function restart(failpoint?: string): Promise<void> {
  await server.stop();
  server = await startServer({ database, env: failpoint ? { SAYSO_FAILPOINT: failpoint } : {} });
}
const stored = async (id: string) =>
  (
    await services.sql<{ status: string; state: string; version: number | null; events: string[] }>(
      `select r.status, c.state, e.version,
         array(select type from events where request_id = r.id and type ~ 'approved|change' order by sequence) as events
       from requests r join changes c on c.request_id = r.id
       left join entities e on e.organization_id = r.organization_id and e.entity_id = c.entity_id
       where r.id = $1`,
      [id],
    )
  )[0];

test.each([
  ["after_apply", false],
  ["after_commit", true],
])("killed at %s: decision and application are both there, or neither", async (point, isDone) => {
  const { id } = (await as(machine).propose({ entityId: point })).body;
  await restart(point);
  await expect(as(admin).approve(id)).rejects.toThrow();
  await server.exited;
  expect(await stored(id)).toEqual(
    isDone
      ? {
          status: "approved",
          state: "applied",
          version: 1,
          events: ["approval.approved", "change.applied"],
        }
      : { status: "pending", state: "proposed", version: null, events: [] },
  );
  await restart();
  const again = await as(admin).approve(id);
  expect(again.status).toBe(isDone ? 409 : 200);
  expect((await as(machine).get(id)).body).toMatchObject({
    applyStatus: "applied",
    appliedVersion: 1,
  });
  await expectSound(services, id);
});

test("killed after an applier has answered, before that is recorded: it is called again under the same id, and applied once", async () => {
  const point = "before_record";
  const { id } = (
    await as(machine).propose({ entityType: "priceList", entityId: point, action: "create" })
  ).body;
  await restart(point);
  // The server can end before it has answered.
  await as(admin)
    .approve(id)
    .catch(() => undefined);
  await server.exited;
  expect(await stored(id)).toMatchObject({ status: "approved", state: "applying", version: 0 });
  // A delivery that a killed server had claimed is due when its lease ends. Another test covers that wait.
  await services.sql("update deliveries set next_attempt_at = now() where status = 'pending'");
  await restart();
  await until(async () => (await stored(id))?.state === "applied", "it is applied");
  expect(await stored(id)).toEqual({
    status: "approved",
    state: "applied",
    version: 1,
    events: ["approval.approved", "change.applying", "change.applied"],
  });
  const calls = receiver.requests.filter(({ json }) => json.id === id);
  expect(new Set(calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  await expectSound(services, id);
});
