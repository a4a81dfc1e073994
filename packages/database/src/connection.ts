import type { ClientConfig } from "pg";

/** The time limit of a connection, and of a wait for one. */
const CONNECT_MILLIS_MAX = 4_000;
/** Keeps devices between the two sides from forgetting the link, and detects that the other side has vanished. */
const KEEP_ALIVE_AFTER_MILLIS = 5_000;

/**
 * Lets the database detect within a minute, instead of two hours, that this process has vanished. It then releases our
 * locks.
 */
const theirKeepAlive = ["-c tcp_keepalives_idle=10", "-c tcp_keepalives_interval=5"];

/**
 * The configuration of every connection to the database: made within 4 s, with TCP keepalive in both directions.
 *
 * @param options start-up options, `-c name=value`. They win over those in the URL; pg would let the URL's win
 */
export function connectionTo(url: string, options: string[] = []) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const theirs = parsed?.searchParams.get("options");
  parsed?.searchParams.delete("options");
  return {
    connectionString: (theirs && parsed?.href) || url,
    options: [...theirKeepAlive, ...(theirs ? [theirs] : []), ...options].join(" "),
    connectionTimeoutMillis: CONNECT_MILLIS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MILLIS,
  } satisfies ClientConfig;
}
