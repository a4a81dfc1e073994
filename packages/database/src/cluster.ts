import { setTimeout as sleep } from "node:timers/promises";
import { attach, type Attachment, type Claim } from "./cluster/attach.ts";
import { openHouse, type ClusterLog, type House } from "./cluster/house.ts";
import { removeLeftovers } from "./cluster/initialise.ts";
import { announceStop, releaseShared, takeLock } from "./cluster/ownership.ts";
import { findPostmaster, stopPostmaster } from "./cluster/postmaster.ts";
import { errorCode } from "./error-code.ts";

const START_PATIENCE_MILLIS = 60_000;
const LONGEST_PAUSE_MILLIS = 2_000;

/** Options of `openCluster`. */
export interface ClusterOptions {
  /** Created (0700) if it is missing. PostgreSQL's files are `postgres/` and `postgres.log` in it. */
  dataDirectory: string;
  /** The password of the superuser `sayso`. The first start fixes it. */
  password: string;
  /**
   * The name of the caller, for example `sayso server`. Process id and host name are added. At most 20 characters are
   * kept.
   */
  holder: string;
  /** A server owns the directory alone. Commands come and go, beside a server or without one. */
  purpose: "server" | "command";
  log: ClusterLog;
  /** The time in which PostgreSQL must be ready, in milliseconds; default 60,000. */
  patienceMillis?: number;
}

/** A running PostgreSQL 18 with the database `sayso`. */
export interface Cluster {
  /** Connection URL of the superuser to the database `sayso`. It stays valid when PostgreSQL has to be restarted. */
  readonly ownerUrl: string;
  /**
   * For a server: stops PostgreSQL. For a command: stops it unless a server or another command uses it. Resolves when
   * PostgreSQL has ended or is left to others. Can be called again. Close the pools first.
   */
  stop(): Promise<void>;
}

/**
 * Opens the PostgreSQL of a data directory. Adopts one that still runs; otherwise starts it, on 127.0.0.1 only. The
 * first start also initialises it. A server's PostgreSQL is watched from then on: when it dies, it is started again on
 * the same port, and nothing that was committed is lost. Killing this process leaves PostgreSQL running for the next
 * one.
 *
 * Rejects with DataDirectoryInUse when another live server owns the directory, with ClusterUnavailable when PostgreSQL
 * cannot be started in time, and with an Error when PostgreSQL cannot run here at all.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const house = await openHouse(options);
  const stopping = new AbortController();
  const claim: Claim = {
    purpose: options.purpose,
    holder: options.holder,
    patienceMillis: options.patienceMillis ?? START_PATIENCE_MILLIS,
    signal: stopping.signal,
  };
  const attachment = await attach(house, claim);
  try {
    await createDatabase(attachment);
  } catch (error) {
    await leave(house, claim, attachment);
    throw error;
  }
  const close =
    options.purpose === "server"
      ? await supervise(house, claim, attachment)
      : (): Promise<void> => leave(house, claim, attachment);
  let stopped: Promise<void> | undefined;
  return {
    ownerUrl: `postgres://sayso:${encodeURIComponent(options.password)}@127.0.0.1:${attachment.port}/sayso`,
    stop: () => {
      stopping.abort();
      return (stopped ??= close());
    },
  };
}

/**
 * Keeps a server's PostgreSQL alive and owned until the claim's signal fires. Returns the function that then shuts it
 * down.
 */
async function supervise(
  house: House,
  claim: Claim,
  first: Attachment,
): Promise<() => Promise<void>> {
  await removeLeftovers(house.dataDirectory);
  const samePort = { ...claim, port: first.port };
  let current: Attachment | undefined = first;
  let reviving: Promise<void> = Promise.resolve();
  const watch = (attachment: Attachment): void => {
    void attachment.session.ended.then(() => {
      current = undefined;
      if (claim.signal.aborted) return;
      house.log.warn({ pid: attachment.pid }, "lost PostgreSQL; bringing it back");
      reviving = revive(house, samePort).then((revived) => {
        if (revived === undefined) return;
        current = revived;
        watch(revived);
      });
    });
  };
  watch(first);
  return async () => {
    await reviving;
    const last = current ?? (await reattach(house, samePort));
    if (last !== undefined) await shutDown(house, claim, last);
  };
}

/** Takes hold again of a PostgreSQL that still runs, for a stop while the lock was lost. */
async function reattach(house: House, claim: Claim): Promise<Attachment | undefined> {
  if ((await findPostmaster(house.postgresDirectory)) === undefined) return undefined;
  return attach(house, {
    ...claim,
    patienceMillis: 5_000,
    signal: new AbortController().signal,
  }).catch(() => undefined);
}

/** Tries until it succeeds or the claim's signal fires. */
async function revive(
  house: House,
  claim: Claim & { port: number },
): Promise<Attachment | undefined> {
  const began = performance.now();
  let reported = "";
  for (let pause = 50; !claim.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
    try {
      const revived = await attach(house, claim);
      if (revived.port === claim.port) {
        house.log.info(
          { pid: revived.pid, millis: Math.round(performance.now() - began) },
          "PostgreSQL is back",
        );
        return revived;
      }
      house.log.warn({ port: revived.port }, "PostgreSQL came back on another port; restarting it");
      await shutDown(house, claim, revived);
    } catch (error) {
      const message = String(error);
      if (message !== reported && !claim.signal.aborted)
        house.log.error({ err: error }, "PostgreSQL is not back yet");
      reported = message;
      await sleep(pause);
    }
  }
  return undefined;
}

/** Ends a command's use: the last command stops PostgreSQL, unless a server owns it. */
async function leave(house: House, claim: Claim, attachment: Attachment): Promise<void> {
  const { session } = attachment;
  try {
    if (claim.purpose === "command") {
      await announceStop(session, claim.holder);
      await releaseShared(session, "guests");
      const alone =
        (await takeLock(session, "guests", "exclusive")) &&
        (await takeLock(session, "server", "exclusive"));
      if (!alone) return;
    }
    await stopPostmaster(house, attachment.pid);
  } catch (error) {
    house.log.warn({ err: error }, "could not take leave of PostgreSQL");
  } finally {
    await session.client.end().catch(() => undefined);
  }
}

async function shutDown(house: House, claim: Claim, attachment: Attachment): Promise<void> {
  await announceStop(attachment.session, claim.holder).catch(() => undefined);
  await stopPostmaster(house, attachment.pid);
  await attachment.session.client.end().catch(() => undefined);
}

async function createDatabase({ session }: Attachment): Promise<void> {
  const { rowCount } = await session.client.query(
    "select from pg_database where datname = 'sayso'",
  );
  if (rowCount !== 0) return;
  try {
    await session.client.query("create database sayso template template0");
  } catch (error) {
    const madeByAnother = ["42P04", "23505"].includes(errorCode(error) ?? "");
    if (!madeByAnother) throw error;
  }
}
