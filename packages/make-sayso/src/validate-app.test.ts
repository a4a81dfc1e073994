import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { must } from "@sayso/must";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readApp, type App } from "./app-files.ts";
import { validateApp } from "./validate-app.ts";

// Make's own schemas are not part of this project. These have the same names and structure, and demand less.

const names = [
  ...["makecomapp.schema.json", "base.json", "common.json", "groups.json", "api-oauth.json"],
  ...["api.json", "samples.json", "epoch.json", "scopes.json", "scope.json", "parameters.json"],
];
let folder: string;
let app: App;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sayso-make-schemas-"));
  for (const name of names) await writeFile(path.join(folder, name), "{}");
  await writeFile(
    path.join(folder, "shared.json"),
    JSON.stringify({
      definitions: { url: { $id: "#url", type: "string", pattern: "^[/{]" } },
    }),
  );
  await writeFile(
    path.join(folder, "api.json"),
    JSON.stringify({
      definitions: { url: { $id: "#url", $ref: "shared.json#/definitions/url" } },
      properties: { url: { $ref: "#/definitions/url" } },
    }),
  );
  app = await readApp();
});
afterAll(() => rm(folder, { recursive: true }));

test("every file is held against a schema, through references from one to another", async () => {
  const { files, faults } = await validateApp(app, folder);
  expect(faults).toEqual([]);
  expect(files).toBe(app.files.size);
});

test("a file that doesn't fit is named, with the place and the reason", async () => {
  const file = must(must(app.manifest.components.module.getRequest).codeFiles.communication);
  const broken = { ...app, files: new Map(app.files).set(file, '{"url":"approvals"}') };
  const { faults } = await validateApp(broken, folder);
  expect(faults).toEqual([
    { file, at: "/url", message: expect.stringContaining("pattern") as string },
  ]);
});

test("a file of no known kind is a fault", async () => {
  const files = new Map(app.files).set("modules/x/x.strange.json", "{}");
  expect((await validateApp({ ...app, files }, folder)).faults).toMatchObject([
    { file: "modules/x/x.strange.json" },
  ]);
});

test("a schema that is missing is an error", async () => {
  await rm(path.join(folder, "epoch.json"));
  await expect(validateApp(app, folder)).rejects.toThrow("epoch.json: there is no such schema");
});
