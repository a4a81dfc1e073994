// The published command, installed from its archive where there is no clone.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shareStage } from "@sayso/testkit";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sayso-cli-"));
const stage = await shareStage();
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
});
const dist = join(folder, "dist");
execFileSync(process.execPath, [
  fileURLToPath(new URL("../../packages/cli/build.ts", import.meta.url)),
  dist,
]);
execFileSync("npm", ["pack", dist, "--pack-destination", folder, "--offline"], { stdio: "pipe" });
const project = join(folder, "project");
mkdirSync(project);
writeFileSync(join(project, "package.json"), "{}");
const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
execFileSync("npm", ["install", "--offline", "--no-audit", `../${archive}`], {
  cwd: project,
  stdio: "pipe",
});

const npxOptions = {
  cwd: project,
  env: { ...process.env, SAYSO_URL: stage.server.url, SAYSO_API_KEY: stage.machine.key },
};

/** Starts `npx sayso ask <question>` in the project and returns it once it waits for the answer. */
async function startAsking(question: string) {
  const child = spawn("npx", ["--no", "sayso", "ask", question], npxOptions);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await expect.poll(() => errors).toContain("Waiting for a decision");
  const { body } = await stage.machine.api.list({ status: "pending", search: question });
  return { ended, id: body.data[0]?.id ?? "" };
}

test("publint has nothing to say, and the package depends on nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: dist, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8")) as object;
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("private");
});

test("a yes ends with 0 and a no with 10", async () => {
  const yes = await startAsking("Deploy alpha?");
  await stage.alice.api.approve(yes.id);
  expect(await yes.ended).toBe(0);
  const no = await startAsking("Deploy beta?");
  await stage.alice.api.reject(no.id);
  expect(await no.ended).toBe(10);
});

test("a program that is missing, can't start or knows no such verb ends with none of the answers' codes", () => {
  const answers = [0, 10, 11, 12, 13];
  const codeOf = (file: string, ...args: string[]) => spawnSync(file, args, npxOptions).status;
  expect(answers).not.toContain(codeOf("npx", "--no", "sayso-is-not-installed", "ask", "Deploy?"));
  expect(answers).not.toContain(codeOf("sh", "-c", "sayso-is-not-installed ask Deploy?"));
  expect(answers).not.toContain(codeOf("npx", "--no", "sayso", "aks", "Deploy?"));
});

test("--help names the verbs that exist, and the exit codes", () => {
  const program = join(project, "node_modules/.bin/sayso");
  const help = (...args: string[]) =>
    spawnSync(program, [...args, "--help"], { ...npxOptions, encoding: "utf8" }).stdout;
  expect([...help().matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb)).toEqual([
    "ask",
    "request",
    "help",
  ]);
  expect(help("ask")).toContain("10 rejected");
});
