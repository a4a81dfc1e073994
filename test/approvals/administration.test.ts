import { must } from "@sayso/must";
import {
  api as withCredential,
  createOrganization,
  openStage,
  startReceiver,
  startServer,
  type Api,
  HANG_MS,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { organization, machine, alice, bob, owner, services, server } = stage;
const admin = await organization.addPerson({ role: "admin" });
const nobody = "01234567-89ab-7def-8123-456789abcdef";

type Row = Record<string, unknown>;
const list = async (by: Api, path: string) =>
  (await by.call<{ data: Row[] }>("GET", `/api/v1${path}`)).body.data;
const send = (by: Api, method: string, path: string, body?: unknown) =>
  by.call<Row>(method, `/api/v1${path}`, { body });

describe("the organization", () => {
  test("is shown to every credential of it", async () => {
    for (const by of [owner.api, alice.api, machine.api]) {
      expect((await send(by, "GET", "/org")).body).toMatchObject({
        id: organization.id,
        name: organization.name,
        four_eyes: false,
      });
    }
  });

  test("is changed by admins only", async () => {
    expect(await send(admin.api, "PATCH", "/org", { name: "Renamed" })).toMatchObject({
      status: 200,
      body: { name: "Renamed", four_eyes: false },
    });
    expect(await send(alice.api, "PATCH", "/org", { name: "Mine" })).toMatchObject({ status: 403 });
    expect(await send(machine.api, "PATCH", "/org", { four_eyes: false })).toMatchObject({
      status: 403,
    });
    expect(await send(owner.api, "PATCH", "/org", { name: "" })).toMatchObject({ status: 400 });
    expect((await send(owner.api, "GET", "/org")).body).toMatchObject({ name: "Renamed" });
  });
});

describe("what fills the dropdowns of other clients", () => {
  test("action types: each that was used, once", async () => {
    for (const action_type of ["deploy", "user.delete", "deploy", undefined])
      await machine.api.create({ action_type });
    expect(await list(machine.api, "/org/action-types")).toEqual(["deploy", "user.delete"]);
  });

  test("teams with their members", async () => {
    const made = await send(owner.api, "POST", "/teams", { name: "Finance" });
    expect(made).toMatchObject({ status: 201, body: { name: "Finance", member_ids: [] } });
    const changed = await send(owner.api, "PUT", `/teams/${String(made.body.id)}/members`, {
      member_ids: [bob.id, admin.id],
    });
    expect(changed.status).toBe(200);
    expect(new Set(changed.body.member_ids as string[])).toEqual(new Set([bob.id, admin.id]));
    expect((await list(machine.api, "/teams")).find((team) => team.id === made.body.id)).toEqual(
      changed.body,
    );
  });

  test("a team of a name that is taken is a 409, of people who are not here a 400, made by a member a 403", async () => {
    const { body: team } = await send(owner.api, "POST", "/teams", { name: "Taken" });
    expect(await send(owner.api, "POST", "/teams", { name: "Taken" })).toMatchObject({
      status: 409,
    });
    const members = `/teams/${String(team.id)}/members`;
    expect(await send(owner.api, "PUT", members, { member_ids: [alice.id, nobody] })).toMatchObject(
      {
        status: 400,
        error: { details: { fields: [{ field: "member_ids" }] } },
      },
    );
    expect((await list(owner.api, "/teams")).find(({ id }) => id === team.id)).toMatchObject({
      member_ids: [],
    });
    expect(await send(alice.api, "PUT", members, { member_ids: [alice.id] })).toMatchObject({
      status: 403,
    });
    expect(await send(alice.api, "POST", "/teams", { name: "Mine" })).toMatchObject({
      status: 403,
    });
    expect(
      await send(owner.api, "PUT", `/teams/${nobody}/members`, { member_ids: [] }),
    ).toMatchObject({ status: 404 });
  });

  test("a team's name has 1 to 100 characters", async () => {
    const statuses = await Promise.all(
      [1, 100, 101, 0].map(
        async (n) => (await send(owner.api, "POST", "/teams", { name: "t".repeat(n) })).status,
      ),
    );
    expect(statuses).toEqual([201, 201, 400, 400]);
  });

  test("members, all or those who can approve", async () => {
    const watcher = await organization.addPerson({ canApprove: false });
    const all = await list(machine.api, "/team/members");
    expect(all.find((m) => m.id === alice.id)).toMatchObject({
      name: alice.name,
      email: alice.email,
      role: "member",
      can_approve: true,
    });
    expect(all.find((m) => m.id === owner.id)).toMatchObject({ role: "owner" });
    const [yes, no] = [
      await list(machine.api, "/team/members?can_approve=true"),
      await list(machine.api, "/team/members?can_approve=false"),
    ];
    expect(yes.map((m) => m.id)).not.toContain(watcher.id);
    expect(no.map((m) => m.id)).toEqual([watcher.id]);
    expect(yes.length + no.length).toBe(all.length);
    expect(await send(machine.api, "GET", "/team/members?can_approve=maybe")).toMatchObject({
      status: 400,
    });
  });
});

describe("templates", () => {
  const defaults = {
    title: "Deploy",
    description: "By template",
    priority: "high",
    action_type: "deploy",
    required_approvals: 1,
    is_sequential: true,
    assigned_approvers: [alice.id],
    auto_action: "reject",
    auto_action_after_minutes: 30,
    require_rejection_reason: true,
    expires_after_minutes: 60,
  };

  test("are made, listed, changed and deleted by admins, and what was made from them stays", async () => {
    const made = await send(owner.api, "POST", "/templates", {
      name: "Deployment",
      description: "For CI",
      target_app: "n8n",
      defaults,
    });
    expect(made).toMatchObject({
      status: 201,
      body: { name: "Deployment", description: "For CI", target_app: "n8n", defaults },
    });
    const id = String(made.body.id);
    expect((await list(machine.api, "/templates")).find((t) => t.id === id)).toEqual(made.body);
    const { body: request } = await machine.api.call<Row>("POST", "/api/v1/approvals", {
      body: { template_id: id },
    });
    expect(request).toMatchObject({ title: "Deploy", template_id: id, auto_action: "reject" });

    expect(
      await send(admin.api, "PATCH", `/templates/${id}`, {
        name: "Renamed",
        defaults: { title: "New" },
      }),
    ).toMatchObject({
      status: 200,
      body: {
        name: "Renamed",
        description: "For CI",
        target_app: "n8n",
        defaults: { title: "New" },
      },
    });
    expect(await send(owner.api, "DELETE", `/templates/${id}`)).toMatchObject({
      status: 200,
      body: { id, deleted: true },
    });
    expect(await send(owner.api, "DELETE", `/templates/${id}`)).toMatchObject({ status: 404 });
    expect((await machine.api.get(String(request.id))).body).toMatchObject({
      title: "Deploy",
      template_id: id,
    });
  });

  test("are listed by target app; those for every app are in each list", async () => {
    for (const [name, target_app] of [
      ["For Make", "make"],
      ["For Zapier", "zapier"],
      ["For all", undefined],
    ]) {
      await send(owner.api, "POST", "/templates", { name, target_app });
    }
    const names = (await list(machine.api, "/templates?target_app=make")).map((t) => t.name);
    expect(names).toContain("For Make");
    expect(names).toContain("For all");
    expect(names).not.toContain("For Zapier");
  });

  test("of a name that is taken are a 409, with a wrong default a 400 that names it, by others than admins a 403", async () => {
    await send(owner.api, "POST", "/templates", { name: "Taken" });
    expect(await send(owner.api, "POST", "/templates", { name: "Taken" })).toMatchObject({
      status: 409,
    });
    const wrong = await send(owner.api, "POST", "/templates", {
      name: "Wrong",
      defaults: { required_approvals: 11 },
    });
    expect(wrong).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "defaults.required_approvals" }] } },
    });
    for (const by of [alice.api, machine.api])
      expect(await send(by, "POST", "/templates", { name: "Mine" })).toMatchObject({ status: 403 });
  });

  test("can't hold one half of what belongs together", async () => {
    for (const half of [{ auto_action: "approve" }, { auto_action_after_minutes: 5 }]) {
      const made = await send(owner.api, "POST", "/templates", {
        name: JSON.stringify(half),
        defaults: half,
      });
      expect([half, made.status]).toEqual([half, 400]);
    }
  });

  test("may have a description of 1,000 characters", async () => {
    expect(
      await send(owner.api, "POST", "/templates", { name: "Long", description: "x".repeat(1000) }),
    ).toMatchObject({ status: 201 });
    expect(
      await send(owner.api, "POST", "/templates", {
        name: "Longer",
        description: "x".repeat(1001),
      }),
    ).toMatchObject({ status: 400 });
  });
});

