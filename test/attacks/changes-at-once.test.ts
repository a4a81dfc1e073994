// An admin's change to a goal applies at once, because it stands in for a yes. Only a credential that may decide in the
// admin's name can make such a change.
import { allScopes } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { api, createOrganization, shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { signedInApi } from "./signed-in-api.ts";
import type { Cycle, Kpi, Objective } from "../surfaces/goals/goals-api.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;

type Call = ReturnType<typeof api>["call"];
const withoutDeciding = allScopes.filter((scope) => scope !== "approvals:decide");

async function furnish() {
  const organization = await createOrganization(services, server);
  const { owner } = organization;
  const byToken = async (scopes: readonly string[]): Promise<Call> =>
    api(server.url, (await owner.createToken(scopes)).token).call;
  const inPerson: Call = (await signedInApi(server.url, owner)).call;
  const made = async <Of>(path: string, body: object) => {
    const answer = await inPerson<Of>("POST", `/api/v1${path}`, { body });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  const days = { starts_on: "2031-01-01", ends_on: "2031-03-31" };
  const cycle = await made<Cycle>("/cycles", { name: "Spring", ...days });
  const objective = await made<Objective>("/okrs", {
    title: "Guarded",
    cycle_id: cycle.id,
    needs_approval: true,
    key_results: [{ title: "KR", target: 10 }],
  });
  const open = await made<Objective>("/okrs", {
    title: "Open",
    cycle_id: cycle.id,
    key_results: [{ title: "KR", target: 10, needs_approval: true }],
  });
  const kpi = await made<Kpi>("/kpis", { name: "Margin", target: 10, needs_approval: true });
  return {
    organization,
    byToken,
    inPerson,
    cycle: `/api/v1/cycles/${cycle.id}`,
    okr: `/api/v1/okrs/${objective.id}`,
    open: `/api/v1/okrs/${open.id}`,
    keyResult: `/api/v1/key-results/${must(objective.key_results[0]).id}`,
    kpi: `/api/v1/kpis/${kpi.id}`,
  };
}

const lacksDeciding = {
  status: 403,
  body: { error: "forbidden", message: expect.stringContaining("approvals:decide") as string },
};

describe("an admin's token that may not decide", () => {
  test("asks for a change of what is under change control, as everybody does", async () => {
    const { byToken, inPerson, okr, open, keyResult, kpi } = await furnish();
    const call = await byToken(withoutDeciding);
    for (const [path, body] of [
      [okr, { title: "Easier" }],
      [okr, { cycle_id: null }],
      [open, { cycle_id: null }],
      [keyResult, { target: 1 }],
      [kpi, { target: 1 }],
    ] as const) {
      const before = (await inPerson("GET", path)).body;
      expect([path, await call("PATCH", path, { body })]).toMatchObject([path, { status: 202 }]);
      expect((await inPerson("GET", path)).body).toEqual(before);
    }
    expect(await call("PATCH", open, { body: { title: "Renamed" } })).toMatchObject({
      status: 200,
    });
  });

  test("takes nothing out of change control, nor goes round it: it is told what is missing", async () => {
    const { byToken, okr, open, keyResult, kpi, cycle } = await furnish();
    const call = await byToken(withoutDeciding);
    for (const path of [okr, kpi])
      expect(await call("PATCH", path, { body: { needs_approval: false } })).toMatchObject(
        lacksDeciding,
      );
    for (const path of [okr, open, keyResult, kpi])
      expect(await call("DELETE", path)).toMatchObject(lacksDeciding);
    const body = { title: "Easy", target: 1, current: 1, weight: 1000 };
    expect(await call("POST", `${okr}/key-results`, { body })).toMatchObject(lacksDeciding);
    expect(await call("PATCH", cycle, { body: { ends_on: "2031-09-30" } })).toMatchObject(
      lacksDeciding,
    );
    // Adding a control needs no yes.
    expect((await call("PATCH", open, { body: { needs_approval: true } })).status).toBe(200);
  });

  test("proposes no end of change control either, and registers no entity without an approval", async () => {
    const { organization, byToken, kpi } = await furnish();
    const call = await byToken(withoutDeciding);
    const proposal = {
      entityType: "kpi",
      entityId: kpi.split("/").at(-1),
      entityName: "Margin",
      action: "update",
      payload: { needs_approval: false },
    };
    const headers = { "X-Tenant-Id": organization.id };
    const proposed = await call("POST", "/api/v1/approvals", { body: proposal, headers });
    expect(proposed.status).toBe(403);
    const path = "/changes/api/v1/entities/offer/summer";
    const body = { entityName: "Summer Sale", body: { discount: 1 } };
    expect((await call("PUT", path, { body })).status).toBe(403);
    expect((await (await byToken(allScopes))("PUT", path, { body })).status).toBeLessThan(300);
  });
});

test.each<[string, (there: Awaited<ReturnType<typeof furnish>>) => Promise<Call>]>([
  ["in person", ({ inPerson }) => Promise.resolve(inPerson)],
  ["by a token that may decide", ({ byToken }) => byToken(allScopes)],
])("an admin changes at once %s", async (_, callOf) => {
  const there = await furnish();
  const call = await callOf(there);
  const { okr, open, keyResult, kpi, cycle } = there;
  expect((await call("PATCH", cycle, { body: { ends_on: "2031-09-30" } })).status).toBe(200);
  expect((await call("PATCH", open, { body: { cycle_id: null } })).status).toBe(200);
  expect((await call("PATCH", keyResult, { body: { target: 5 } })).status).toBe(200);
  for (const path of [okr, kpi]) {
    expect((await call("PATCH", path, { body: { needs_approval: false } })).status).toBe(200);
    expect((await call("DELETE", path)).status).toBe(200);
  }
});
