import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import type * as Client from "@sayso/client";
import { must } from "@sayso/must";
import { shareStage } from "@sayso/testkit";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, expect, test } from "vitest";
import { shareBrowser } from "../open-browser.ts";

/** The package as npm publishes it: built, packed by npm, and unpacked where two projects import it. */
const folder = mkdtempSync(join(tmpdir(), "sayso-client-"));
const stage = await shareStage();
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
});
const dist = join(folder, "dist");
execFileSync(process.execPath, [
  fileURLToPath(new URL("../../packages/client/build.ts", import.meta.url)),
  dist,
]);
execFileSync("npm", ["pack", dist, "--pack-destination", folder, "--offline"], { stdio: "pipe" });
const tarball = join(folder, must(readdirSync(folder).find((name) => name.endsWith(".tgz"))));
const installed = join(folder, "project/node_modules/@sayso/client");
mkdirSync(installed, { recursive: true });
execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
const project = join(folder, "project");

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("the types are right for every way to import it", async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  expect(result).toMatchObject({ types: { kind: "included" }, problems: [] });
});

test("it is small, holds nothing that isn't for its users, and depends on nothing", () => {
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as object;
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("private");
  expect(statSync(tarball).size).toBeLessThan(120_000);
  expect(readdirSync(installed).sort()).toEqual([
    "LICENSE",
    "README.md",
    "cjs",
    "esm",
    "package.json",
  ]);
  expect(readFileSync(join(installed, "esm/index.js"), "utf8")).not.toMatch(
    /\brequire\(|from "node:|process\./,
  );
});

test("who imports only a part gets only that part", async () => {
  const bundle = async (source: string) => {
    const { outputFiles } = await build({
      stdin: { contents: source, resolveDir: project },
      bundle: true,
      format: "esm",
      write: false,
      minify: true,
    });
    return must(outputFiles[0]).text;
  };
  const verifying = await bundle(`export { verifyWebhook } from "@sayso/client";`);
  expect(verifying).toContain("webhook-id");
  expect(verifying).not.toContain("/api/v1");
  expect(verifying.length).toBeLessThan(4000);
  const calling = await bundle(`export { createClient } from "@sayso/client";`);
  expect(calling).toContain("/api/v1");
  expect(calling).not.toContain("webhook-id");
  expect(calling.length).toBeLessThan(20_000);
});

/** The program that both kinds of projects run. It prints one line of JSON. */
const program = `
declare const process: { argv: string[] };
import { createClient, operations, SaysoError, verifyWebhook, WebhookVerificationError, type Sayso } from "@sayso/client";
async function main(): Promise<void> {
  const sayso: Sayso = createClient({ url: process.argv[2]!, token: process.argv[3]! });
  const request = await sayso.createApproval({ title: "Deploy", description: "Now", priority: "low" });
  const priority: "low" | "medium" | "high" | "critical" = request.priority;
  const missing = await sayso.getApproval({ id: request.id.replaceAll(/\\w/g, "0") }).catch((error: unknown) => error);
  const refused = await verifyWebhook({}, "{}", "whsec_" + btoa("k".repeat(32))).catch((error: unknown) => error);
  console.log(JSON.stringify([
    request.status, priority, missing instanceof SaysoError && missing.code,
    refused instanceof WebhookVerificationError && refused.code, Object.keys(operations).length > 30,
  ]));
}
void main();
`;
const mistaken = program.replace('priority: "low" }', 'priority: "lowest" }');

/** Compiles these files of the project. @returns the compiler's messages, one line for each mistake */
function compile(resolution: "nodenext" | "node10", files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const require = createRequire(import.meta.url);
  const { stdout } = spawnSync(
    process.execPath,
    [
      require.resolve("typescript/bin/tsc"),
      ...["--strict", "--target", "es2022", "--outDir", "out", "--pretty", "false"],
      ...["--module", resolution === "node10" ? "commonjs" : resolution],
      ...["--moduleResolution", resolution],
      ...Object.keys(files),
    ],
    { cwd: project },
  );
  return stdout
    .toString()
    .split("\n")
    .filter((line) => /^\S/.test(line));
}

test("a project compiles with it, as ES modules and as CommonJS, and doesn't with a mistake", () => {
  const lines = compile("nodenext", {
    "esm.mts": program,
    "cjs.cts": program,
    "wrong-esm.mts": mistaken,
    "wrong-cjs.cts": mistaken,
  });
  expect(lines.map((line) => line.split("(")[0])).toEqual(["wrong-cjs.cts", "wrong-esm.mts"]);
  expect(lines.join("\n")).toContain('"lowest"');
});

test("so does a project that resolves as it was done before there were exports", () => {
  const lines = compile("node10", { "old.ts": program, "wrong-old.ts": mistaken });
  expect(lines.map((line) => line.split("(")[0])).toEqual(["wrong-old.ts"]);
});

test.each(["esm.mjs", "cjs.cjs", "old.js"])("what was compiled runs: %s", (file) => {
  const output = execFileSync(process.execPath, [
    join(project, "out", file),
    stage.server.url,
    stage.machine.key,
  ]);
  expect(JSON.parse(output.toString())).toEqual([
    "pending",
    "low",
    "NOT_FOUND",
    "missing_header",
    true,
  ]);
});

const html = `<!doctype html><title>Client</title><script type="module">
  globalThis.client = await import("/client-under-test/index.js");
</script>`;

test("a browser runs it, on a page of the server itself", async () => {
  const browser = await shareBrowser();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.route("**/client-under-test/**", (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ path: join(installed, "esm/index.js"), contentType: "text/javascript" })
        : route.fulfill({ body: html, contentType: "text/html" }),
    );
    await page.goto(`${stage.server.url}/client-under-test/`);
    await page.waitForFunction("globalThis.client");
    const result = await page.evaluate(runInBrowser, {
      url: stage.server.url,
      asker: stage.machine.key,
      approver: stage.alice.token,
      secret: stage.machine.webhookSecret,
    });
    expect(result).toEqual({
      waited: "rejected",
      comment: "No",
      listed: true,
      missing: ["NOT_FOUND", 404],
      aborted: "AbortError",
      webhook: "approved",
      forged: "no_matching_signature",
    });
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

/** Runs in the browser's page: nothing of this file is in scope there. */
async function runInBrowser(keys: Record<"url" | "asker" | "approver" | "secret", string>) {
  const { createClient, verifyWebhook } = (globalThis as unknown as { client: typeof Client })
    .client;
  const { url } = keys;
  const sayso = createClient({ url, token: () => Promise.resolve(keys.asker) });
  const alice = createClient({ url, token: keys.approver });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => ({ code: "none", status: 0, name: "none" }),
      (error: unknown) => error as { code: string; status: number; name: string },
    );

  const { id } = await sayso.createApproval({ title: "A", description: "B", priority: "low" });
  const waiting = sayso.waitForDecision(id, { timeoutSeconds: 60 });
  await alice.decideApproval({ id, decision: "reject", comment: "No" });
  const waited = await waiting;

  const ids: string[] = [];
  for await (const request of sayso.iterate("listApprovals", { status: ["rejected"] }))
    ids.push(request.id);
  const missing = await failure(sayso.getApproval({ id: "00000000-0000-7000-8000-000000000000" }));
  const controller = new AbortController();
  const hanging = failure(
    sayso.getApproval(
      {
        id: (await sayso.createApproval({ title: "A", description: "B", priority: "low" })).id,
        wait: 30,
      },
      { signal: controller.signal },
    ),
  );
  controller.abort();

  const body = `{"request_id":"r","status":"approved"}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = await crypto.subtle.importKey(
    "raw",
    Uint8Array.from(atob(keys.secret.slice(6)), (c) => c.charCodeAt(0)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signed = new TextEncoder().encode(`m.${timestamp}.${body}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  const headers = new Headers({
    "webhook-id": "m",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${btoa(String.fromCharCode(...mac))}`,
  });
  return {
    waited: waited.status,
    comment: waited.decision_comment,
    listed: ids.includes(id),
    missing: [missing.code, missing.status],
    aborted: (await hanging).name,
    webhook: (await verifyWebhook(headers, body, keys.secret)).payload.status,
    forged: (await failure(verifyWebhook(headers, body.replace("r", "s"), keys.secret))).code,
  };
}
