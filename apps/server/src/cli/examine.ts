import { existsSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { createServer, isIPv6 } from "node:net";
import { dirname, join } from "node:path";
import { describeError } from "@sayso/cli";
import { readDeliveryHold, type Services } from "@sayso/core";
import { errorCode, findMissingRights, describeFix, type SchemaComparison } from "@sayso/database";
import { isObject } from "@sayso/exact-json";
import { pino } from "pino";
import type { Config } from "../config.ts";
import { redactText } from "../log.ts";
import { openDatabase } from "../open-database.ts";
import { version } from "../version.ts";
import { createMailSender } from "../worker/mail-sender.ts";
import { secretFileIn, secretFileMode } from "../secret-file.ts";
import { examineVotes } from "./examine-votes.ts";

/** The result of one check, and the fix if it failed. */
export interface Finding {
  name: string;
  ok: boolean;
  /** True: the state can be intended, but deserves a look; `ok` is true. */
  isWarning?: boolean;
  found: string;
  fix?: string;
}

const NODE_MAJOR_MIN = 24;
const CLOCK_SECONDS_MAX = 5;
const ANSWER_PATIENCE_MS = 3000;

/** Examines everything that Sayso needs, one check after the other. */
export async function examine(config: Config): Promise<Finding[]> {
  return [
    examineNode(),
    await examineDataDirectory(config),
    await examineSecret(config),
    ...(await examineDatabase(config)),
    ...(await examineReach(config)),
    examineCallbacks(config),
    await examineMail(config),
  ];
}

function examineNode(): Finding {
  const ok = Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN;
  return {
    name: "Node",
    ok,
    found: process.version,
    ...(!ok && { fix: `Install Node ${NODE_MAJOR_MIN} or newer.` }),
  };
}

async function examineDataDirectory({ dataDirectory }: Config): Promise<Finding> {
  const name = "data directory";
  const exists = await stat(dataDirectory).then(
    (found) => found.isDirectory(),
    () => null,
  );
  const fix = `Give this user write access, or set SAYSO_DATA_DIR to another folder.`;
  if (exists === false) return { name, ok: false, found: `${dataDirectory} is not a folder`, fix };
  const writable = await access(
    exists ? dataDirectory : dirname(dataDirectory),
    constants.W_OK,
  ).then(
    () => true,
    () => false,
  );
  const found = `${dataDirectory} ${writable ? (exists ? "is writable" : "will be created at the first start") : "is not writable"}`;
  return { name, ok: writable, found, ...(!writable && { fix }) };
}

async function examineSecret({ secret, dataDirectory }: Config): Promise<Finding> {
  const name = "secret";
  if (secret !== null) return { name, ok: true, found: "set by the environment" };
  const mode = await secretFileMode(dataDirectory);
  if (mode === null) return { name, ok: true, found: "will be generated at the first start" };
  const file = secretFileIn(dataDirectory);
  const ok = process.platform === "win32" || /^0[0-7]00$/.test(mode);
  return {
    name,
    ok,
    found: `${file} has mode ${mode}`,
    ...(!ok && { fix: `Other users can read it. Run: chmod 600 ${file}` }),
  };
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  const name = "database";
  const log = pino({ level: "silent" });
  if (config.databaseUrl === null && !existsSync(join(config.dataDirectory, "postgres"))) {
    return [
      {
        name,
        ok: true,
        found: "PostgreSQL will be set up in the data directory at the first start",
      },
    ];
  }
  try {
    const database = await openDatabase(config, { purpose: "command", log, schema: "examine" });
    try {
      const rights = await examineRights(database.url);
      const { schema } = database;
      if (schema && (schema.state !== "current" || !rights.ok))
        return [
          { name, ok: true, found: "PostgreSQL is reachable" },
          examineSchema(schema),
          rights,
        ];
      return [
        ...(await examineOpen(database.system, config)),
        rights,
        await examineHold(database.system),
        ...(await examineVotes(database.system, config)),
      ];
    } finally {
      await database.close();
    }
  } catch (error) {
    const found = redactText(describeError(error) || String(errorCode(error)));
    return [
      {
        name,
        ok: false,
        found,
        fix:
          config.databaseUrl === null
            ? "See postgres.log in the data directory."
            : "Check DATABASE_URL. Check that its PostgreSQL runs and accepts this user.",
      },
    ];
  }
}

function examineSchema({ state, pending, unknown }: SchemaComparison): Finding {
  const name = "migrations";
  if (state === "newer")
    return {
      name,
      ok: true,
      isWarning: true,
      found: `a newer release of Sayso has migrated this database${unknown.length > 0 ? ` (${unknown.join(", ")})` : ""}`,
      fix: `Run the newer release. Commands of this one (${version}) refuse the database.`,
    };
  const found =
    pending.length === 0
      ? "all applied"
      : `${pending.length} will be applied at the next start, or by: sayso migrate`;
  return { name, ok: true, found };
}

/** Lists all rights that a start would find missing. */
async function examineRights(url: string): Promise<Finding> {
  const name = "rights";
  const missing = await findMissingRights(url);
  if (missing.length === 0)
    return { name, ok: true, found: "the database user has all rights that Sayso needs" };
  return {
    name,
    ok: false,
    found: missing.map(({ what }) => what).join("; "),
    fix: describeFix(missing) || "Use a database that grants these rights.",
  };
}

async function examineHold(system: Services["system"]): Promise<Finding> {
  const name = "deliveries";
  const hold = await readDeliveryHold({ system });
  if (!hold) return { name, ok: true, found: "not held" };
  return {
    name,
    ok: false,
    found: `held since ${hold.since.toISOString()}: ${hold.reason === "restore" ? "the database was restored from a backup" : "an operator held them"}`,
    fix: "If this server should send them, run: sayso deliveries release",
  };
}

async function examineOpen(system: Services["system"], config: Config): Promise<Finding[]> {
  const askedAt = Date.now();
  const { rows } = await system.query<{ version: string; now: Date }>(
    "select current_setting('server_version') as version, clock_timestamp() as now",
  );
  const tookMs = Date.now() - askedAt;
  const { version = "?", now = new Date() } = rows[0] ?? {};
  const offSeconds = Math.round((now.getTime() - askedAt - tookMs / 2) / 1000);
  const isClockRight = Math.abs(offSeconds) <= CLOCK_SECONDS_MAX;
  return [
    {
      name: "database",
      ok: true,
      found: `PostgreSQL ${version} ${config.databaseUrl === null ? "in the data directory" : "at DATABASE_URL"}, ${tookMs} ms away`,
    },
    { name: "migrations", ok: true, found: "all applied" },
    {
      name: "clock",
      ok: isClockRight,
      found:
        offSeconds === 0
          ? "same time as the database"
          : `${Math.abs(offSeconds)} s ${offSeconds > 0 ? "behind" : "ahead of"} the database`,
      ...(!isClockRight && {
        fix: "Synchronize the clocks (NTP). Deadlines follow the database's clock.",
      }),
    },
  ];
}

async function examineReach(config: Config): Promise<Finding[]> {
  const url = config.url ?? `http://localhost:${config.port}`;
  const isOurs = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_PATIENCE_MS) })
    .then(
      async (response) => {
        const health: unknown = await response.json();
        return isObject(health) && health.status === "alive";
      },
      () => false,
    )
    .catch(() => false);
  const port = await examinePort(config, isOurs);
  // Nothing can answer before the server runs.
  if (port.found.endsWith("free")) return [port];
  return [
    port,
    {
      name: "address",
      ok: isOurs,
      found: `${url} ${isOurs ? "answers" : "is not a Sayso server"}`,
      ...(!isOurs && {
        fix: "Set SAYSO_URL to the URL at which people reach Sayso. Check DNS, the proxy and its certificate.",
      }),
    },
  ];
}

