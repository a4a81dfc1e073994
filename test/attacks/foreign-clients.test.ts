// Calls from clients that were written for another API, and commands in the wrong folder.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { runSayso } from "./sayso-process.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, machine, owner, organization } = stage;

test.each(["%", "Token %", "AccessKey %", "Bearer '%' extra"])(
  "a good key in a header of another form is told the form: %s",
  async (form) => {
    const answer = await fetch(`${server.url}/api/v1/approvals`, {
      headers: { Authorization: form.replace("%", machine.key) },
    });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("Authorization: Bearer gk_…");
  },
);

test("If-None-Match: * hides no decision", async () => {
  const { body } = await machine.api.create({});
  await owner.api.approve(body.id);
  const answer = await fetch(`${server.url}/api/v1/approvals/${body.id}`, {
    headers: { Authorization: `Bearer ${machine.key}`, "If-None-Match": "*" },
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: "approved" });
});

test("waiting for a decision doesn't use up the calls that asking needs", async () => {
  const waiting = await organization.addConnection({ rateLimitPerHour: 3 });
  const { body } = await waiting.api.create({});
  for (let i = 0; i < 5; i++) expect((await waiting.api.get(body.id)).status).toBe(200);
  expect((await waiting.api.create({})).status).toBe(201);
});

describe("a command in a folder where nothing was set up", () => {
  test.each([
    ["deliveries", "hold"],
    ["deliveries", "release"],
    ["audit", "verify"],
    ["audit", "checkpoint"],
    ["key", "create", "--name", "lost"],
    ["key", "list"],
    ["user", "list"],
    ["backup", "somewhere.backup"],
  ])("says so and sets nothing up: %s %s", async (...args) => {
    const folder = await mkdtemp(join(tmpdir(), "sayso-nothing-"));
    try {
      const run = runSayso(args, { SAYSO_DATA_DIR: folder });
      expect(await run.ended).not.toBe(0);
      expect(run.stderr()).toContain("Set SAYSO_DATA_DIR");
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
