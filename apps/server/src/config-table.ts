import { isIP } from "node:net";
import * as z from "zod";
import { readSender, readSmtpUrl } from "./mail-config.ts";

/** A setting of the environment. */
export interface Setting<T = unknown> {
  name: string;
  /** Turns the text into the value. Its message says what is right. */
  schema: z.ZodType<T, string>;
  /** The effect of an absent setting, in words. */
  otherwise: string;
  meaning: string;
  /** True: the value is never shown, and it can also come from the file that `NAME_FILE` names. */
  isSecret?: boolean;
}

const text = (check: (value: string) => boolean, whatIsRight: string) =>
  z.string().trim().refine(check, { error: whatIsRight });

/** Reads a text. Null from `reader`: it is refused. */
const read = <Value>(reader: (value: string) => Value | null, whatIsRight: string) =>
  z
    .string()
    .trim()
    .transform((value, context) => {
      const found = reader(value);
      if (found !== null) return found;
      context.addIssue({ code: "custom", message: whatIsRight });
      return z.NEVER;
    });

const wholeNumber = (least: number, most: number, whatIsRight: string) =>
  text(
    (value) => /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most,
    whatIsRight,
  ).transform(Number);

function isBaseUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : null;
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === "/" &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  );
}

const listOf = z.string().transform((value) =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean),
);

const proxies = text(
  (value) =>
    /^(false|[1-9]|10)$/.test(value) || value.split(",").every((item) => isProxyRange(item.trim())),
  "false, how many proxies stand in front (1 to 10), or their addresses or CIDRs, separated by commas",
).transform((value): false | number | string =>
  value === "false" ? false : /^\d+$/.test(value) ? Number(value) : value,
);

function isProxyRange(item: string): boolean {
  const [address = "", bits] = item.split("/");
  const isWhole =
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128));
  return /^(loopback|linklocal|uniquelocal)$/.test(item) || (isIP(address) !== 0 && isWhole);
}

/**
 * All settings, in one place. The server parses its environment by this table, and docs/reference/configuration.md is
 * rendered from it.
 */
