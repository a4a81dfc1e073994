import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { configuration, renderConfigurationTable } from "./config-table.ts";
import { ConfigError, readConfig } from "./config.ts";

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe("an empty environment", () => {
  test("is complete: this machine only, an embedded database, callbacks to this machine", () => {
    expect(readConfig({})).toEqual({
      port: 4747,
      host: "127.0.0.1",
      url: null,
      isLocal: true,
      dataDirectory: resolve("data"),
      databaseUrl: null,
      secret: null,
      allowedCallbackCidrs: ["loopback"],
      trustProxy: false,
      allowsClientRegistration: false,
      backupPassphrase: null,
      requestsPlan: "pro",
      mail: null,
      role: "all",
      logLevel: "info",
    });
  });

  test("is the same as one whose variables are empty", () => {
    const empty = Object.fromEntries(Object.values(configuration).map(({ name }) => [name, ""]));
    expect(readConfig({ ...empty, SAYSO_ALLOWED_CALLBACK_CIDRS: undefined })).toEqual(
      readConfig({}),
    );
  });
});

test("a public address opens the port to the network and closes private callback addresses", () => {
  expect(readConfig({ SAYSO_URL: "https://Sayso.example.com/" })).toMatchObject({
    url: "https://sayso.example.com",
    host: "0.0.0.0",
    isLocal: false,
    allowedCallbackCidrs: [],
  });
});

test.each([
  "http://localhost:5000",
  "http://127.0.0.1",
  "http://127.8.8.8:80",
  "http://[::1]:80",
  "http://sayso.localhost",
])("%s is a localhost address", (url) => expect(readConfig({ SAYSO_URL: url }).isLocal).toBe(true));
test.each(["http://localhost.example.com", "http://192.168.0.7:4747", "http://1270.0.0.1.example"])(
  "%s is not",
  (url) => expect(readConfig({ SAYSO_URL: url }).isLocal).toBe(false),
);

test("all faults are told at once, with name, value and what is right", () => {
  const faults = faultsOf({
    PORT: "70000",
    HOST: "not a host",
    SAYSO_URL: "https://example.com/sayso",
    DATABASE_URL: "mysql://root:hunter2@host/db",
    SAYSO_SECRET: "too short, but secret",
    SAYSO_ALLOWED_CALLBACK_CIDRS: "10.0.0.0/8,everything,10.0.0.0/40",
    SAYSO_TRUST_PROXY: "true",
    SAYSO_ROLE: "boss",
    LOG_LEVEL: "loud",
  });
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
    "PORT",
    "HOST",
    "SAYSO_URL",
    "DATABASE_URL",
    "SAYSO_SECRET",
    "SAYSO_TRUST_PROXY",
    "SAYSO_ROLE",
    "LOG_LEVEL",
    "SAYSO_ALLOWED_CALLBACK_CIDRS",
    "SAYSO_ALLOWED_CALLBACK_CIDRS",
  ]);
  expect(faults[0]).toBe(
    'PORT is "70000"; it must be a TCP port from 1 to 65535, or 0 for any free one',
  );
  expect(faults.join()).not.toMatch(/hunter2|but secret/);
});

test.each([
  ["PORT", ["", "0", "1", "65535"], ["-1", "1.5", "0x50", "65536", "http"]],
  [
    "SAYSO_URL",
    ["http://a", "https://a.b:1"],
    ["a.b", "ftp://a", "https://a/b", "https://u:p@a", "https://a?b"],
  ],
  [
    "SAYSO_TRUST_PROXY",
    ["false", "1", "10", "loopback", "10.0.0.0/8, ::1", "uniquelocal,1.2.3.4"],
    ["true", "0", "11", "proxy.local", "10.0.0.0/33"],
  ],
  [
    "SAYSO_ALLOWED_CALLBACK_CIDRS",
    ["", "loopback", "10.0.0.0/8, fd00::/8", "192.168.1.5"],
    ["localhost", "10.0.0.0/8;10.1.0.0/16"],
  ],
  ["LOG_LEVEL", ["debug", "WARN"], ["verbose"]],
])("%s takes what it says and nothing else", (name, right, wrong) => {
  for (const value of right) expect([value, faultsOf({ [name]: value })]).toEqual([value, []]);
  for (const value of wrong)
    expect([value, faultsOf({ [name]: value }).length]).toEqual([value, 1]);
});

