// Replays the changes API's documentation against a real server, with the document as the reference:
//   node test/surfaces/changes/seed-replay.ts --seed FILE
// Prints a line for each check; exits 1 when one fails. Changes only hosts, ids and points in time of the document.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { must } from "@sayso/must";
import {
  buildServer,
  createOrganization,
  openStage,
  openTestCluster,
  type Answer,
  type Stage,
} from "@sayso/testkit";
import { findDifferences } from "../../approvals/resemblance.ts";

const { values } = parseArgs({ options: { seed: { type: "string" } } });
if (values.seed === undefined) {
  console.error("Usage: node test/surfaces/changes/seed-replay.ts --seed FILE");
  process.exit(2);
}
const text = readFileSync(values.seed, "utf8");

type Json = Record<string, unknown>;

/** The document's examples and tables, as data. */
const lines = text.split(/\r?\n/);
/** Reads the JSON that begins on the first such line after this one. */
function readJson(after: string, open: "{" | "["): unknown {
  const from = lines.indexOf(after);
  if (from === -1) throw new Error(`The document has no line "${after}"`);
  const start = lines.findIndex((line, i) => i > from && line === open);
  const end = lines.findIndex((line, i) => i > start && line === (open === "{" ? "}" : "]"));
  return JSON.parse(lines.slice(start, end + 1).join("\n"));
}
/** Reads the rows of a table whose columns have no separator in the page's text. */
const fields = (types: string) =>
  lines.flatMap((line) => {
    const row = new RegExp(`^([a-z]\\w*?)(?:${types})(Yes|No)[A-Z"]`).exec(line);
    return row ? [{ name: must(row[1]), isRequired: row[2] === "Yes" }] : [];
  });
