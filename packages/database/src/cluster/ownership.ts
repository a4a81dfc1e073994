import { hostname } from "node:os";
import pg from "pg";
import type { House } from "./house.ts";
import { processLives } from "./postmaster.ts";

/**
 * The session advisory locks in PostgreSQL's database `postgres` that settle the use of a running PostgreSQL. They
 * vanish with the process that holds them. `server`: held by the one server of the directory. `guests`: shared by
 * commands, so that only the last of them stops a PostgreSQL that no server owns.
 */
export type Lock = "server" | "guests";

const SPACE = 0x5a150;
const NUMBER: Record<Lock, number> = { server: 1, guests: 2 };
const STOPPING = "stopping: ";

/** The holder of the server lock. */
export interface Holder {
  /** `sayso server pid 123 on host`, without the mark of a process that is stopping. */
  name: string;
  since: Date;
  /** The holder is about to stop PostgreSQL and leave: wait instead of giving up. */
  stopping: boolean;
  /** False when the holder ran on this host and its process is gone, so that the lock will soon be free. */
  alive: boolean;
}

/** The application_name that identifies a session's process: ASCII, at most 63 bytes. */
export function sessionName(holder: string, stopping = false): string {
  const name = `${ascii(holder).slice(0, 20)} pid ${process.pid} on ${ascii(hostname())}`;
  return `${stopping ? STOPPING : ""}${name}`.slice(0, 63);
}

/** A session in the database `postgres`; its locks last until it ends. */
export interface Session {
  client: pg.Client;
  /** Resolves when the connection is gone, for any reason. */
  ended: Promise<void>;
}

/** Connects as superuser. Rejects with pg's error. */
export async function openSession(house: House, port: number, name: string): Promise<Session> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "sayso",
    password: house.password,
    database: "postgres",
    ssl: false,
    application_name: name,
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return { client, ended };
}

/** Tries to take a lock for this session without waiting. */
export async function takeLock(
  { client }: Session,
  lock: Lock,
  mode: "exclusive" | "shared",
): Promise<boolean> {
  const call = mode === "shared" ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
  const { rows } = await client.query<{ taken: boolean }>(`select ${call}($1, $2) as taken`, [
    SPACE,
    NUMBER[lock],
  ]);
  return rows[0]?.taken === true;
}

/** Gives back a lock that was taken as shared. */
export async function releaseShared({ client }: Session, lock: Lock): Promise<void> {
  await client.query("select pg_advisory_unlock_shared($1, $2)", [SPACE, NUMBER[lock]]);
}

/** Announces to other processes that this session's holder is about to stop PostgreSQL. */
export async function announceStop({ client }: Session, holder: string): Promise<void> {
  await client.query("select set_config('application_name', $1, false)", [
    sessionName(holder, true),
  ]);
}

/** Returns the session that holds the server lock, undefined when the lock is free. */
export async function findHolder({ client }: Session): Promise<Holder | undefined> {
  const { rows } = await client.query<{ name: string; since: Date }>(
    `select a.application_name as name, a.backend_start as since
       from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2 and l.objsubid = 2
        and l.database = (select oid from pg_database where datname = current_database())`,
    [SPACE, NUMBER.server],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const stopping = row.name.startsWith(STOPPING);
  const name = stopping ? row.name.slice(STOPPING.length) : row.name;
  const [, pid, host] = / pid (\d+) on (.+)$/.exec(name) ?? [];
  const isHere = host !== undefined && ascii(hostname()).startsWith(host);
  return { name, since: row.since, stopping, alive: !isHere || processLives(Number(pid)) };
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
