import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openStage, startReceiver, type Receiver, type Stage } from "@sayso/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copySources, type SourceCopy } from "./source-copy.ts";

const checksTypes = process.env.SAYSO_CHECK_COPIES === "1";

/** One edit by hand: lines after a line that occurs once in the file, or a new file. */
interface Edit {
  file: string;
  after: string | null;
  lines: string;
}

const column: Edit[] = [
  {
    file: "packages/database/sql/migrations/0099_cost_center.sql",
    after: null,
    lines: "alter table requests add column cost_center text;",
  },
  {
    file: "packages/core/src/requests/columns.ts",
    after: "  actionType: optionalText(),",
    lines: "  costCenter: optionalText(),",
  },
  {
    file: "packages/catalogue/src/surfaces/approvals/request-fields.ts",
    after: "const requestFields = {",
    lines: `  cost_center: {
    asked: filledText(50).optional().describe("The cost center that pays"),
    shown: nullableText,
    example: "R-17",
  },`,
  },
  {
    file: "packages/core/src/approvals/callback.ts",
    after: "    source: row.source,",
    lines: "    cost_center: row.costCenter,",
  },
];

const operation: Edit[] = [
  {
    file: "packages/catalogue/src/surfaces/approvals/requests.ts",
    after: 'const byId = z.object({ id: id.describe("The request") });',
    lines: `
const getApprovalStatus = defineOperation({
  key: "approval.get_status",
  http: { method: "GET", path: "/api/v1/approvals/{id}/status" },
  scope: "approvals:read",
  label: "Get the Status of a Request",
  description: "Read only the status of one request",
  input: { params: byId },
  responses: { 200: Approval.pick({ id: true, status: true }) },
  errors: ["not_found", "rate_limited"],
});`,
  },
  {
    file: "packages/catalogue/src/surfaces/approvals/requests.ts",
    after: "export const requestOperations = {",
    lines: "  getApprovalStatus,",
  },
  {
    file: "apps/server/src/surfaces/approvals/requests.ts",
    after: "  typeof approvalsOperations,",
    lines: `  | "getApprovalStatus"`,
  },
  {
    file: "apps/server/src/surfaces/approvals/requests.ts",
    after: "export const requestHandlers: Handlers<Operations> = {",
    lines: `  async getApprovalStatus({ context, params }) {
    const { id, status } = await getApproval(context, params.id);
    return { status: 200, body: { id, status } };
  },
`,
  },
];

const filesOf = (edits: Edit[]): string[] => [...new Set(edits.map(({ file }) => file))];
const linesOf = (edits: Edit[]): number =>
  edits.reduce((sum, { lines }) => sum + lines.split("\n").filter((line) => line !== "").length, 0);

let sources: SourceCopy;
let receiver: Receiver;
let stage: Stage;

const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [script, ...args], { cwd: sources.path });

const apply = ({ file, after, lines }: Edit): Promise<void> =>
  after === null
    ? writeFile(join(sources.path, file), `${lines}\n`)
    : sources.replace(file, `${after}\n`, `${after}\n${lines}\n`);

beforeAll(async () => {
  sources = await copySources();
  for (const edit of [...column, ...operation]) await apply(edit);
  await run("scripts/generate.ts");
  await run("apps/server/build.ts");
  receiver = await startReceiver();
  stage = await openStage({ bundle: join(sources.path, "apps/server/dist/sayso.js") });
});

afterAll(async () => {
  await stage?.close();
  await receiver?.stop();
  await sources?.remove();
});

test("a column of a request is 4 files and 8 lines, and makes the round trip through HTTP and callback", async () => {
  expect([filesOf(column).length, linesOf(column)]).toEqual([4, 8]);
  const { machine, alice } = stage;
  const asked = await machine.api.create({ cost_center: "R-17", callback_url: receiver.url });
  expect(asked).toMatchObject({ status: 201, body: { cost_center: "R-17" } });
  const { id } = asked.body;
  expect((await alice.api.get(id)).body).toMatchObject({ cost_center: "R-17" });
  const { body: page } = await alice.api.list();
  expect(page.data).toEqual([expect.objectContaining({ id, cost_center: "R-17" })]);

  await alice.api.approve(id);
  const [callback] = await receiver.next(1);
  expect(JSON.parse(callback?.body ?? "")).toMatchObject({ id, cost_center: "R-17" });

  const { body: none } = await machine.api.create();
  expect(none).toMatchObject({ cost_center: null });
  const refused = await machine.api.create({ cost_center: "R".repeat(51) });
  expect(refused).toMatchObject({ status: 400, body: { code: "VALIDATION_ERROR" } });
  expect(JSON.stringify(refused.body)).toContain("cost_center");
});

test("an operation is 2 files, and is in the API, its document and the client", async () => {
  expect(filesOf(operation)).toHaveLength(2);
  const { machine, alice } = stage;
  const { body: request } = await machine.api.create();
  const answer = await alice.api.call("GET", `/api/v1/approvals/${request.id}/status`);
  expect(answer).toMatchObject({ status: 200, body: { id: request.id, status: "pending" } });
  const document = await alice.api.call<{ paths: object }>("GET", "/api/v1/openapi");
  expect(Object.keys(document.body.paths)).toContain("/api/v1/approvals/{id}/status");
  const client = join(sources.path, "packages/client/src/types.generated.ts");
  expect(await readFile(client, "utf8")).toContain("cost_center");
});

test.runIf(checksTypes)("the compiler finds nothing that was forgotten", async () => {
  await run("node_modules/typescript/bin/tsc", "--noEmit");
});