const listed = readJson("Response", "[") as [Json];
const approved = readJson("Response (approved)", "{") as Json;
const rejected = readJson("Response (rejected)", "{") as Json;
const curl = must(/curl -X (\w+) https?:\/\/[^/\s]+(\S+)[\s\S]*?-d '([\s\S]*?)'\n/.exec(text));
const example = {
  method: must(curl[1]),
  path: must(curl[2]),
  body: JSON.parse(must(curl[3])) as Json,
};
const headers = Object.fromEntries(
  [...curl[0].matchAll(/-H "([\w-]+): ([^"]+)"/g)].map((match) => [must(match[1]), must(match[2])]),
);
const created = Number(must(/^Response: (\d{3}) /m.exec(text))[1]);
const types = must(must(/auto-application: ([\w, ]+)\./.exec(text))[1]).split(", ");
const byDefault = must(must(/^statusstring"(\w+)"/m.exec(text))[1]);
const statuses = must(
  must(must(/^statusstring.*Filter by status: (.*)$/m.exec(text))[1]).match(/\w+/g),
);
const actions = must(
  must(must(/^actionstringYes("create".*)$/m.exec(text))[1]).match(/(?<=")\w+/g),
);
const roles = lines.flatMap((line) => {
  const row = /^(GET|POST) (\/approvals\S*)(?: \(\w+\))?\s*(any authenticated|admin)$/.exec(
    line.replace(/(any authenticated|admin)$/, " $1"),
  );
  return row ? [{ method: must(row[1]), path: must(row[2]), who: must(row[3]) }] : [];
});

let [passed, failed] = [0, 0];
function check(what: string, differences: string[]): void {
  if (differences.length === 0) passed++;
  else failed++;
  console.log(
    `${differences.length === 0 ? "ok    " : "FAILED"} ${what}${differences.map((d) => `\n         ${d}`).join("")}`,
  );
}
const same = (name: string, actual: unknown, documented: unknown): string[] =>
  JSON.stringify(actual) === JSON.stringify(documented)
    ? []
    : [`${name} is ${JSON.stringify(actual)}, documented is ${JSON.stringify(documented)}`];
/** Replaces the document's ids, which are names, with UUIDs. */
const adjust = (json: unknown): unknown =>
  JSON.parse(
    JSON.stringify(json).replaceAll(
      /"(?:approval|user)_\d+"/g,
      '"a1b2c3d4-e5f6-7890-abcd-ef1234567890"',
    ),
  );

const cluster = await openTestCluster();
try {
  await buildServer();
  const stage = await openStage();
  try {
    await replay(stage);
  } finally {
    await stage.close();
  }
} finally {
  await cluster.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function replay({ services, server }: Stage): Promise<void> {
  const tenant = await createOrganization(services, server, { name: headers["X-Tenant-Id"] });
  const requester = await tenant.addPerson({ name: String(listed[0].requesterName) });
  const admin = await tenant.addPerson({ name: String(approved.approverName), role: "admin" });
  const call = (by: typeof admin, method: string, path: string, body?: unknown, query?: Json) =>
    by.api.call<Json>(method, path, { headers, body, query: query as Record<string, string> });
  const propose = (body: Json = example.body): Promise<Answer<Json>> =>
    call(requester, example.method, example.path, body);

  const made = await propose();
  check(`${example.method} ${example.path}`, [
    ...same("the status", made.status, created),
    ...findDifferences(adjust(listed[0]), made.body),
  ]);
  const id = String(made.body.id);
  const list = await call(requester, "GET", example.path);
  check(`GET ${example.path}`, [
    ...same("the status", list.status, 200),
    ...findDifferences(adjust(listed), list.body),
  ]);
  const one = await call(requester, "GET", `${example.path}/${id}`);
  check("GET one", [
    ...same("the status", one.status, 200),
    ...findDifferences(adjust(listed[0]), one.body),
  ]);

  const resolve = (of: string, action: string, comments: unknown, by = admin) =>
    call(by, "POST", `${example.path}/${of}`, { action, comments });
  const yes = await resolve(id, "approve", approved.comments);
  check("POST approve", [
    ...same("the status", yes.status, 200),
    ...findDifferences(adjust(approved), yes.body),
  ]);
  const { entityType, entityId } = example.body as Record<string, string>;
  const entity = await call(requester, "GET", `/changes/api/v1/entities/${entityType}/${entityId}`);
  check("the payload is applied", findDifferences(example.body.payload, entity.body.body));
  const other = String((await propose()).body.id);
  const no = await resolve(other, "reject", rejected.comments);
  check("POST reject", [
    ...same("the status", no.status, 200),
    ...findDifferences(adjust(rejected), no.body),
  ]);

  for (const status of statuses) {
    await propose();
    const answer = await call(requester, "GET", example.path, undefined, { status });
    const found = (answer.body as unknown as Json[]).map((change) => change.status);
    check(`status=${status}`, [
      ...same("the statuses", [...new Set(found)], [status]),
      ...(status === byDefault
        ? same("the default", (await call(requester, "GET", example.path)).body, answer.body)
        : []),
    ]);
  }
  for (const { name, isRequired } of fields("string|object").filter(
    ({ name }) => name !== "comments",
  )) {
    const { [name]: _, ...body } = example.body;
    const answer = await propose(body);
    check(
      `${name} is ${isRequired ? "" : "not "}required`,
      same("the status", answer.status, isRequired ? 400 : created),
    );
  }
  for (const type of types) {
    for (const action of actions) {
      const proposed = await propose({
        ...example.body,
        entityType: type,
        entityId: "one",
        action,
      });
      const answer = await resolve(String(proposed.body.id), "approve", "");
      check(`${action} ${type}`, same("applyStatus", answer.body.applyStatus, "applied"));
    }
  }
  for (const { method, path, who } of roles) {
    const pending = String((await propose()).body.id);
    const address = `/api/v1${path.replace("{id}", pending)}`;
    const isResolve = method === "POST" && path.includes("{id}");
    const answer = await call(
      await tenant.addPerson(),
      method,
      address,
      isResolve ? { action: "approve" } : method === "POST" ? example.body : undefined,
    );
    check(
      `${method} ${path}: ${who}`,
      same("refused for a member", answer.status === 403, who === "admin"),
    );
    const stranger = await fetch(`${server.url}${address}`, { method, headers });
    check(`${method} ${path}: not for strangers`, same("the status", stranger.status, 401));
  }
}
