// Cases 39–41 of docs/faults.md: two organizations on one server.
import {
  createClient,
  createGrant,
  createOAuthSecret,
  createTemplate,
  createTokenStore,
} from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, openStage, startReceiver } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, machine, owner, services, server } = stage;
const theirs = await createOrganization(services, server, { name: "Zebra Incorporated" });
const theirMachine = await theirs.addConnection({ name: "zebra machine" });
const them = await theirs.addPerson({ name: "Zebra Person" });

describe("the same idempotency key in two organizations (case 39)", () => {
  test("makes two requests that know nothing of each other", async () => {
    const body = { idempotency_key: "shared key" };
    const [ours, other] = [await machine.api.create(body), await theirMachine.api.create(body)];
    expect([ours.status, other.status]).toEqual([201, 201]);
    expect(ours.body.id).not.toBe(other.body.id);
    expect(await theirMachine.api.create(body)).toMatchObject({
      status: 200,
      body: { id: other.body.id },
    });
    expect(await machine.api.create(body)).toMatchObject({
      status: 200,
      body: { id: ours.body.id },
    });
    expect(await machine.api.create({ ...body, title: "Another" })).toMatchObject({
      status: 409,
      error: { details: { id: ours.body.id } },
    });
  });

  test("is no other connection's of the same organization", async () => {
    const second = await organization.addConnection();
    const first = await machine.api.create({ idempotency_key: "of all" });
    expect(await second.api.create({ idempotency_key: "of all" })).toMatchObject({
      status: 201,
      body: { id: expect.not.stringContaining(first.body.id) as string },
    });
  });
});

describe("lists, searches and counts (case 40)", () => {
  test("hold nothing of the other organization", async () => {
    for (let i = 0; i < 5; i++) {
      const { body } = await theirMachine.api.create({
        title: `zebra ${i}`,
        description: "zebra",
        priority: "critical",
        action_type: "zebra.run",
        source: "zebra",
        source_id: "zebra",
        callback_url: `${receiver.url}/zebra`,
        assigned_approvers: [them.id],
      });
      await theirMachine.api.comment(body.id, "zebra");
      if (i === 0) await them.api.approve(body.id);
    }
    await createTemplate(theirs.context, { name: "zebra template", targetApp: "zebra" });
    await theirs.addTeam("zebra team", [them]);
    await expect.poll(async () => (await theirMachine.api.deliveries()).body.total).toBe(1);
    expect((await theirMachine.api.list({ search: "zebra" })).body.total).toBe(5);

    const { body: openapi } = await owner.api.call<{
      paths: Record<string, Record<string, object>>;
    }>("GET", "/api/v1/openapi");
    const lists = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      "get" in methods && !path.includes("{") && !path.endsWith("/openapi") ? [path] : [],
    );
    expect(lists.length).toBeGreaterThanOrEqual(8);
    for (const path of lists) {
      for (const by of [owner.api, machine.api]) {
        const { body, status } = await by.call("GET", path);
        expect([path, status < 500]).toEqual([path, true]);
        expect(JSON.stringify(body).toLowerCase()).not.toContain("zebra");
        expect(JSON.stringify(body)).not.toContain(theirs.id);
      }
    }
    for (const query of [
      { search: "zebra" },
      { action_type: "zebra.run" },
      { source: "zebra" },
      { source_id: "zebra" },
      { priority: "critical" },
    ]) {
      expect(await owner.api.list(query)).toMatchObject({
        status: 200,
        body: { data: [], total: 0, pagination: { total: 0, total_pages: 0 } },
      });
    }
    expect(
      (await owner.api.call<{ data: string[] }>("GET", "/api/v1/templates?target_app=zebra")).body
        .data,
    ).toEqual([]);
  });

  test("count only their own, each to the last one", async () => {
    const [ours, other] = await Promise.all([
      machine.api.list({ page_size: 1 }),
      theirMachine.api.list({ page_size: 1 }),
    ]);
    const rows = await services.sql<{ id: string; n: number }>(
      "select organization_id as id, count(*)::int as n from requests group by 1",
    );
    expect(ours.body.total).toBe(rows.find((row) => row.id === organization.id)?.n);
    expect(other.body.total).toBe(rows.find((row) => row.id === theirs.id)?.n);
  });
});

