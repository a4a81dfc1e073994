import { setTimeout as sleep } from "node:timers/promises";
import { attach, type Attachment, type Claim } from "./cluster/attach.ts";
import { openHouse, type ClusterLog, type House } from "./cluster/house.ts";
import { removeLeftovers } from "./cluster/initialise.ts";
import { announceStop, releaseShared, takeLock } from "./cluster/ownership.ts";
import { findPostmaster, stopPostmaster } from "./cluster/postmaster.ts";

const START_PATIENCE_MILLIS = 60_000;
const LONGEST_PAUSE_MILLIS = 2_000;

/** Options of `openCluster`. */
export interface ClusterOptions {
  /** Created (0700) if it is missing. PostgreSQL's files are `postgres/` and `postgres.log` in it. */
  dataDirectory: string;
  /** Of the superuser `sayso`; fixed by the first start. */
  password: string;
  /** Who asks, for example `sayso server`; process id and host name are added. At most 20 characters are kept. */
  holder: string;
  /** A server owns the directory alone; commands come and go, beside a server or without one. */
  purpose: "server" | "command";
  log: ClusterLog;
}

/** A running PostgreSQL 18 with the database `sayso`. */
export interface Cluster {
  /** Connection URL of the superuser to the database `sayso`; stays true when PostgreSQL has to be restarted. */
  readonly ownerUrl: string;
  /**
   * Server: stops PostgreSQL. Command: stops it unless a server or another command uses it. Resolves
   * when it is gone; may be called again. Close the pools first.
   */
  stop(): Promise<void>;
}

/**
 * Opens the PostgreSQL of a data directory: adopts one that still runs, else starts it, on 127.0.0.1
 * only; the first time it initialises it. A server's is watched from then on: when it dies it is started
 * again on the same port, with nothing committed lost. Killing this process leaves PostgreSQL running
 * for the next one. Rejects with DataDirectoryInUse when another live server owns the directory, with
 * ClusterUnavailable when PostgreSQL cannot be started (60 s at most), with an Error when it may not
 * run here at all.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const house = await openHouse(options);
  const stopping = new AbortController();
  const claim: Claim = {
    purpose: options.purpose,
    holder: options.holder,
    patienceMillis: START_PATIENCE_MILLIS,
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

/** Keeps a server's PostgreSQL alive and owned until the claim's signal; answers how to shut it down then. */
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

/** For a stop while the lock was lost: takes hold again of a PostgreSQL that still runs. */
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
  let told = "";
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
      if (message !== told && !claim.signal.aborted)
        house.log.error({ err: error }, "PostgreSQL is not back yet");
      told = message;
      await sleep(pause);
    }
  }
  return undefined;
}

/** A command's farewell: the last one out stops PostgreSQL, unless a server owns it. */
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
    const madeByAnother = ["42P04", "23505"].includes((error as { code?: string }).code ?? "");
    if (!madeByAnother) throw error;
  }
}