export const configuration = {
  port: {
    name: "PORT",
    schema: wholeNumber(0, 65535, "a TCP port from 1 to 65535, or 0 for any free one"),
    otherwise: "`4747`",
    meaning: "The TCP port to listen on.",
  },
  host: {
    name: "HOST",
    schema: text(
      (value) => /^[\w.:%-]+$/.test(value),
      "an address or name of this machine, such as 0.0.0.0",
    ),
    otherwise: "`127.0.0.1` while `SAYSO_URL` is a localhost address, else `0.0.0.0`",
    meaning: "The address to listen on. In a container, set this to `0.0.0.0` or set `SAYSO_URL`.",
  },
  url: {
    name: "SAYSO_URL",
    schema: text(isBaseUrl, "an address like https://sayso.example.com, without a path").transform(
      (value) => new URL(value).origin,
    ),
    otherwise: "`http://localhost:PORT`",
    meaning:
      "Where people and machines reach Sayso: links, cookies and origin checks are made from it.",
  },
  dataDir: {
    name: "SAYSO_DATA_DIR",
    schema: text(
      (value) => value !== "" && !value.includes("\0"),
      "a folder that Sayso may write to",
    ),
    otherwise: "`./data`",
    meaning: "Holds the embedded PostgreSQL and the generated secret. `sayso backup` saves both.",
  },
  databaseUrl: {
    name: "DATABASE_URL",
    schema: text(
      (value) => /^postgres(ql)?:\/\/./.test(value) && URL.canParse(value),
      "an address like postgres://user:password@host:5432/database",
    ),
    otherwise: "an embedded PostgreSQL in the data directory",
    meaning: "Your own PostgreSQL (14 or newer), connected to directly, not through PgBouncer.",
    isSecret: true,
  },
  secret: {
    name: "SAYSO_SECRET",
    schema: text(
      (value) => value.length >= 32,
      "at least 32 random characters, for example from: openssl rand -hex 32",
    ),
    otherwise:
      "generated at the first start into the file `secret` of the data directory (mode 0600)",
    meaning:
      "Encrypts stored secrets. Without it they can't be read again. The same for all processes.",
    isSecret: true,
  },
  allowedCallbackCidrs: {
    name: "SAYSO_ALLOWED_CALLBACK_CIDRS",
    schema: listOf,
    otherwise: "`loopback` while `SAYSO_URL` is a localhost address, else nothing",
    meaning:
      "Private addresses to which callbacks may go, as CIDRs separated by commas; `loopback` is this machine; empty for none. Metadata addresses stay closed.",
  },
  trustProxy: {
    name: "SAYSO_TRUST_PROXY",
    schema: proxies,
    otherwise: "`false`",
    meaning:
      "Whose `X-Forwarded-*` headers count: how many proxies stand in front, or their addresses.",
  },
  clientRegistration: {
    name: "SAYSO_OAUTH_REGISTRATION",
    schema: z
      .string()
      .trim()
      .pipe(z.enum(["off", "open"], { error: "off or open" })),
    otherwise: "`off`",
    meaning:
      "Whether apps may register themselves as OAuth clients (RFC 7591) or only an admin registers them. People are asked before either can do anything. One that nobody allows within 7 days is forgotten.",
  },
  requestsPlan: {
    name: "SAYSO_REQUESTS_PLAN",
    schema: z
      .string()
      .trim()
      .pipe(z.enum(["free", "pro"], { error: "free or pro" })),
    otherwise: "`pro`",
    meaning:
      "What a project of the requests API may ask: `free` is 50 requests a month, `pro` any number. `sayso project plan` sets it for one project.",
  },
  smtp: {
    name: "SAYSO_SMTP_URL",
    schema: read(
      readSmtpUrl,
      "an address like smtps://user:password@smtp.example.com:465 or smtp://mail.example.com:587, with what is special in the password percent-encoded",
    ),
    otherwise: "no mail is sent; links are given by hand",
    meaning:
      "The mail server for invitations and new passwords: `smtps://` uses TLS from the start (port 465), `smtp://` switches to TLS (port 587). Sayso sends a password only encrypted, or to this machine. The same for all processes.",
    isSecret: true,
  },
  mailFrom: {
    name: "SAYSO_MAIL_FROM",
    schema: read(readSender, "an email address, or a name and one: Sayso <sayso@example.com>"),
    otherwise: "required with `SAYSO_SMTP_URL`",
    meaning: "Whom mails are from: `sayso@example.com` or `Sayso <sayso@example.com>`.",
  },
  backupPassphrase: {
    name: "SAYSO_BACKUP_PASSPHRASE",
    schema: text((value) => value.length >= 12, "at least 12 characters"),
    otherwise: "asked for on a terminal",
    meaning:
      "Encrypts the secret in a backup (`sayso backup --with-secret`) and opens it again (`sayso restore`). The server itself doesn't use it.",
    isSecret: true,
  },
  role: {
    name: "SAYSO_ROLE",
    schema: z
      .string()
      .trim()
      .pipe(z.enum(["all", "api", "worker"], { error: "all, api or worker" })),
    otherwise: "`all`",
    meaning:
      "What this process does: answer requests (`api`), send callbacks and meet deadlines (`worker`), or both.",
  },
  logLevel: {
    name: "LOG_LEVEL",
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .pipe(
        z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
          error: "trace, debug, info, warn, error, fatal or silent",
        }),
      ),
    otherwise: "`info`",
    meaning: "The least severe log lines to write. `debug` also logs every request.",
  },
} satisfies Record<string, Setting>;

/** Renders the settings as a Markdown table, for docs/reference/configuration.md. */
export function renderConfigurationTable(): string {
  const rows = Object.values<Setting>(configuration).map(
    ({ name, otherwise, meaning, isSecret }) => {
      const names = isSecret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
      return `| ${names} | ${otherwise} | ${meaning} |`;
    },
  );
  return ["| Setting | If it is not set | Meaning |", "| --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}