test("no callback address at all can be asked for", () => {
  expect(readConfig({ SAYSO_ALLOWED_CALLBACK_CIDRS: "" }).allowedCallbackCidrs).toEqual([]);
});

describe("mail", () => {
  const from = { SAYSO_MAIL_FROM: "sayso@example.com" };

  test("needs a mail server and a sender", () => {
    expect(
      readConfig({
        SAYSO_SMTP_URL: "smtp://ada:p%40ss@mail.example.com",
        SAYSO_MAIL_FROM: " Sayso at work <sayso@example.com>",
      }).mail,
    ).toEqual({
      smtp: {
        host: "mail.example.com",
        port: 587,
        secure: false,
        auth: { user: "ada", pass: "p@ss" },
      },
      from: { name: "Sayso at work", address: "sayso@example.com" },
    });
    expect(readConfig({ SAYSO_SMTP_URL: "smtps://[::1]", ...from }).mail?.smtp).toEqual({
      host: "::1",
      port: 465,
      secure: true,
      auth: undefined,
    });
    expect(readConfig(from).mail).toBeNull();
    expect(faultsOf({ SAYSO_SMTP_URL: "smtp://localhost:25" })).toEqual([
      expect.stringMatching(/^SAYSO_SMTP_URL is set, which needs SAYSO_MAIL_FROM: /),
    ]);
  });

  test.each([
    "mail.example.com",
    "http://mail.example.com",
    "smtp://",
    "smtp://host/path",
    "smtp://host?tls=no",
    "smtp://user:hunter2%zz@host",
    "smtp://host:port",
  ])("%s is no mail server, and its password is not shown", (url) => {
    const faults = faultsOf({ SAYSO_SMTP_URL: url, ...from });
    expect(faults).toEqual([expect.stringMatching(/^SAYSO_SMTP_URL has \d+ characters; it must/)]);
    expect(faults.join()).not.toContain("hunter2");
  });

  test.each(["Sayso", "a@b, c@d", "Sayso <a@b", "Sayso <a@b> x", "a@b\r\nBcc: c@d", "<>"])(
    "%j is no sender",
    (sender) => {
      const faults = faultsOf({ SAYSO_SMTP_URL: "smtp://localhost", SAYSO_MAIL_FROM: sender });
      expect(faults).toEqual([expect.stringMatching(/^SAYSO_MAIL_FROM is /)]);
    },
  );
});

describe("a role of its own", () => {
  test("needs a database that several processes share", () => {
    expect(faultsOf({ SAYSO_ROLE: "worker" })).toEqual([
      expect.stringContaining("needs DATABASE_URL"),
    ]);
    expect(readConfig({ SAYSO_ROLE: "worker", DATABASE_URL: "postgres://u:p@h/d" }).role).toBe(
      "worker",
    );
  });
});

describe("a secret in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "sayso-config-"));
  const file = join(folder, "secret");
  writeFileSync(file, `${"s".repeat(32)}\n`);
  test("is read without its line end", () => {
    expect(readConfig({ SAYSO_SECRET_FILE: file }).secret).toBe("s".repeat(32));
  });
  test("is a fault when it is missing, or set twice", () => {
    expect(faultsOf({ DATABASE_URL_FILE: join(folder, "none") })[0]).toMatch(
      /^DATABASE_URL_FILE is ".*none", which can't be read/,
    );
    expect(faultsOf({ SAYSO_SECRET_FILE: file, SAYSO_SECRET: "s".repeat(32) })).toEqual([
      "SAYSO_SECRET and SAYSO_SECRET_FILE are both set; keep one of them",
    ]);
    rmSync(folder, { recursive: true });
  });
});

test("every setting that the code reads is in the table, and the table names each once", () => {
  const table = renderConfigurationTable();
  for (const { name } of Object.values(configuration))
    expect(table.split(`\`${name}\`, `).length + table.split(`| \`${name}\` |`).length).toBe(3);
  expect(table).toContain("`SAYSO_SECRET_FILE`");
  expect(readFileSync(new URL("config.ts", import.meta.url), "utf8")).not.toMatch(
    /process\.env\.[A-Z]/,
  );
});
