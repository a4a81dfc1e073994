// `sayso project plan`: the operator sets how many requests a project can make.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createConnection } from "@sayso/core";
import { must } from "@sayso/must";
import { api, openStage } from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";
import { rateOf } from "./requests-api.ts";

const stage = await openStage();
afterAll(() => stage.close());
const { server, services } = stage;

// The command line works on the server's first organization.
const [first] = await services.sql<{ organizationId: string; personId: string }>(
  `select organization_id as "organizationId", person_id as "personId" from memberships
   where role = 'owner' order by created_at limit 1`,
);
const made = await createConnection(
  {
    services,
    organizationId: must(first).organizationId,
    actor: { kind: "person", personId: must(first).personId, role: "owner", via: "session" },
  },
  { name: "billing bot", rateLimitPerHour: 70 },
);
const project = { ...made.connection, api: api(server.url, made.key) };

const command = fileURLToPath(new URL("../../../apps/server/dist/sayso.js", import.meta.url));
async function sayso(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: server.databaseUrl,
    SAYSO_SECRET: server.secret,
  };
  return promisify(execFile)(process.execPath, [command, ...args], { env }).then(
    (reported) => ({ code: 0, ...reported }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}
const limit = async () => rateOf((await project.api.call("GET", "/api/v1/requests")).headers).limit;

test("sets a project's plan by its name or id, and takes it back", async () => {
  expect(await limit()).toBe(70);
  const set = await sayso("project", "plan", project.name, "free");
  expect([set.code, set.stderr, set.stdout]).toEqual([
    0,
    "",
    `${project.name} now has the plan free.\n`,
  ]);
  expect(await limit()).toBe(50);
  const reset = await sayso("project", "plan", project.id, "default", "--json");
  expect(JSON.parse(reset.stdout)).toEqual({
    connection_id: project.id,
    name: project.name,
    plan: null,
  });
  expect(await limit()).toBe(70);
});

test.each([
  [["no such project", "free"], /Project not found/],
  [[project.id, "gold"], /free, pro or default/],
])("refuses %j", async (args, reported) => {
  const { code, stderr } = await sayso("project", "plan", ...args);
  expect([code, stderr]).toEqual([1, expect.stringMatching(reported)]);
  expect(await limit()).toBe(70);
});