describe("one pool of connections (case 41)", () => {
  test("never carries one organization into the other's request: 1,000 interleaved", async () => {
    const sides = [
      { id: organization.id, api: machine.api, voter: owner.api },
      { id: theirs.id, api: theirMachine.api, voter: theirs.owner.api },
    ];
    let asked = 0;
    const worker = async (n: number) => {
      while (asked < 1000) {
        const side = must(sides[(asked++ + n) % 2]);
        const kind = asked % 5;
        if (kind === 0) {
          const created = await side.api.create({ title: `of ${side.id}` });
          expect(created.body.org_id).toBe(side.id);
          asked++;
          expect((await side.voter.approve(created.body.id)).status).toBe(200);
        } else if (kind === 1) {
          expect((await side.voter.call<{ id: string }>("GET", "/api/v1/org")).body.id).toBe(
            side.id,
          );
        } else {
          const query = kind === 2 ? { search: "of" } : kind === 3 ? { status: "approved" } : {};
          const { body } = await side.api.list({ ...query, page_size: 5 });
          expect(body.data.every((request) => request.org_id === side.id)).toBe(true);
        }
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, n) => worker(n)));
    expect(asked).toBeGreaterThanOrEqual(1000);
  });

  test("every table is under row-level security, for its owner as well", async () => {
    const tables = await services.sql<{ name: string; is_safe: boolean }>(
      `select relname as name, relrowsecurity and relforcerowsecurity as is_safe from pg_class
       where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1`,
    );
    const open = tables.filter(({ is_safe }) => !is_safe).map(({ name }) => name);
    expect(open).toEqual(["sayso_definitions", "sayso_migrations", "sayso_releases"]);
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["oauth_clients", "oauth_grants", "oauth_tokens", "requests"]),
    );
  });

  test("a transaction for which no organization was set sees nothing of any organization", async () => {
    const tables = await services.sql<{ name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
    );
    const seen: string[] = [];
    let readable = 0;
    for (const { name } of tables.filter((table) => !table.name.startsWith("sayso_"))) {
      const rows = await services.app
        .query<{ n: number }>(`select count(*)::int as n from ${name}`)
        .then((result) => result.rows)
        .catch((error: { code: string }) => {
          // The API's role can't read this table at all: sign-in, the worker and the authorization server use it.
          if (error.code !== "42501") throw error;
          return null;
        });
      if (rows) readable++;
      if (rows && rows[0]?.n !== 0) seen.push(name);
    }
    expect(seen).toEqual([]);
    expect(readable).toBeGreaterThan(15);
  });

  test("what people allowed apps is seen, changed and added to only in its own organization", async () => {
    const changes = {
      oauth_clients: "name = 'Mine'",
      oauth_grants: "revoked_at = now()",
      oauth_tokens: "expires_at = now()",
    };
    const { client } = await createClient(theirs.context, {
      name: "Theirs",
      redirectUris: ["https://app.example.com/callback"],
    });
    const allowed = { clientId: client.id, scopes: ["approvals:read"], resource: null };
    const grantId = await createGrant(them.context, allowed);
    await createTokenStore(services).save("AccessToken", createOAuthSecret("accessToken"), {
      clientId: client.id,
      grantId,
      payload: {},
      expiresInSeconds: 60,
    });
    const db = await services.app.connect();
    try {
      for (const [table, change] of Object.entries(changes)) {
        const touch = `update ${table} set ${change} where organization_id = $1`;
        for (const [by, count] of [
          [organization.id, 0],
          [theirs.id, 1],
        ] as const) {
          await db.query("begin");
          await db.query(`set local sayso.organization_id = '${by}'`);
          const { rowCount } = await db.query(touch, [theirs.id]);
          expect([table, by, rowCount]).toEqual([table, by, count]);
          await db.query("rollback");
        }
      }
      await db.query("begin");
      await db.query(`set local sayso.organization_id = '${organization.id}'`);
      await expect(
        db.query(
          `insert into oauth_grants (id, organization_id, client_id, connection_id, person_id, scopes)
           values ($1, $2, $3, $4, $5, '{}')`,
          [services.newId(), theirs.id, client.id, client.connectionId, owner.id],
        ),
      ).rejects.toThrow(/row-level security/);
    } finally {
      await db.query("rollback");
      db.release();
    }
  });

  test("nor can it write into one that is not its own", async () => {
    const db = await services.app.connect();
    try {
      await db.query("begin");
      await db.query(`set local sayso.organization_id = '${organization.id}'`);
      const { rowCount } = await db.query(
        "update requests set title = 'Mine' where organization_id = $1",
        [theirs.id],
      );
      expect(rowCount).toBe(0);
      await expect(
        db.query("insert into teams (id, organization_id, name) values ($1, $2, 'Mine')", [
          services.newId(),
          theirs.id,
        ]),
      ).rejects.toThrow(/row-level security/);
    } finally {
      await db.query("rollback");
      db.release();
    }
  });
});
