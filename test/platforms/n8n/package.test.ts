import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { allSurfaces, joinSurfaces } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packNode } from "./n8n-host.ts";

// The checks of n8n's reviewers, with their unchanged configuration, on the package that we publish.

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../../packages/n8n-nodes-sayso/", import.meta.url));
const binaries = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));
const fromPackage = createRequire(path.join(source, "package.json"));

const folder = mkdtempSync(path.join(tmpdir(), "sayso-n8n-package-"));
const unpacked = path.join(folder, "package");
let tarball: string;
beforeAll(async () => {
  tarball = await packNode(folder);
  await run("tar", ["-xzf", tarball, "-C", folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const asPublished = { ...process.env, NODE_ENV: "production" };

interface Scan {
  passed: boolean;
  message?: string;
  details?: string;
}

/** Scans in a process of its own, because in this process the rules would mistake a test's files for the package. */
async function scan(what: string, patterns?: string[]): Promise<Scan> {
  const manifest = fromPackage.resolve("@n8n/scan-community-package/package.json");
  const scanner = pathToFileURL(path.join(path.dirname(manifest), "scanner/scanner.mjs")).href;
  const program = `
    const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(${JSON.stringify(scanner)});
    const patterns = ${JSON.stringify(patterns ?? null)} ?? SOURCE_FILE_PATTERNS;
    console.log(JSON.stringify(await analyzePackage(${JSON.stringify(what)}, patterns)));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    env: asPublished,
  });
  return JSON.parse(must(stdout.trim().split("\n").at(-1))) as Scan;
}

describe("n8n's own checks pass", () => {
  test("n8n-node lint", async () => {
    const PATH = [path.join(source, "node_modules/.bin"), binaries, process.env.PATH].join(":");
    const program = path.join(
      path.dirname(fromPackage.resolve("@n8n/node-cli/eslint")),
      "../../bin/n8n-node.mjs",
    );
    const { stdout } = await run(process.execPath, [program, "lint"], {
      cwd: source,
      env: { ...asPublished, PATH },
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    });
    expect(stdout).not.toMatch(/warning|Strict mode violation/);
  });

  test("the scanner, on the sources", async () => {
    expect(await scan(source)).toMatchObject({ passed: true });
  });

  test("the scanner, on the unpacked tarball", async () => {
    expect(await scan(unpacked, ["**/*.js", "package.json"])).toMatchObject({ passed: true });
  });
});

test("the package depends on nothing at run time and stays small", () => {
  const manifest = JSON.parse(readFileSync(path.join(unpacked, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.peerDependencies).toEqual({ "n8n-workflow": "*" });
  expect(statSync(tarball).size).toBeLessThan(300_000);
});

test("everything that the manifest names is in the tarball, and loads", () => {
  const { n8n } = JSON.parse(readFileSync(path.join(unpacked, "package.json"), "utf8")) as {
    n8n: { nodes: string[]; credentials: string[] };
  };
  for (const file of [...n8n.nodes, ...n8n.credentials]) {
    const [name = ""] = path.basename(file).split(".");
    const built = path.join(source, file);
    const loaded = createRequire(built)(built) as Record<string, new () => object>;
    expect(loaded[name], file).toBeTypeOf("function");
    const Loaded = must(loaded[name]);
    expect(new Loaded()).toBeTypeOf("object");
    expect(statSync(path.join(unpacked, file)).size).toBeGreaterThan(0);
  }
});

test("a wait's first output is never Approved: n8n hands what timed out to it", () => {
  const built = path.join(source, "dist/nodes/Sayso/Sayso.node.js");
  const { Sayso } = createRequire(built)(built) as {
    Sayso: new () => { description: { outputs: string } };
  };
  const names = [...new Sayso().description.outputs.matchAll(/displayName: "([^"]+)"/g)];
  expect(names.map(([, name]) => name)).toEqual(["No Decision", "Approved", "Rejected"]);
});

test("the OAuth credential asks for the scopes that the node's operations need, and for no others", () => {
  const built = path.join(source, "dist/credentials/SaysoOAuth2Api.credentials.js");
  const { SaysoOAuth2Api } = createRequire(built)(built) as {
    SaysoOAuth2Api: new () => { properties: { name: string; default: string }[] };
  };
  const asked = must(new SaysoOAuth2Api().properties.find(({ name }) => name === "scope")).default;
  const { operations } = joinSurfaces(allSurfaces);
  const needed = Object.values(operations)
    .filter(({ platforms }) => platforms?.includes("n8n"))
    .map(({ scope }) => scope)
    // A person can choose this scope separately, beside approvals:write.
    .filter((scope) => scope !== "approvals:decide");
  expect(asked.split(" ").sort()).toEqual([...new Set(needed)].sort());
});

test("all documentation stands below the manifest's homepage", () => {
  const { homepage, repository } = JSON.parse(
    readFileSync(path.join(source, "package.json"), "utf8"),
  ) as { homepage: string; repository: { url: string; directory: string } };
  const [, address] = must(/^git\+(https:.+)\.git$/.exec(repository.url));
  expect(homepage).toBe(`${address}/tree/main/${repository.directory}`);
  const published = readdirSync(unpacked, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(json|js)$/.test(file))
    .map((file) => readFileSync(path.join(unpacked, file), "utf8"));
  const addresses = published.flatMap(
    (text) => text.match(/https:\/\/github\.com\/[^"#\s]+/g) ?? [],
  );
  expect(addresses.length).toBeGreaterThan(0);
  for (const one of addresses) expect([homepage, `${address}.git`]).toContain(one);
});
