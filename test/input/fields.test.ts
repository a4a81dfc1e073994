// Cases 6 and 9–15 of docs/faults.md: fields that no honest client sends.
import { createOrganization, shareStage, startReceiver, type ApiError } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { machine, alice, owner, organization, server, services } = stage;

describe("text that looks like other text (case 6)", () => {
  test("stays as it is in the API, and is shown marked on the page", async () => {
    const title = "Pay \u202Etfel\u202C to\u200Bday";
    const { body } = await machine.api.create({ title });
    expect(body.title).toBe(title);
    const session = await alice.signIn();
    const response = await fetch(`${server.url}/requests/${body.id}`, {
      headers: { Cookie: `sayso_session=${session}` },
    });
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain("U+202E");
    expect(page).toContain("U+200B");
    expect(page).not.toMatch(/[\u202E\u202C\u200B]/);
  });
});

describe("page numbers (case 9)", () => {
  test.each(["page", "page_size"])(
    "%s takes whole numbers within its bounds only",
    async (name) => {
      for (const value of [
        "1e20",
        "-1",
        "0",
        "1e9",
        "1.5",
        "NaN",
        "Infinity",
        "abc",
        " ",
        "1,2",
        "１",
        "9007199254740993",
        "null",
      ]) {
        expect([value, (await machine.api.list({ [name]: value })).status]).toEqual([value, 400]);
      }
    },
  );

  test("given twice they are a 400", async () => {
    expect((await machine.api.call("GET", "/api/v1/approvals?page=1&page=2")).status).toBe(400);
  });

  test("the same holds for the delivery log", async () => {
    for (const query of ["page=1e20", "page=-1", "page_size=101", "page_size=0"]) {
      expect((await machine.api.call("GET", `/api/v1/webhooks?${query}`)).status).toBe(400);
    }
  });
});

describe("searches (case 10)", () => {
  const nasty = [
    "a & | ' !(",
    "%",
    "_",
    "\\",
    "'; drop table requests; --",
    '"unclosed',
    ":*",
    "<->",
    "-",
    "--",
    "()",
    "!!!!",
    "a:b:c",
    "😀",
    "$1",
    "$$",
    "%s %d",
    "''''",
    "or",
    "or or -or",
    "(".repeat(500),
    "a ".repeat(250),
    "\t\n",
    "\u202e",
    "E'\\x41'",
  ];

  test.each(nasty)("%s is a 200", async (search) => {
    const answer = await machine.api.list({ search });
    expect([answer.status, answer.error]).toEqual([200, undefined]);
  });

  test("% and _ match nothing but themselves", async () => {
    await machine.api.create({ title: "wildcards" });
    for (const search of ["w%", "wildcard_", "%"])
      expect(
        (await machine.api.list({ search: `${search} wildcards -wildcards` })).body.total,
      ).toBe(0);
  });

  test("quotes in the other filters are text, too", async () => {
    await machine.api.create({
      action_type: 'it\'s "quoted" \\ %L',
      source: "'; select pg_sleep(10); --",
    });
    for (const filter of [
      { action_type: 'it\'s "quoted" \\ %L' },
      { source: "'; select pg_sleep(10); --" },
    ]) {
      expect(await machine.api.list({ ...filter, search: "deploy" })).toMatchObject({
        status: 200,
        body: { total: 1 },
      });
    }
    expect(
      (await machine.api.list({ exclude_source_id: "' or true --", search: "deploy" })).status,
    ).toBe(200);
  });
});

