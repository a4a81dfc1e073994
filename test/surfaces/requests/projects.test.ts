// Whether a project sees another project's requests is the organization's choice (docs/guides/surfaces.md, "requests").
import { openStage, until, type TestConnection } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await openStage();
afterAll(() => stage.close());
const { organization, owner } = stage;

test("a project's key reads every project's requests, until they are shown to those involved only", async () => {
  const [one, two, reader] = await Promise.all([
    organization.addConnection(),
    organization.addConnection(),
    organization.addConnection(),
  ]);
  const { body } = await one.api.create();
  const path = `/api/v1/requests/req_${body.id.replaceAll("-", "")}`;
  const seen = async (by: TestConnection) => {
    const list = await by.api.call<{ data: unknown[] }>("GET", "/api/v1/requests");
    return [(await by.api.call("GET", path)).status, list.body.data.length];
  };
  expect([await seen(one), await seen(two)]).toEqual([
    [200, 1],
    [200, 1],
  ]);
  await owner.api.call("PATCH", "/api/v1/org", { body: { request_visibility: "involved" } });
  await owner.api.call("PATCH", `/api/v1/connections/${reader.id}`, {
    body: { can_read_all: true },
  });
  await until(async () => (await seen(two))[0] === 404, "the setting holds");
  expect([await seen(one), await seen(two), await seen(reader)]).toEqual([
    [200, 1],
    [404, 0],
    [200, 1],
  ]);
});
