import pg from "pg";
import { connectionTo } from "./connection.ts";
import type { Role } from "./roles.ts";
import { WatchedClient, type WatchedClientConfig } from "./watched-client.ts";

/** Options of `openPool`. */
export interface PoolOptions {
  /** Connection URL of a user that may `SET ROLE` to `role`; `migrate` ensures that. */
  url: string;
  role: Role;
  /** The largest number of connections. */
  max: number;
  applicationName: string;
  /**
   * PostgreSQL ends a statement after so many milliseconds. Default 3,500, because a caller of the API waits for 5 s at
   * most.
   */
  statementMillisMax?: number;
  /** Called when an idle connection drops. The pool has replaced it already. */
  onIdleError?: (error: Error) => void;
}

/** @types/pg leaves out that the pool waits for the promise. */
type PoolConfig = Omit<pg.PoolConfig, "onConnect"> & {
  onConnect(client: pg.ClientBase): Promise<void>;
};

const STATEMENT_MILLIS_MAX = 3_500;
/** The time that we wait longer than the database, so that a slow database that lives reports the timeout itself. */
const ANSWER_MILLIS = 500;
/** A transaction whose link fell silent releases its locks after this time. */
const IDLE_IN_TRANSACTION_MILLIS_MAX = 4_000;

/**
 * Opens a pool whose every connection works as `role` from its first statement on. A connection that doesn't is
 * refused, because a pooler in between can drop start-up options. Time limits: a statement ends after 3.5 s, an idle
 * transaction after 4 s. A wait for a connection rejects after 4 s. A query rejects after 4 s without any answer, and
 * its connection ends with it (`WatchedClient`).
 *
 * Values arrive as: int8 and numeric → number, timestamptz → Date, date → "YYYY-MM-DD", json → parsed, arrays of them
 * likewise.
 */
export function openPool(options: PoolOptions): pg.Pool {
  const { role, statementMillisMax = STATEMENT_MILLIS_MAX } = options;
  const config: PoolConfig = {
    // Settings in the start-up packet, so that they cost no query.
    ...connectionTo(options.url, [
      `-c role=${role}`,
      `-c statement_timeout=${statementMillisMax}`,
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MILLIS_MAX}`,
    ]),
    max: options.max,
    application_name: options.applicationName,
    types: { getTypeParser },
    Client: siblingsOf({
      silentMillisMax: statementMillisMax + ANSWER_MILLIS,
      siblings: new Set(),
    }),
    onConnect: (client) => assertRole(client, role),
  };
  const pool = new pg.Pool(config);
  pool.on("error", (error: Error & { client?: unknown }) => {
    // pg-pool attaches the whole client, with the key to its session, which must not be logged.
    delete error.client;
    options.onIdleError?.(error);
  });
  return pool;
}

/** Returns the class of one pool's clients. The pool gives each of them its own options. */
const siblingsOf = (watched: WatchedClientConfig) =>
  class extends WatchedClient {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, ...watched });
    }
  };

async function assertRole(client: pg.ClientBase, role: Role): Promise<void> {
  const { rows } = await client.query<{ user: string }>("select current_user as user");
  if (rows[0]?.user === role) return;
  throw new Error(
    `The database connection works as ${rows[0]?.user}, not as ${role}: something between Sayso and PostgreSQL ` +
      "drops start-up options (PgBouncer does). Connect to PostgreSQL directly.",
  );
}

type Parser<Value = unknown> = (text: string) => Value;

/** Returns pg's own parser of a type, which its types declare as any value. The caller names what the parser returns. */
function parserOfPg<Value>(oid: number, format?: "text" | "binary"): Parser<Value> {
  return pg.types.getTypeParser(oid, format) as Parser<Value>;
}

const { INT8, NUMERIC, DATE } = pg.types.builtins;
const [INT8_ARRAY, NUMERIC_ARRAY, DATE_ARRAY] = [1016, 1231, 1182] as const;
const TEXT_ARRAY = 1009;
const splitArray = parserOfPg<(string | null)[]>(TEXT_ARRAY);
const arrayOf =
  (parse: Parser): Parser =>
  (text) =>
    splitArray(text).map((element) => (element === null ? null : parse(element)));
const asIs: Parser = (text) => text;

const parsers: Record<number, Parser | undefined> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [DATE]: asIs,
  [INT8_ARRAY]: arrayOf(Number),
  [NUMERIC_ARRAY]: arrayOf(Number),
  [DATE_ARRAY]: arrayOf(asIs),
};

function getTypeParser(oid: number, format?: "text" | "binary"): Parser {
  const ours = format === "binary" ? undefined : parsers[oid];
  return ours ?? parserOfPg(oid, format);
}
