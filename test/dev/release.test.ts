import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copySources, type SourceCopy } from "./source-copy.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let copy: SourceCopy;

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: copy.path, encoding: "utf8", stdio: "pipe" });
const read = (file: string) => readFileSync(join(copy.path, file), "utf8");
const readJson = (file: string) => JSON.parse(read(file)) as Record<string, unknown>;

beforeAll(async () => {
  copy = await copySources();
  mkdirSync(join(copy.path, ".changeset"));
  cpSync(join(root, ".changeset/config.json"), join(copy.path, ".changeset/config.json"));
  for (const name of [".prettierrc", "LICENSE", "docs", "README.md"])
    cpSync(join(root, name), join(copy.path, name), { recursive: true });
  run("git", "init", "-q", "--initial-branch=main");
  const note = (packages: string, text: string) => `---\n${packages}\n---\n\n${text}\n`;
  writeFileSync(
    join(copy.path, ".changeset/one.md"),
    note(`"@sayso/client": minor\n"@sayso/server": major`, "A note for a test."),
  );
});
afterAll(() => copy?.remove());

test("npm run release makes versions, change logs and packages of the change notes", () => {
  const before = readJson("packages/n8n-nodes-sayso/package.json").version as string;
  const server = Number.parseInt(readJson("apps/server/package.json").version as string, 10);
  const [major, minor] = (readJson("packages/client/package.json").version as string).split(".");
  const output = run(process.execPath, "scripts/release.ts");

  const next = `${major}.${Number(minor) + 1}.0`;
  expect(readJson("packages/client/package.json").version).toBe(next);
  expect(read("packages/client/CHANGELOG.md")).toMatch(
    /^# @sayso\/client\n[^]*A note for a test\./,
  );
  expect(readJson("apps/server/package.json").version).toBe(`${server + 1}.0.0`);
  expect(readJson("package.json").version).toBe(`${server + 1}.0.0`);
  expect(read("apps/server/src/surfaces/openapi.generated.json")).toContain(`"${server + 1}.0.0"`);
  expect(readdirSync(join(copy.path, ".changeset"))).toEqual(["config.json"]);

  const cli = readJson("packages/cli/package.json").version as string;
  const built = [
    `n8n-nodes-sayso-${before}.tgz`,
    `sayso-cli-${cli}.tgz`,
    `sayso-client-${next}.tgz`,
  ];
  expect(readdirSync(join(copy.path, "release")).sort()).toEqual(built);
  expect(output).toContain(`@sayso/client ${next}`);
  const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  for (const [, name] of output.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm))
    expect(workflow).toContain(`"${name}@*"`);
  const packed = `sayso-client-${next}.tgz`;
  const manifest = run("tar", "-xzOf", `release/${packed}`, "package/package.json");
  expect(JSON.parse(manifest)).toMatchObject({
    name: "@sayso/client",
    version: next,
    repository: { url: "git+https://github.com/sayso-hq/sayso.git" },
  });
});
