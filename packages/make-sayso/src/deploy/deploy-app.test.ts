import { Make } from "@makehq/sdk";
import { must } from "@sayso/must";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readApp, type App } from "../app-files.ts";
import { deployApp, type DeployOptions } from "./deploy-app.ts";
import { APP, startFakeMake, type FakeMake } from "./fake-make.ts";

let app: App;
let fake: FakeMake;
beforeEach(async () => {
  app = await readSmallApp();
  nock.disableNetConnect();
  fake = startFakeMake();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Reads the app with only some components of each kind, enough to tell them apart. */
async function readSmallApp(): Promise<App> {
  const { manifest, ...rest } = await readApp();
  const keep = {
    connection: ["oauth", "apiKey"],
    webhook: ["watchDecisions"],
    module: ["watchDecisions", "getRequest", "addComment"],
    rpc: ["listTeams"],
  };
  const components = Object.fromEntries(
    Object.entries(keep).map(([kind, ids]) => {
      const all = manifest.components[kind as keyof typeof keep];
      return [kind, Object.fromEntries(ids.map((id) => [id, all[id]]))];
    }),
  ) as unknown as App["manifest"]["components"];
  return { ...rest, manifest: { ...manifest, components } };
}

const lines: string[] = [];
const deploy = (options: Partial<DeployOptions> = {}) => {
  lines.length = 0;
  return deployApp(app, {
    make: new Make("a token", "eu1.make.com"),
    name: APP,
    report: (line) => lines.push(line),
    ...options,
  });
};
const ours = (kind: keyof App["manifest"]["components"]) =>
  Object.keys(app.manifest.components[kind]);
const remoteName = (all: Map<string, { name: string; label: string }>, label: string) =>
  must([...all.values()].find((one) => one.label === label)).name;

describe("a first deploy", () => {
  test("creates every component with its code and references", async () => {
    app = await readApp();
    const { changes, orphans } = await deploy();
    expect(orphans).toEqual([]);
    expect([...fake.modules.keys()].sort()).toEqual(ours("module").sort());
    expect([...fake.rpcs.keys()].sort()).toEqual(ours("rpc").sort());
    expect(fake.connections.size).toBe(ours("connection").length);
    expect(fake.webhooks.size).toBe(ours("webhook").length);
    const oauth = remoteName(fake.connections, "Sayso");
    const key = remoteName(fake.connections, "Sayso (API Key)");
    expect(fake.modules.get("watchDecisions")).toMatchObject({
      typeId: 10,
      connection: oauth,
      altConnection: key,
      webhook: remoteName(fake.webhooks, "Watch Decisions"),
    });
    expect(fake.modules.get("requestApproval")).toMatchObject({ typeId: 4, crud: "create" });
    expect(fake.modules.get("makeApiCall")).toMatchObject({ typeId: 12, subtype: "Universal" });
    expect(fake.rpcs.get("listTeams")).toMatchObject({ connection: oauth, altConnection: key });
    expect(JSON.parse(must(fake.code.get("modules/requestApproval/api")))).toMatchObject({
      url: "/api/v1/approvals",
    });
    expect(JSON.parse(must(fake.code.get("modules/searchRequests/expect")))).toContainEqual(
      expect.objectContaining({ name: "limit" }),
    );
    expect(JSON.parse(must(fake.code.get(`connections/${oauth}/api`)))).toHaveProperty("refresh");
    expect(JSON.parse(must(fake.code.get("base")))).toHaveProperty("baseUrl");
    expect(fake.code.get("readme")).toBe(app.files.get("../README.md"));
    expect(lines).toEqual(changes);
    // Each file went to one place, and every template of Make's was replaced.
    const files = [...app.files.keys()].filter((file) => !file.endsWith("common.json"));
    expect(fake.code.size).toBe(files.length);
  });
});

test("a second deploy changes nothing", async () => {
  await deploy();
  fake.requests.length = 0;
  expect(await deploy()).toEqual({ changes: [], orphans: [] });
  expect(fake.writes).toEqual([]);
});

test("a deploy that broke off is completed by the next", async () => {
  fake.failNextChange(500);
  await expect(deploy()).rejects.toThrow("bad day");
  await deploy();
  await deploy();
  expect(lines).toEqual([]);
  expect(fake.connections.size).toBe(ours("connection").length);
});

describe("a dry run", () => {
  test("of a new app changes nothing and says everything", async () => {
    const { changes } = await deploy({ isDryRun: true });
    expect(fake.writes).toEqual([]);
    expect(lines).toContain("would create module getRequest");
    expect(lines).toContain('  +   "connection": "(the new connection oauth)",');
    await expect(deploy()).resolves.toMatchObject({ changes });
  });

  test("of a changed app prints the difference, no more", async () => {
    await deploy();
    const file = must(must(app.manifest.components.module.getRequest).codeFiles.communication);
    app.files.set(file, must(app.files.get(file)).replace('"GET"', '"POST"'));
    must(app.manifest.components.module.getRequest).label = "Fetch a Request";
    fake.requests.length = 0;
    await deploy({ isDryRun: true });
    expect(fake.writes).toEqual([]);
    expect(lines).toEqual([
      "would change module getRequest",
      '  -   "label": "Get a Request",',
      '  +   "label": "Fetch a Request",',
      "would change module getRequest, api",
      '  -   "method": "GET",',
      '  +   "method": "POST",',
    ]);
    await deploy();
    expect(fake.writes).toHaveLength(2);
    expect(must(fake.modules.get("getRequest")).label).toBe("Fetch a Request");
  });
});

describe("what is on Make only", () => {
  const leave = (id: string) => {
    const { [id]: _, ...rest } = app.manifest.components.module;
    app.manifest.components.module = rest;
  };

  test("stays, and is told", async () => {
    await deploy();
    leave("addComment");
    expect(await deploy()).toEqual({ changes: [], orphans: ["module addComment"] });
    expect(fake.modules.has("addComment")).toBe(true);
  });

  test("is deleted when that is asked for", async () => {
    await deploy();
    leave("addComment");
    const { changes } = await deploy({ deletesOrphans: true });
    expect(changes).toEqual(["delete module addComment"]);
    expect(fake.modules.has("addComment")).toBe(false);
  });

  test.each(["public", "approved"] as const)(
    "is not deleted where it is %s: nothing is changed at all",
    async (published) => {
      await deploy();
      leave("addComment");
      must(fake.modules.get("addComment"))[published] = true;
      must(app.manifest.components.module.getRequest).label = "Fetch a Request";
      fake.requests.length = 0;
      await expect(deploy({ deletesOrphans: true })).rejects.toThrow(
        "Published components can't be deleted: module addComment. Nothing was changed",
      );
      expect(fake.writes).toEqual([]);
    },
  );

  test("of an app that is public is never deleted", async () => {
    await deploy();
    leave("addComment");
    fake.app.public = true;
    await expect(deploy({ deletesOrphans: true })).rejects.toThrow("addComment");
    expect(fake.modules.has("addComment")).toBe(true);
  });
});

test("two connections of one label and type are not guessed between", async () => {
  await deploy();
  fake.connections.set("other", { name: "other", label: "Sayso", type: "oauth" });
  await expect(deploy()).rejects.toThrow("2 connections with the label Sayso");
});
