import type { ClientConfig } from "pg";

/** For a connection, or a wait for one. */
const CONNECT_MILLIS_MAX = 4_000;
/** Keeps the link from being forgotten by what lies between, and finds out when the other side has vanished. */
const KEEP_ALIVE_AFTER_MILLIS = 5_000;

/** So that the database also notices when we have vanished, within a minute and not two hours, and lets go of our locks. */
const theirKeepAlive = ["-c tcp_keepalives_idle=10", "-c tcp_keepalives_interval=5"];

/**
 * How every connection to the database is made: within 4 s, with TCP keepalive in both directions.
 *
 * @param options start-up options, `-c name=value`; they win over those in the URL, which pg would otherwise let win
 */
export function connectionTo(url: string, options: string[] = []) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const theirs = parsed?.searchParams.get("options");
  parsed?.searchParams.delete("options");
  return {
    connectionString: theirs ? parsed!.href : url,
    options: [...theirKeepAlive, ...(theirs ? [theirs] : []), ...options].join(" "),
    connectionTimeoutMillis: CONNECT_MILLIS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MILLIS,
  } satisfies ClientConfig;
}