describe("quorums (cases 11 and 12)", () => {
  const wrong = [0, -1, 1e9, 1.5, "1", true, [1], Number.MAX_SAFE_INTEGER];

  test.each(wrong)(
    "%s is no number of approvals: a 400 in a request, a step and a template",
    async (required_approvals) => {
      const { body } = await machine.api.create();
      const answers = [
        await machine.api.create({ required_approvals }),
        await machine.api.setSteps(body.id, [{ name: "Peers", required_approvals }]),
        await owner.api.call("POST", "/api/v1/templates", {
          body: { name: `T ${String(required_approvals)}`, defaults: { required_approvals } },
        }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400]);
    },
  );

  test("a quorum that the assigned people can't reach is refused", async () => {
    const watcher = await organization.addPerson({ canApprove: false });
    const team = await organization.addTeam("Of one", [alice]);
    const empty = await organization.addTeam("Of none", []);
    const answers = await Promise.all([
      machine.api.create({ assigned_approvers: [watcher.id] }),
      machine.api.create({ assigned_approvers: [alice.id, watcher.id], required_approvals: 2 }),
      machine.api.create({ assigned_approvers: [alice.id, watcher.id], is_sequential: true }),
      machine.api.create({ assigned_team_id: team.id, required_approvals: 2 }),
      machine.api.create({ assigned_team_id: empty.id }),
      machine.api.create({
        assigned_team_id: team.id,
        assigned_approvers: [alice.id],
        required_approvals: 2,
      }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 400, 400, 400]);
  });

  test("a quorum that everybody together can't reach is refused or warned of, in a request and in its steps", async () => {
    const small = await createOrganization(services, server);
    const { api } = await small.addConnection();
    const created = await api.create({ required_approvals: 2 });
    expect(created.status === 400 || (created.body.warnings ?? []).length > 0).toBe(true);
    const { body } = await api.create();
    for (const step of [
      { name: "Anybody", required_approvals: 2 },
      { assigned_role: "owner", required_approvals: 2 },
    ]) {
      const answer = await api.setSteps(body.id, [step]);
      const warnings = (answer.body as { warnings?: unknown[] }).warnings ?? [];
      expect([step, answer.status === 400 || warnings.length > 0]).toEqual([step, true]);
    }
  });
});

describe("deadlines (case 13)", () => {
  test.each<[string, unknown]>([
    ["in the past", "2020-01-01T00:00:00Z"],
    ["this very moment", new Date().toISOString()],
    ["without a zone", "2090-01-01T00:00:00"],
    ["a day only", "2090-01-01"],
    ["beyond the year 9999", "+275760-09-13T00:00:00.000Z"],
    ["with five digits of year", "12026-01-01T00:00:00Z"],
    ["on a day that is none", "2090-02-30T00:00:00Z"],
    ["at an hour that is none", "2090-01-01T25:00:00Z"],
    ["in words", "tomorrow"],
    ["a number", 4_000_000_000],
    ["only a space", " "],
    ["an object", {}],
    ["with an offset that is none", "2090-01-01T00:00:00+99:99"],
    ["infinity, which PostgreSQL would take", "infinity"],
  ])("%s: 400", async (_, expires_at) => {
    const answer = await machine.api.create({ expires_at });
    expect(answer.status).toBe(400);
    expect(answer.error?.details?.fields?.[0]?.field).toBe("expires_at");
  });

  test.each([
    ["2090-06-01T12:00:00Z", "2090-06-01T12:00:00.000Z"],
    ["2090-06-01T12:00:00.123456Z", "2090-06-01T12:00:00.123Z"],
    ["2090-06-01T00:30:00+05:45", "2090-05-31T18:45:00.000Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
  ])("%s is kept as %s", async (expires_at, kept) => {
    expect(await machine.api.create({ expires_at })).toMatchObject({
      status: 201,
      body: { expires_at: kept },
    });
  });
});

describe("fields that nobody asked for (case 14)", () => {
  const foreign = "01234567-89ab-7def-8123-456789abcdef";
  const extras = {
    id: foreign,
    org_id: foreign,
    organization_id: foreign,
    connection_id: foreign,
    created_by: foreign,
    status: "approved",
    current_approvals: 5,
    callback_delivered: true,
    decided_at: "2020-01-01T00:00:00.000Z",
    decided_by: foreign,
    created_at: "2020-01-01T00:00:00.000Z",
    comments_count: 9,
    version: 7,
    url: "https://evil.example.com",
  };

  const named = ({ error }: { error?: ApiError }) =>
    error?.details?.fields?.map(({ field }) => field).sort();
  const all = Object.keys(extras).sort();

  test("are refused at creation, each by its name, and one alone as well", async () => {
    const { status, error } = await machine.api.create(extras);
    expect([status, named({ error })]).toEqual([400, all]);
    const alone = await Promise.all(
      Object.entries(extras).map(([name, value]) => machine.api.create({ [name]: value })),
    );
    expect(alone.map(({ status }) => status)).toEqual(all.map(() => 400));
  });

  test("are refused in a vote, a revision or a comment, which then don't happen", async () => {
    const { body } = await machine.api.create({ required_approvals: 2 });
    const at = `/api/v1/approvals/${body.id}`;
    const answers = await Promise.all([
      alice.api.call("PATCH", at, { body: { ...extras, decision: "approve" } }),
      machine.api.revise(body.id, { ...extras, title: "Revised" }),
      machine.api.call("POST", `${at}/comments`, {
        body: { ...extras, body: "c", user_id: foreign },
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers.map(named)).toEqual([all, all, [...all, "user_id"].sort()]);
    expect((await machine.api.get(body.id)).body).toEqual(body);
  });

  test("are refused in a step or a connection", async () => {
    const { body } = await machine.api.create();
    const steps = await machine.api.setSteps(body.id, [
      { approver_id: alice.id, status: "approved", decided_by: foreign, id: foreign },
    ]);
    expect([steps.status, named(steps)]).toEqual([
      400,
      ["steps.0.decided_by", "steps.0.id", "steps.0.status"],
    ]);
    const made = await owner.api.call("POST", "/api/v1/connections", {
      body: { name: "c", owner_id: alice.id, api_key: "gk_mine", webhook_secret: "whsec_mine" },
    });
    expect([made.status, named(made)]).toEqual([400, ["api_key", "owner_id", "webhook_secret"]]);
  });
});

describe("callback addresses", () => {
  test.each(["0", "1", "22", "25", "6000", "10080", "00", "0000025"])(
    "port %s is a 400: no web server is there",
    async (port) => {
      const address = `http://example.com:${port}/hook`;
      const answers = [
        await machine.api.create({ callback_url: address }),
        await machine.api.call("POST", "/api/v1/subscriptions", {
          body: { target_url: address, event_types: ["approval.created"] },
        }),
        await owner.api.call("POST", "/changes/api/v1/entity-types", {
          body: { name: "ported", applierUrl: address },
        }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    },
  );

  test.each(["80", "443", "8080", "5678", "65535"])("port %s is taken", async (port) => {
    const callback_url = `http://example.com:${port}/hook`;
    expect((await machine.api.create({ callback_url })).status).toBe(201);
  });
});

describe("callback headers (case 15)", () => {
  test.each([
    ...[
      "Host",
      "host",
      "Content-Length",
      "Transfer-Encoding",
      "transfer-encoding",
      "Connection",
      "Content-Type",
      "Expect",
      "Upgrade",
      "TE",
      "Trailer",
      "Keep-Alive",
      "Proxy-Authorization",
    ],
    ...[
      "webhook-id",
      "Webhook-Signature",
      "webhook-timestamp",
      "webhook-anything",
      "X-OKRunit-Signature",
    ],
  ])("%s is a 400: it is Sayso's own or frames the message", async (name) => {
    expect(await machine.api.create({ callback_headers: { [name]: "x" } })).toMatchObject({
      status: 400,
    });
  });

  test.each(["X A", "X:A", "X\r\nA", "", "X-Ä", "X-A\0", '"X"', "(X)", "x".repeat(257)])(
    "the name %j is a 400",
    async (name) => {
      expect((await machine.api.create({ callback_headers: { [name]: "x" } })).status).toBe(400);
    },
  );

  test.each([
    "a\r\nX-Injected: 1",
    "a\nb",
    "a\rb",
    "a\0b",
    "€",
    "😀",
    "\u007f",
    "x".repeat(4097),
    7,
    null,
    ["a"],
    { a: 1 },
  ])("the value %j is a 400", async (value) => {
    expect((await machine.api.create({ callback_headers: { "X-A": value } })).status).toBe(400);
  });

  test.each([
    ["a list", [["X-A", "1"]]],
    ["text", "X-A: 1"],
  ])("%s instead of an object is a 400", async (_, callback_headers) => {
    expect((await machine.api.create({ callback_headers })).status).toBe(400);
  });

  test("what is allowed arrives byte for byte", async () => {
    const headers = {
      Authorization: "Bearer a b=c",
      "X-Umlaut": "f\u00fcr",
      "X-Tab": "a\tb",
      "x-lower": "1",
      __proto__x: "2",
    };
    const { body } = await machine.api.create({
      callback_url: receiver.url,
      callback_headers: headers,
    });
    await alice.api.approve(body.id);
    const callback = await receiver.waitFor((r) => r.json.request_id === body.id);
    expect(callback.headers).toMatchObject({
      authorization: "Bearer a b=c",
      "x-umlaut": "f\u00fcr",
      "x-tab": "a\tb",
      "x-lower": "1",
      __proto__x: "2",
    });
  });
});
