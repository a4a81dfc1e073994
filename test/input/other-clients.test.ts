// What clients written by others send where the document is stricter: nulls, empty text, JSON text, numbers, forms.
// Whatever is taken is only read differently: nothing of it decides, and no website can send it in somebody's session.
import { shareStage, type Answer } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "../attacks/signed-in-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { organization, machine, alice, bob, owner, server, services } = stage;
const team = await organization.addTeam("Operations", [alice, bob]);
const approvals = "/api/v1/approvals";
const form = { "Content-Type": "application/x-www-form-urlencoded" };

interface Asked extends Record<string, unknown> {
  id: string;
  warnings?: { field: string; message: string }[];
}
const send = (rawBody: string | Uint8Array, headers: Record<string, string>) =>
  machine.api.call<Asked>("POST", approvals, { rawBody, headers });
const fieldsOf = (answer: Answer) => answer.error?.details?.fields?.map(({ field }) => field);
const warned = (answer: Answer<unknown>) =>
  (answer.body as Asked).warnings?.map(({ field }) => field);

describe("null and empty text in optional fields of a new request", () => {
  const optional = [
    "callback_url",
    "callback_headers",
    "action_type",
    "metadata",
    "expires_at",
    "required_approvals",
    "is_sequential",
    "source",
    "source_id",
    "source_name",
    "source_url",
    "context_html",
    "assigned_approvers",
    "assigned_team_id",
    "steps",
    "auto_action",
    "auto_action_after_minutes",
    "require_rejection_reason",
    "is_log",
    "template_id",
    "idempotency_key",
  ];

  test.each([
    ["null", null],
    ["empty text", ""],
  ])("%s everywhere is the same as nothing", async (_, blank) => {
    const given = Object.fromEntries(optional.map((field) => [field, blank]));
    const [blanked, bare] = [await machine.api.create(given), await machine.api.create()];
    expect(blanked.status).toBe(201);
    const { warnings: _w, ...shown } = blanked.body;
    const ofEach = ["id", "url", "created_at", "updated_at"];
    const without = (body: object) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => !ofEach.includes(name)));
    expect(without(shown)).toEqual(without(bare.body));
  });

  test("an empty field that says who decides is answered with a warning", async () => {
    const answer = await machine.api.create({
      assigned_team_id: "",
      assigned_approvers: "",
      required_approvals: "",
      template_id: "",
      expires_at: "",
      action_type: "",
    });
    expect(warned(answer)).toEqual([
      "assigned_team_id",
      "assigned_approvers",
      "required_approvals",
      "template_id",
      "expires_at",
    ]);
    expect(warned(await machine.api.create({ assigned_team_id: team.id }))).toBeUndefined();
  });

  test("a list without anybody in it is refused: it says who decides", async () => {
    expect(fieldsOf(await machine.api.create({ assigned_approvers: [] }))).toEqual([
      "assigned_approvers",
    ]);
  });

  test("required fields stay required, and are named", async () => {
    for (const field of ["title", "priority"])
      for (const blank of [null, ""])
        expect(fieldsOf(await machine.api.create({ [field]: blank }))).toEqual([field]);
  });

  test("an empty description is one, and gives way to the connection's", async () => {
    expect((await machine.api.create({ description: "" })).body.description).toBe("");
    const { api } = await organization.addConnection({ defaultDescription: "Ours" });
    expect((await api.create({ description: "" })).body.description).toBe("Ours");
  });

  test("a vote is read as strictly as before: a blank is no decision and no version", async () => {
    const { body } = await machine.api.create();
    for (const vote of [
      { decision: null },
      { decision: "" },
      { decision: "approve", sequence: null },
      { decision: "approve", sequence: "" },
    ])
      expect((await alice.api.decide(body.id, vote as never)).status).toBe(400);
    expect((await machine.api.get(body.id)).body.status).toBe("pending");
  });

  test("other surfaces take nulls as well", async () => {
    const asked = await machine.api.call<Asked>("POST", "/api/v1/requests", {
      body: { payload: { a: 1 }, title: null, external_id: 4711, expires_at: "" },
    });
    expect(asked).toMatchObject({ status: 201, body: { external_id: "4711" } });
    const change = await owner.api.call("POST", "/changes/api/v1/approvals", {
      body: {
        ...{ entityType: "offer", entityId: 7, entityName: "Offer", action: "create" },
        ...{ payload: '{"price":1}', callbackUrl: "", idempotencyKey: null },
      },
    });
    expect(change).toMatchObject({
      status: 201,
      body: { entityId: "7", payload: { price: 1 } },
    });
  });
});

describe("metadata as JSON text", () => {
  test("counts as the object", async () => {
    const { body } = await machine.api.create({ metadata: '{"order":{"id":"4711"},"n":[1,2.5]}' });
    expect(body.metadata).toEqual({ order: { id: "4711" }, n: [1, 2.5] });
  });

  test.each([
    ["no JSON", "order 4711"],
    ["broken JSON", '{"a":'],
    ["a list", "[1]"],
    ["a number", "7"],
    ["a number that can't be kept", '{"a":9007199254740993}'],
    ["nesting too deep", `{"a":${"[".repeat(63)}${"]".repeat(63)}}`],
    ["NUL", String.raw`{"a":"\u0000"}`],
    ["half a surrogate pair", String.raw`{"a":"\ud83d"}`],
  ])("%s is refused by name, as in an object", async (_, metadata) => {
    const answer = await machine.api.create({ metadata });
    expect([answer.status, fieldsOf(answer)?.[0]?.split(".")[0]]).toEqual([400, "metadata"]);
  });

  test("text of 62 levels is taken", async () => {
    const metadata = `{"a":${"[".repeat(61)}${"]".repeat(61)}}`;
    expect((await machine.api.create({ metadata })).status).toBe(201);
  });
});

