import { expect, test } from "vitest";
import { createLog, redactText } from "./log.ts";

const hex = "0123456789abcdef".repeat(4);
const key = `gk_${hex}`;

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let output = "";
  write(
    createLog(
      { logLevel: "info" },
      { isTerminal: false, stream: { write: (line) => void (output += line) } },
    ),
  );
  return output;
}

test.each([
  [
    "under its name",
    {
      authorization: `Bearer ${key}`,
      headers: { cookie: "a=b", authorization: key },
      req: { headers: { "set-cookie": key } },
    },
  ],
  [
    "in callback headers",
    { callback_headers: { "X-Token": key }, body: { callback_headers: { "X-Token": key } } },
  ],
  [
    "as a password, key or token",
    { password: key, user: { password: key, token: key }, key, api_key: key },
  ],
  ["as an address's parameter", { url: `/x?key=${key}&a=1`, path: "/y?access_token=abcdefghijk" }],
  ["in an error", { err: new Error(`failed for ${key}`) }],
  ["under any other name", { requestId: key }],
])("a secret is never written %s", (_, fields) => {
  const line = logged((log) => log.info(fields, "said"));
  expect(line).toContain("said");
  expect(line).not.toMatch(/89abcdef0123|abcdefghijk/);
});

test("a secret is never written in the message", () => {
  expect(logged((log) => log.info(`hello ${key} and whsec_c2VjcmV0c2VjcmV0`))).not.toMatch(
    /89abcdef0123|c2VjcmV0/,
  );
});

test.each(["gk", "okrt", "sp", "sa", "sr", "sc", "cs"])(
  "%s_… is known by its looks wherever it stands",
  (prefix) => {
    const said = redactText(`was given ${prefix}_${hex}, twice: ${prefix}_${hex}`);
    expect(said).toBe(`was given ${prefix}_0123…, twice: ${prefix}_0123…`);
  },
);

test("an app's way back is not written", () => {
  expect(redactText("https://a.example/cb?code=abc&state=def&iss=x&code_verifier=ghi")).toBe(
    "https://a.example/cb?code=…&state=…&iss=x&code_verifier=…",
  );
});

test("an address keeps what is no secret", () => {
  expect(redactText("GET /a?page=2&api_key=x&monkey=1 postgres://me:pw@host/db")).toBe(
    "GET /a?page=2&api_key=…&monkey=1 postgres://me:…@host/db",
  );
});

test("lines below the level are not written; the others are JSON with level and time", () => {
  const line = logged((log) => {
    log.debug("no");
    log.warn({ requestId: "r1" }, "yes");
  });
  expect(JSON.parse(line)).toMatchObject({ level: "warn", requestId: "r1", msg: "yes" });
});
