// A refusal has its surface's form, whatever is wrong with the call, and a message at the top: Make shows nothing
// without it.
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, organization } = stage;
const { call } = machine.api;
const json = { "Content-Type": "application/json" };
const tenant = { "X-Tenant-Id": organization.id };
const message = expect.stringMatching(/./) as string;
const code = expect.stringMatching(/^[A-Z_]+$/) as string;

/** A surface's form of a refusal, its addresses where nothing is, and a call with a broken body. */
const surfaces = {
  approvals: {
    form: { error: { code, message }, code, message },
    nowhere: ["/api/v1/approvals/a/b/c", "/api/v1/nothing-here", "/api", "/api/v2/approvals"],
    broken: "/api/v1/approvals",
    headers: {},
  },
  requests: {
    form: { error: message, message, errors: {} },
    nowhere: ["/api/v1/requests/a/b"],
    broken: "/api/v1/requests",
    headers: {},
  },
  runs: {
    form: { code: expect.stringMatching(/^[a-z_]+$/) as string, message },
    nowhere: [
      "/organizations",
      `/organizations/${organization.id}/nothing`,
      "/organizations/a/b/c/d",
    ],
    broken: `/organizations/${organization.id}/approvals`,
    headers: {},
  },
  changes: {
    form: { error: { code, message, status: expect.any(Number) as number }, message },
    nowhere: ["/api/v1/approvals/a/b/c", "/api/v1/nothing-here", "/changes", "/changes/api/v1/x"],
    broken: "/api/v1/approvals",
    headers: tenant,
  },
  goals: {
    form: { error: expect.stringMatching(/^[a-z_]+$/) as string, message },
    nowhere: [
      "/api/v1/okrs/a/b/c",
      "/api/v1/kpis/a/b/c",
      "/api/v1/reviews/a/b",
      "/api/v1/cycles/a/b",
    ],
    broken: "/api/v1/okrs",
    headers: {},
  },
};

describe.each(Object.entries(surfaces))("%s", (_, { form, nowhere, broken, headers }) => {
  test.each(nowhere)("nothing is at %s: a 404 in its form", async (path) => {
    for (const method of ["GET", "POST"]) {
      const { status, body } = await call(method, path, { headers });
      expect([path, status, body]).toEqual([path, 404, form]);
    }
  });

  test("without a credential it is the same, and no redirect or page", async () => {
    const { status, body } = await call("GET", nowhere[0] ?? "", {
      headers: { ...headers, Authorization: "" },
    });
    expect([status, body]).toEqual([404, form]);
  });

  test("a broken body, another method and a wrong key are told in its form", async () => {
    const answers = [
      await call("POST", broken, { rawBody: "{", headers: { ...json, ...headers } }),
      await call("PROPFIND", broken, { headers }),
      await call("GET", broken, { headers: { ...headers, Authorization: "Bearer gk_x" } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 405, 401]);
    for (const { body } of answers) expect(body).toEqual(form);
  });
});

test("a refusal by rate limit has a message as well, on each surface", async () => {
  const { api } = await organization.addConnection({ rateLimitPerHour: 1 });
  await api.list();
  const paths = [
    ["GET", "/api/v1/approvals", {}],
    ["GET", "/api/v1/requests", {}],
    ["GET", `/organizations/${organization.id}/approvals`, {}],
    ["GET", "/api/v1/approvals", tenant],
    ["GET", "/api/v1/okrs", {}],
  ] as const;
  for (const [method, path, headers] of paths) {
    const { status, body } = await api.call(method, path, { headers });
    expect([path, status, body]).toEqual([path, 429, expect.objectContaining({ message })]);
  }
});
