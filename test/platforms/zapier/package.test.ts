import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import app from "zapier-sayso";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openZapier, thrownBy, shownError } from "./zapier.ts";

const folder = fileURLToPath(new URL("../../../packages/zapier-sayso", import.meta.url));
const run = promisify(execFile);
let dist: string;

/** Runs Zapier's command line as people run it in the uploaded folder. */
const zapierPlatform = async (...args: string[]): Promise<string> => {
  const cli = join(folder, "node_modules/zapier-platform-cli/src/bin/run");
  const env = { ...process.env, PATH: `${join(process.execPath, "..")}:${process.env.PATH}` };
  // The output names the faults also when the command fails.
  const { stdout, stderr } = await run(process.execPath, [cli, ...args], { cwd: dist, env }).catch(
    (failed: unknown) => failed as { stdout: string; stderr: string },
  );
  return stdout + stderr;
};

beforeAll(async () => {
  // The build lies beside the sources, where it finds Zapier's runtime.
  dist = await mkdtemp(join(folder, "node_modules/.dist-"));
  await run(process.execPath, [join(folder, "build.mjs"), dist]);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

describe("what is uploaded", () => {
  test("is one file, with nothing beside it but Zapier's runtime", async () => {
    const manifest = JSON.parse(await readFile(join(dist, "package.json"), "utf8")) as {
      dependencies: object;
    };
    expect(Object.keys(manifest.dependencies)).toEqual(["zapier-platform-core"]);
    const code = await readFile(join(dist, "index.js"), "utf8");
    const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(required).toEqual([]);
  });

  test("is the app that is tested here, and runs in Zapier's runtime", async () => {
    const built = createRequire(import.meta.url)(join(dist, "index.js")) as typeof app;
    expect(JSON.stringify(built)).toBe(JSON.stringify(app));
    const zapier = await openZapier({ SAYSO_URL: "nowhere" }, () => ({}), built);
    const thrown = await thrownBy(zapier.run("authentication.test"));
    expect(shownError(thrown).message).toMatch(/SAYSO_URL is "nowhere", which is not a URL/);
    await zapier.stop();
  });

  test("passes Zapier's validation", async () => {
    expect(await zapierPlatform("validate", "--without-style")).toMatch(
      /No structural errors found/,
    );
  });

  test("becomes an archive, of which Zapier's command line starts what it unpacks", async () => {
    const shownError = await zapierPlatform("build", "--skip-validation", "--skip-dep-install");
    expect(shownError).toMatch(/Build complete/);
    const { size } = await stat(join(dist, "build/build.zip"));
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(5_000_000);
  });
});