describe("connections", () => {
  test("are made with a key and a webhook secret that are shown once", async () => {
    const made = await send(owner.api, "POST", "/connections", { name: "CI" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: "CI",
      owner_id: owner.id,
      is_active: true,
      can_decide: false,
      rate_limit_per_hour: 100,
      allowed_action_types: null,
      max_priority: null,
      preset: null,
      last_used_at: null,
      api_key: expect.stringMatching(/^gk_[0-9a-f]{64}$/) as string,
      webhook_secret: expect.stringMatching(/^whsec_/) as string,
    });
    expect(String(made.body.api_key).startsWith(String(made.body.api_key_prefix))).toBe(true);

    const shown = await send(owner.api, "GET", `/connections/${String(made.body.id)}`);
    const { api_key: _, webhook_secret: __, ...rest } = made.body;
    expect(shown.body).toEqual(rest);
    expect(await list(owner.api, "/connections")).toContainEqual(rest);
  });

  test("of the presets have defaults for what published clients leave out", async () => {
    for (const preset of ["n8n", "zapier", "make"]) {
      const { body } = await send(owner.api, "POST", "/connections", { name: preset, preset });
      expect(body).toMatchObject({
        preset,
        default_priority: "medium",
        default_description: expect.any(String) as string,
      });
    }
    const own = await send(owner.api, "POST", "/connections", {
      name: "own",
      preset: "n8n",
      default_priority: "low",
    });
    expect(own.body).toMatchObject({ default_priority: "low" });
  });

  test.each<[string, unknown, unknown]>([
    ["name", "x".repeat(200), "x".repeat(201)],
    ["name", "x", ""],
    ["rate_limit_per_hour", 1, 0],
    ["rate_limit_per_hour", 10_000, 10_001],
    ["allowed_action_types", ["a"], []],
    ["allowed_action_types", null, "a"],
    ["max_priority", "low", "lowest"],
    ["default_priority", null, "none"],
    ["default_description", "x".repeat(5000), "x".repeat(5001)],
    ["can_decide", false, "yes"],
  ])(
    "%s: what is right is taken at making and changing, what is wrong is a 400 at both (case %#)",
    async (field, right, wrong) => {
      const made = await send(owner.api, "POST", "/connections", {
        name: "A connection",
        [field]: right,
      });
      expect(made).toMatchObject({ status: 201, body: { [field]: right } });
      const path = `/connections/${String(made.body.id)}`;
      expect(await send(owner.api, "PATCH", path, { [field]: right })).toMatchObject({
        status: 200,
        body: { [field]: right },
      });
      for (const [method, at, body] of [
        ["POST", "/connections", { name: "A connection", [field]: wrong }],
        ["PATCH", path, { [field]: wrong }],
      ] as const) {
        const answer = await send(owner.api, method, at, body);
        expect(answer.status).toBe(400);
        expect(answer.error?.details?.fields?.[0]?.field.split(".")[0]).toBe(field);
      }
    },
  );

  test("that are switched off are refused, and work again when they are on", async () => {
    const { id, api } = await organization.addConnection();
    expect((await api.list()).status).toBe(200);
    await send(owner.api, "PATCH", `/connections/${id}`, { is_active: false });
    await expect.poll(async () => (await api.list()).status, { interval: 50 }).toBe(401);
    await send(owner.api, "PATCH", `/connections/${id}`, { is_active: true });
    await expect.poll(async () => (await api.list()).status, { interval: 50 }).toBe(200);
  });

  test("that are deleted are gone from the list, and their requests stay", async () => {
    const { id, api } = await organization.addConnection({ name: "Doomed" });
    const { body: request } = await api.create();
    expect(await send(owner.api, "DELETE", `/connections/${id}`)).toMatchObject({
      status: 200,
      body: { id, deleted: true },
    });
    expect((await list(owner.api, "/connections")).map((c) => c.id)).not.toContain(id);
    for (const method of ["GET", "DELETE"])
      expect(await send(owner.api, method, `/connections/${id}`)).toMatchObject({ status: 404 });
    expect(await send(owner.api, "PATCH", `/connections/${id}`, { name: "x" })).toMatchObject({
      status: 404,
    });
    await expect.poll(async () => (await api.list()).status, { interval: 50 }).toBe(401);
    expect((await owner.api.get(request.id)).body).toMatchObject({
      connection_id: id,
      connection_name: "Doomed",
    });
  });

  test("get a new key by rotation: both work for the grace period, then the old one is dead", async () => {
    const { id, api } = await organization.addConnection();
    const rotated = await send(owner.api, "POST", `/connections/${id}/rotate`, {
      grace_minutes: 60,
    });
    expect(rotated.status).toBe(200);
    const graceMs = Date.parse(String(rotated.body.old_key_expires_at)) - Date.now();
    expect(Math.abs(graceMs - 3_600_000)).toBeLessThan(HANG_MS);
    const fresh = withKey(String(rotated.body.api_key));
    expect([(await api.list()).status, (await fresh.list()).status]).toEqual([200, 200]);
    await services.sql(
      "update connection_keys set expires_at = now() - interval '1 second' where connection_id = $1 and expires_at is not null",
      [id],
    );
    await expect.poll(async () => (await api.list()).status, { interval: 50 }).toBe(401);
    expect((await fresh.list()).status).toBe(200);
  });

  test("keep the old key a day by default, and not at all with a grace of 0", async () => {
    const { id, api } = await organization.addConnection();
    const byDefault = await owner.api.call<Row>("POST", `/api/v1/connections/${id}/rotate`);
    expect(byDefault.status).toBe(200);
    expect(
      Math.abs(Date.parse(String(byDefault.body.old_key_expires_at)) - Date.now() - 86_400_000),
    ).toBeLessThan(HANG_MS);
    expect(
      await send(owner.api, "POST", `/connections/${id}/rotate`, { grace_minutes: 0 }),
    ).toMatchObject({ status: 200 });
    await expect.poll(async () => (await api.list()).status, { interval: 50 }).toBe(401);
    expect(
      await send(owner.api, "POST", `/connections/${id}/rotate`, { grace_minutes: 10_081 }),
    ).toMatchObject({ status: 400 });
    expect(await send(owner.api, "POST", `/connections/${nobody}/rotate`)).toMatchObject({
      status: 404,
    });
  });

  test("sign with the old and the new webhook secret after a rotation", async () => {
    const connection = await organization.addConnection();
    const rotated = await send(
      owner.api,
      "POST",
      `/connections/${connection.id}/rotate-webhook-secret`,
    );
    expect(rotated).toMatchObject({
      status: 200,
      body: { webhook_secret: expect.stringMatching(/^whsec_/) as string },
    });
    expect(rotated.body.webhook_secret).not.toBe(connection.webhookSecret);
    expect(
      Math.abs(Date.parse(String(rotated.body.old_secret_expires_at)) - Date.now() - 86_400_000),
    ).toBeLessThan(HANG_MS);
    const { body } = await connection.api.create({ callback_url: receiver.url });
    await alice.api.approve(body.id);
    const callback = await receiver.waitFor((r) => r.json.request_id === body.id);
    expect(String(callback.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  });

  test("show when they were last used, at the latest when the server that they used has stopped", async () => {
    const { id, key } = await organization.addConnection();
    const replica = await startServer({ database: server.database });
    await withCredential(replica.url, key).list();
    await replica.stop();
    const { body } = await send(owner.api, "GET", `/connections/${id}`);
    expect(Math.abs(Date.parse(String(body.last_used_at)) - Date.now())).toBeLessThan(HANG_MS);
  });

  test("are for admins only: neither members nor machines see or touch them", async () => {
    const paths: [string, string][] = [
      ["GET", "/connections"],
      ["POST", "/connections"],
      ["GET", `/connections/${machine.id}`],
      ["PATCH", `/connections/${machine.id}`],
      ["DELETE", `/connections/${machine.id}`],
      ["POST", `/connections/${machine.id}/rotate`],
      ["POST", `/connections/${machine.id}/rotate-webhook-secret`],
    ];
    const decider = await organization.addConnection({ canDecide: true });
    for (const by of [alice.api, machine.api, decider.api]) {
      for (const [method, path] of paths) {
        const answer = await send(
          by,
          method,
          path,
          path.includes("/rotate") || method === "GET" || method === "DELETE"
            ? undefined
            : { name: "Mine", can_decide: true },
        );
        expect([method, path, answer.status]).toEqual([method, path, 403]);
      }
    }
  });
});

describe("the emergency stop", () => {
  test("cancels what is pending, each with its callback, refuses creating and deciding with 503, and can be lifted", async () => {
    const stopped = await createOrganization(services, server);
    const asker = await stopped.addConnection();
    const voter = await stopped.addPerson();
    const requests = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        asker.api.create({ callback_url: `${receiver.url}/stop/${i}` }),
      ),
    );
    const ids = requests.map((r) => r.body.id);
    await voter.api.approve(must(ids[0]));

    expect(
      await send(stopped.owner.api, "POST", "/emergency-stop", { active: true, reason: "A leak" }),
    ).toMatchObject({
      status: 200,
      body: { active: true, activated_by: stopped.owner.id, reason: "A leak" },
    });
    expect((await send(asker.api, "GET", "/emergency-stop")).body).toMatchObject({
      active: true,
      reason: "A leak",
    });
    const statuses = await Promise.all(
      ids.map(async (id) => (await asker.api.get(id)).body.status),
    );
    expect(statuses).toEqual(["approved", ...Array.from({ length: 11 }, () => "cancelled")]);
    for (const id of ids.slice(1)) {
      expect((await receiver.waitFor((r) => r.json.request_id === id)).json).toMatchObject({
        status: "cancelled",
      });
    }

    const refused = await Promise.all([
      asker.api.create(),
      voter.api.approve(must(ids[1])),
      voter.api.batch({ ids: [must(ids[1])], decision: "approve" }),
    ]);
    expect(refused.map((answer) => answer.status)).toEqual([503, 503, 503]);
    expect(refused.every((answer) => answer.error?.code === refused[0]?.error?.code)).toBe(true);
    expect((await asker.api.list()).status).toBe(200);

    expect(
      await send(stopped.owner.api, "POST", "/emergency-stop", { active: false }),
    ).toMatchObject({
      status: 200,
      body: { active: false, activated_at: null, activated_by: null, reason: null },
    });
    expect((await asker.api.create()).status).toBe(201);
  });

  test("of one organization leaves the others alone", async () => {
    const stopped = await createOrganization(services, server);
    await send(stopped.owner.api, "POST", "/emergency-stop", { active: true });
    expect((await machine.api.create()).status).toBe(201);
  });

  test("is for admins only", async () => {
    for (const by of [alice.api, machine.api])
      expect(await send(by, "POST", "/emergency-stop", { active: true })).toMatchObject({
        status: 403,
      });
    expect((await machine.api.create()).status).toBe(201);
  });
});