async function examinePort({ port, host }: Config, isOurs: boolean): Promise<Finding> {
  const name = "port";
  const isFree = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
  if (isFree) return { name, ok: true, found: `${port} is free` };
  const isOnPort =
    isOurs ||
    (await fetch(`http://${reachableHost(host)}:${port}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_PATIENCE_MS),
    }).then(
      (r) => r.ok,
      () => false,
    ));
  return isOnPort
    ? { name, ok: true, found: `${port} is used by Sayso` }
    : {
        name,
        ok: false,
        found: `${port} is used by another program`,
        fix: "Stop that program, or set PORT to another port.",
      };
}

/** Returns the host of a URL that reaches a server listening on `host` from this machine (RFC 3986 §3.2.2). */
export function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIPv6(host) ? `[${host}]` : host;
}

function examineCallbacks({ allowedCallbackCidrs }: Config): Finding {
  const open =
    allowedCallbackCidrs.length > 0
      ? `public addresses and ${allowedCallbackCidrs.join(", ")}`
      : "public addresses only";
  return {
    name: "callbacks",
    ok: true,
    found: `allowed to ${open} (SAYSO_ALLOWED_CALLBACK_CIDRS)`,
  };
}

async function examineMail({ mail }: Config): Promise<Finding> {
  const name = "mail";
  if (!mail) {
    const found = "not configured: Sayso sends no email and prints links instead (SAYSO_SMTP_URL)";
    return { name, ok: true, found };
  }
  const server = `${mail.smtp.host}:${mail.smtp.port}`;
  const sender = createMailSender(mail);
  try {
    await sender.check();
    const found = `${server} ${mail.smtp.auth ? "accepts the login" : "answers"}; emails are sent from ${mail.from.address}`;
    return { name, ok: true, found };
  } catch (error) {
    return {
      name,
      ok: false,
      found: redactText(`${server}: ${describeError(error)}`),
      fix: "Check SAYSO_SMTP_URL: smtps:// or smtp://, the host, the port, the user and the password.",
    };
  } finally {
    sender.close();
  }
}