test("a numeric id of a source is its digits; numbers elsewhere are refused", async () => {
  const { body } = await machine.api.create({ source_id: 4711 });
  expect(body.source_id).toBe("4711");
  expect(fieldsOf(await machine.api.create({ title: 7 }))).toEqual(["title"]);
});

describe("bodies that aren't announced as JSON", () => {
  const body = JSON.stringify({ title: "t", description: "d", priority: "low" });
  const bytes = new TextEncoder().encode(body);

  test("a form is taken, with its fields as their types", async () => {
    const answer = await send(
      new URLSearchParams([
        ["title", "Größe & Maß"],
        ["description", "a+b"],
        ["priority", "high"],
        ["metadata", '{"a":[1]}'],
        ["required_approvals", "2"],
        ["require_rejection_reason", "true"],
        ["assigned_approvers[]", alice.id],
        ["assigned_approvers[]", bob.id],
        ["callback_url", ""],
      ]).toString(),
      form,
    );
    expect(answer).toMatchObject({
      status: 201,
      body: {
        title: "Größe & Maß",
        description: "a+b",
        metadata: { a: [1] },
        required_approvals: 2,
        require_rejection_reason: true,
        assigned_approvers: [alice.id, bob.id],
        callback_url: null,
      },
    });
  });

  test.each([
    ["an unknown field", "titel=x", "titel"],
    ["a number that is none", "required_approvals=2x", "required_approvals"],
    ["a boolean that is none", "is_log=maybe", "is_log"],
    ["a field that comes twice", "priority=low", "priority"],
    ["a name of JavaScript's", "__proto__=x", "__proto__"],
    ["NUL", "source=a%00b", "source"],
  ])("%s in a form is refused by name", async (_, more, field) => {
    const answer = await send(`title=t&description=d&priority=low&${more}`, form);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  test.each(["title=%ff", "title=%", "title=%ed%a0%80"])("%s is no form", async (text) => {
    expect((await send(text, form)).status).toBe(400);
  });

  test("JSON without a content type, or announced as a form, is JSON", async () => {
    expect((await send(bytes, {})).status).toBe(201);
    expect((await send(body, form)).status).toBe(201);
    expect((await send("{", form)).status).toBe(400);
  });

  test("in a session both stay refused: any website can make a browser send them", async () => {
    const { body: asked } = await machine.api.create();
    const browser = await signedInApi(server.url, alice);
    const vote = new TextEncoder().encode('{"decision":"approve"}');
    for (const [rawBody, headers] of [
      ["decision=approve", form],
      ['{"decision":"approve"}', form],
      [vote, {}],
      ['{"decision":"approve"}', { "Content-Type": "text/plain" }],
    ] as const)
      for (const path of [`${approvals}/${asked.id}`, approvals])
        for (const method of ["PATCH", "POST"]) {
          const { status } = await browser.call(method, path, { rawBody, headers });
          expect([404, 405, 415]).toContain(status);
        }
    expect((await machine.api.get(asked.id)).body.status).toBe("pending");
  });

  test("a session beside a wrong key is no session", async () => {
    const { body: asked } = await machine.api.create();
    const { status } = await machine.api.call("PATCH", `${approvals}/${asked.id}`, {
      rawBody: "decision=approve",
      headers: {
        ...form,
        Authorization: "Bearer x",
        Cookie: `sayso_session=${await alice.signIn()}`,
        Origin: server.url,
      },
    });
    expect(status).toBe(401);
  });

  test("a person's token that may decide decides by a form, one that may not doesn't", async () => {
    const { body: asked } = await machine.api.create();
    const vote = { rawBody: "decision=approve&comment=", headers: form };
    const path = `${approvals}/${asked.id}`;
    expect((await machine.api.call("PATCH", path, vote)).status).toBe(403);
    expect((await alice.api.call("PATCH", path, vote)).status).toBe(200);
  });
});

describe("list filters", () => {
  test("empty ones are none", async () => {
    const { body } = await machine.api.list({
      ...{ status: "", priority: "", search: "", page: "", page_size: "", action_type: "" },
      ...{ source: "", created_after: "", decided_before: "", exclude_source_id: "" },
    });
    expect(body.total).toBe((await machine.api.list()).body.total);
    expect(body.page_size).toBe(20);
  });

  test("an empty reference of the caller's own finds nothing, and not everything", async () => {
    expect((await machine.api.list({ source_id: "" })).body.total).toBe(0);
    const { body } = await machine.api.call<{ data: unknown[] }>(
      "GET",
      "/api/v1/requests?external_id=",
    );
    expect(body.data).toEqual([]);
  });

  test("limit is page_size by another name", async () => {
    expect((await machine.api.list({ limit: 3 })).body.page_size).toBe(3);
  });

  test("reverse=True is reverse=true", async () => {
    const path = `/organizations/${organization.id}/approvals/${organization.id}/runs`;
    const idsOf = async (reverse: string) =>
      (
        await machine.api.call<{ results: { id: string }[] }>("GET", path, {
          query: { reverse, limit: 2 },
        })
      ).body.results.map(({ id }) => id);
    expect(await idsOf("True")).toEqual(await idsOf("true"));
    expect(await idsOf("True")).not.toEqual(await idsOf("False"));
    expect((await machine.api.call("GET", path, { query: { reverse: "yes" } })).status).toBe(400);
  });
});

test("nothing of this has made a request that decides itself", async () => {
  const rows = await services.sql(
    "select 1 from requests where organization_id = $1 and auto_action is not null",
    [organization.id],
  );
  expect(rows).toEqual([]);
});