describe("the delivery log", () => {
  test("shows each callback with all its attempts, newest first, filtered by status and request", async () => {
    const { api } = await organization.addConnection();
    receiver.answerWith((r) =>
      r.path === "/refuses" ? { status: 500, body: "no" } : { body: "thanks" },
    );
    const [good, bad] = [
      await api.create({ callback_url: `${receiver.url}/takes` }),
      await api.create({ callback_url: `${receiver.url}/refuses` }),
    ];
    await alice.api.batch({ ids: [good.body.id, bad.body.id], decision: "approve" });
    await receiver.waitFor((r) => r.path === "/refuses");

    await expect
      .poll(async () => (await owner.api.deliveries({ request_id: bad.body.id })).body.data[0])
      .toMatchObject({
        status: "pending",
        last_status_code: 500,
        attempts: [{ attempt: 1, status_code: 500, response_body: "no" }],
      });
    await expect
      .poll(async () => (await owner.api.deliveries({ request_id: good.body.id })).body.data[0])
      .toMatchObject({
        status: "delivered",
        last_status_code: 200,
        delivered_at: expect.stringMatching(/^\d{4}-/) as string,
        url: `${receiver.url}/takes`,
        event: "approval.decided",
        attempts: [{ attempt: 1, status_code: 200, response_body: "thanks", error: null }],
      });
    const delivered = await api.deliveries({ status: "delivered" });
    expect(delivered.body.data.map((d) => d.request_id)).toContain(good.body.id);
    expect(delivered.body.data.map((d) => d.request_id)).not.toContain(bad.body.id);
    expect((await api.deliveries()).body).toMatchObject({
      pagination: { total: 2, total_pages: 1 },
      total: 2,
    });
    expect(await api.deliveries({ status: "lost" })).toMatchObject({ status: 400 });
  });

  test("never shows the callback's headers", async () => {
    const { api } = await organization.addConnection();
    const { body } = await api.create({
      callback_url: receiver.url,
      callback_headers: { "X-Secret": "hunter2-callback" },
    });
    await alice.api.approve(body.id);
    await receiver.waitFor((r) => r.headers["x-secret"] === "hunter2-callback");
    expect(JSON.stringify(await api.deliveries())).not.toContain("hunter2-callback");
  });

  test("lets a callback be sent again, with the same webhook-id", async () => {
    receiver.answerWith({});
    const { api } = await organization.addConnection();
    const { body } = await api.create({ callback_url: `${receiver.url}/again` });
    await alice.api.approve(body.id);
    const first = await receiver.waitFor((r) => r.json.request_id === body.id);
    const id = String(first.headers["webhook-id"]);
    await expect.poll(async () => (await api.get(body.id)).body.callback_delivered).toBe(true);
    for (const by of [api, owner.api]) {
      const before = receiver.requests.filter((r) => r.headers["webhook-id"] === id).length;
      expect(await by.replay(id)).toMatchObject({ status: 200, body: { id, request_id: body.id } });
      await expect
        .poll(() => receiver.requests.filter((r) => r.headers["webhook-id"] === id).length)
        .toBe(before + 1);
    }
    expect(
      receiver.requests
        .filter((r) => r.headers["webhook-id"] === id)
        .every((r) => r.body === first.body),
    ).toBe(true);
    expect(await alice.api.replay(id)).toMatchObject({ status: 403 });
    expect(await machine.api.replay(id)).toMatchObject({ status: 404 });
    expect(await owner.api.replay(nobody)).toMatchObject({ status: 404 });
  });

  test("lets an admin send again whatever was given up", async () => {
    receiver.answerWith({});
    const { api } = await organization.addConnection();
    const { body } = await api.create({ callback_url: `${receiver.url}/given-up` });
    await alice.api.approve(body.id);
    await expect.poll(async () => (await api.get(body.id)).body.callback_delivered).toBe(true);
    await services.sql(
      "update deliveries set status = 'failed', delivered_at = null where request_id = $1",
      [body.id],
    );
    const failed_since = new Date(Date.now() - 60_000).toISOString();
    expect(await send(alice.api, "POST", "/webhooks/replay", { failed_since })).toMatchObject({
      status: 403,
    });
    expect(await send(owner.api, "POST", "/webhooks/replay", { failed_since })).toMatchObject({
      status: 200,
      body: { replayed: 1 },
    });
    await expect.poll(() => receiver.requests.filter((r) => r.path === "/given-up").length).toBe(2);
  });
});

function withKey(key: string): Api {
  return withCredential(server.url, key);
}
