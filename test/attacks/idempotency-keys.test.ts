// An idempotency key belongs to its asker. The header and the field both carry it.
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { alice, bob, machine, organization } = stage;
const other = await organization.addConnection({ name: "other" });

const change = (entityId: string) => ({
  entityType: "offer",
  entityId,
  entityName: "Offer",
  action: "create",
  payload: { price: 1 },
});
const runs = `/organizations/${organization.id}/approvals/${organization.id}/runs`;

/** Every operation that takes an idempotency key: how to call it, and the name of its field. */
const doors: [string, string, string, (name: string) => Record<string, unknown>][] = [
  [
    "a request",
    "/api/v1/approvals",
    "idempotency_key",
    (name) => ({ title: name, description: "d", priority: "low" }),
  ],
  ["a payload", "/api/v1/requests", "idempotency_key", (name) => ({ payload: { name } })],
  ["a run", runs, "idempotencyKey", (name) => ({ object: { name } })],
  ["a change", "/changes/api/v1/approvals", "idempotencyKey", change],
];

interface Made {
  id: string;
  created_by?: string | null;
}

describe.each(doors)("of %s", (what, path, field, bodyOf) => {
  const ask = (
    who: Pick<typeof machine, "api">,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
  ) => who.api.call<Made>("POST", path, { body, headers });

  test("a key of one asker keeps no other from asking with it", async () => {
    const key = `${what} occupied`;
    const mine = await ask(machine, { ...bodyOf(`${what} 1`), [field]: key });
    const theirs = await ask(other, { ...bodyOf(`${what} 2`), [field]: key });
    const hers = await ask(alice, { ...bodyOf(`${what} 3`), [field]: key });
    const his = await ask(bob, { ...bodyOf(`${what} 4`), [field]: key });
    const answers = [mine, theirs, hers, his];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(4);
    expect(await ask(machine, { ...bodyOf(`${what} 1`), [field]: key })).toMatchObject({
      status: 200,
      body: { id: mine.body.id },
    });
    expect((await ask(other, { ...bodyOf(`${what} 1`), [field]: key })).status).toBe(409);
  });

  test("the header is the field", async () => {
    const key = `${what} header`;
    const body = bodyOf(`${what} 5`);
    const first = await ask(machine, body, { "Idempotency-Key": key });
    expect(first.status).toBe(201);
    const again = await Promise.all([
      ask(machine, body, { "Idempotency-Key": key }),
      ask(machine, body, { "idempotency-key": `"${key}"` }),
      ask(machine, { ...body, [field]: key }),
      ask(machine, { ...body, [field]: key }, { "Idempotency-Key": key }),
    ]);
    expect(again.map(({ status, body: { id } }) => [status, id])).toEqual(
      Array(4).fill([200, first.body.id]),
    );
    const another = await ask(machine, bodyOf(`${what} 6`), { "Idempotency-Key": key });
    expect(another.status).toBe(409);
  });

  test("a header that differs from the field, or can't be a key, is a 400", async () => {
    const body = bodyOf(`${what} 7`);
    const answers = await Promise.all([
      ask(machine, { ...body, [field]: "a" }, { "Idempotency-Key": "b" }),
      ask(machine, body, { "Idempotency-Key": "" }),
      ask(machine, body, { "Idempotency-Key": '""' }),
      ask(machine, body, { "Idempotency-Key": "x".repeat(256) }),
      ask(machine, body, { "Idempotency-Key": "\u00fc" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  });

  test("the same key many times at once makes one", async () => {
    const body = { ...bodyOf(`${what} 8`), [field]: `${what} at once` };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(i % 2 ? alice : machine, body)),
    );
    for (const parity of [0, 1]) {
      const own = answers.filter((_, i) => i % 2 === parity);
      // Only one proposal can create an entity, so one of the two askers gets 409.
      if (own.some(({ status }) => status === 409)) continue;
      expect(own.map(({ status }) => status).sort()).toEqual([
        ...Array.from({ length: 9 }, () => 200),
        201,
      ]);
      expect(new Set(own.map(({ body: { id } }) => id)).size).toBe(1);
    }
  });
});
