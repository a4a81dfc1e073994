import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { configuration, type Setting } from "./config-table.ts";
import type { MailConfig } from "./mail-config.ts";
import { messageOf } from "./thrown.ts";
import { createAddressGuard } from "./webhooks/address-guard.ts";

/** The settings of the environment, checked and complete. */
export interface Config {
  /** 0: any free one. */
  port: number;
  host: string;
  /** An origin without a trailing slash; null: `http://localhost:` and the port that is listened on. */
  url: string | null;
  /** True: people reach Sayso only from the machine that it runs on. */
  isLocal: boolean;
  /** Absolute. */
  dataDirectory: string;
  /** null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** null: the file in the data directory. */
  secret: string | null;
  allowedCallbackCidrs: string[];
  /** The value for express: false, a number of hops, or addresses separated by commas. */
  trustProxy: false | number | string;
  /** True: apps may register themselves as OAuth clients (RFC 7591). */
  allowsClientRegistration: boolean;
  /** The plan of projects of the requests surface, unless the operator sets another for one of them. */
  requestsPlan: "free" | "pro";
  /** The passphrase of the secret in a backup; null: the command asks for it. */
  backupPassphrase: string | null;
  /** null: no mail is sent. */
  mail: MailConfig | null;
  role: "all" | "api" | "worker";
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
}

/** All faults of the environment, one line per fault. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((f) => `  ${f}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = {
  -readonly [Key in keyof typeof configuration]?: ReturnType<
    (typeof configuration)[Key]["schema"]["parse"]
  >;
};

/**
 * Parses the environment. An empty variable counts as absent, except where empty means "none".
 *
 * @throws ConfigError with all faults at once: name, given value (never a secret), right value
 */
export function readConfig(environment: Environment = process.env): Config {
  const faults: string[] = [];
  const settings: Settings = {};
  for (const [key, setting] of Object.entries<Setting>(configuration)) {
    const given = readSetting(environment, setting, faults);
    if (given === undefined) continue;
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) Object.assign(settings, { [key]: parsed.data });
    else faults.push(describe(setting, given, parsed.error.issues[0]?.message ?? "not valid"));
  }
  checkCidrs(settings.allowedCallbackCidrs, faults);
  checkMail(settings, faults);
  if (
    settings.role !== undefined &&
    settings.role !== "all" &&
    settings.databaseUrl === undefined
  ) {
    const isFaulty = faults.some((fault) => fault.startsWith("DATABASE_URL"));
    if (!isFaulty)
      faults.push(
        `SAYSO_ROLE is ${settings.role}, which needs DATABASE_URL: the embedded PostgreSQL serves one process, with the role all`,
      );
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return complete(settings);
}

function complete(settings: Settings): Config {
  const isLocal = settings.url === undefined || isLocalUrl(settings.url);
  return {
    port: settings.port ?? 4747,
    host: settings.host ?? (isLocal ? "127.0.0.1" : "0.0.0.0"),
    url: settings.url ?? null,
    isLocal,
    dataDirectory: resolve(settings.dataDir ?? "data"),
    databaseUrl: settings.databaseUrl ?? null,
    secret: settings.secret ?? null,
    allowedCallbackCidrs: settings.allowedCallbackCidrs ?? (isLocal ? ["loopback"] : []),
    trustProxy: settings.trustProxy ?? false,
    allowsClientRegistration: settings.clientRegistration === "open",
    requestsPlan: settings.requestsPlan ?? "pro",
    mail:
      settings.smtp && settings.mailFrom ? { smtp: settings.smtp, from: settings.mailFrom } : null,
    backupPassphrase: settings.backupPassphrase ?? null,
    role: settings.role ?? "all",
    logLevel: settings.logLevel ?? "info",
  };
}

/** Returns true if an address means the machine itself. */
export function isLocalUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function readSetting(
  environment: Environment,
  { name, isSecret, schema }: Setting,
  faults: string[],
): string | undefined {
  const given = environment[name];
  const file = isSecret ? environment[`${name}_FILE`] : undefined;
  if (!file)
    return given === "" && schema !== configuration.allowedCallbackCidrs.schema ? undefined : given;
  if (given) {
    faults.push(`${name} and ${name}_FILE are both set; keep one of them`);
    return undefined;
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    faults.push(
      `${name}_FILE is ${JSON.stringify(file)}, which can't be read: ${messageOf(error)}`,
    );
    return undefined;
  }
}

function describe({ name, isSecret }: Setting, given: string, whatIsRight: string): string {
  const shown = isSecret
    ? `has ${given.length} characters`
    : `is ${JSON.stringify(given.slice(0, 200))}`;
  return `${name} ${shown}; it must be ${whatIsRight}`;
}

function checkMail({ smtp, mailFrom }: Settings, faults: string[]): void {
  const isFaulty = faults.some((fault) => fault.startsWith("SAYSO_MAIL_FROM"));
  if (smtp && !mailFrom && !isFaulty)
    faults.push(
      "SAYSO_SMTP_URL is set, which needs SAYSO_MAIL_FROM: whom mails are from, such as Sayso <sayso@example.com>",
    );
}

function checkCidrs(cidrs: string[] | undefined, faults: string[]): void {
  for (const cidr of cidrs ?? []) {
    try {
      createAddressGuard({ allowedCidrs: [cidr] });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(
        `SAYSO_ALLOWED_CALLBACK_CIDRS holds ${JSON.stringify(cidr)}; each must be a CIDR such as 10.0.0.0/8, an address, or loopback`,
      );
    }
  }
}
