import { afterAll, beforeAll, expect, test } from "vitest";
import type { FullContext } from "../services.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { createConnection } from "./create-connection.ts";
import { getConnection } from "./get-connection.ts";
import { leaveLocalhost } from "./leave-localhost.ts";
import { updateConnection } from "./update-connection.ts";

let database: TestDatabase;
let owner: FullContext;

beforeAll(async () => {
  database = await openTestDatabase();
  owner = {
    ...database.owner,
    services: { ...database.services, mail: { isEnabled: true } },
  };
  await database.services.system.query("update people set email = 'mara@example.com'");
});
afterAll(() => database.close());

const whileLocal = { canDecide: true, canDecideOwn: true, decidesWhileLocal: true };
const votes = async (id: string) => {
  const { canDecide, canDecideOwn } = await getConnection(owner, id);
  return [canDecide, canDecideOwn];
};

test("votes of a localhost address end together, once, with an event and a mail; others stay", async () => {
  const { connection } = await createConnection(owner, { name: "First key", ...whileLocal });
  const chosen = { name: "Bot", canDecide: true, canDecideOwn: true };
  const other = await createConnection(owner, chosen);
  const both = await Promise.all([leaveLocalhost(owner.services), leaveLocalhost(owner.services)]);
  expect(both.flat()).toEqual([{ id: connection.id, name: "First key" }]);
  expect(await votes(connection.id)).toEqual([false, false]);
  expect(await votes(other.connection.id)).toEqual([true, true]);
  const events = await database.services.system.query(
    `select actor_kind, data from events where type = 'connection.deciding_ended'`,
  );
  expect(events.rows).toEqual([
    {
      actor_kind: "system",
      data: { connection_id: connection.id, reason: "left_localhost" },
    },
  ]);
  const mails = await database.services.system.query(
    "select recipient, subject from mails where subject like '%can no longer vote%'",
  );
  expect(mails.rows).toEqual([
    { recipient: "mara@example.com", subject: "First key can no longer vote in your name" },
  ]);
});

test("an agreement that came later, by whichever of its ways, has no such end", async () => {
  const { connection: again } = await createConnection(owner, { name: "Again", ...whileLocal });
  await updateConnection(owner, again.id, { canDecide: false });
  await updateConnection(owner, again.id, { canDecide: true });
  const { connection: whole } = await createConnection(owner, { name: "Whole", ...whileLocal });
  await updateConnection(owner, whole.id, { canDecideOwn: false });
  await updateConnection(owner, whole.id, { canDecideOwn: true });
  expect(await leaveLocalhost(owner.services)).toEqual([]);
  expect([await votes(again.id), await votes(whole.id)]).toEqual([
    [true, false],
    [true, true],
  ]);
});

test("what is left of it, without the votes on its own requests, ends as well", async () => {
  const { connection } = await createConnection(owner, { name: "Less", ...whileLocal });
  await updateConnection(owner, connection.id, { canDecideOwn: false });
  expect(await leaveLocalhost(owner.services)).toEqual([{ id: connection.id, name: "Less" }]);
});
