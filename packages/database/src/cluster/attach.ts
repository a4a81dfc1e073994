import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../error-code.ts";
import { ClusterUnavailable, DataDirectoryInUse } from "./errors.ts";
import { freePort } from "./free-port.ts";
import type { House } from "./house.ts";
import { initialise } from "./initialise.ts";
import { findHolder, openSession, sessionName, takeLock, type Session } from "./ownership.ts";
import {
  findPostmaster,
  killOrphans,
  lastPort,
  spawnPostmaster,
  stopPostmaster,
  type PostmasterExit,
  type SpawnedPostmaster,
} from "./postmaster.ts";

const POLL_MILLIS = 25;
const RESPAWN_MILLIS = 100;
const SESSIONS_LINGER = /pre-existing shared memory block/;
/**
 * The time for which a holder that seems alive can turn out to be a killed process that its parent has not reaped yet.
 */
const ZOMBIE_GRACE_MILLIS = 500;

/** A running PostgreSQL, and the session with this process's lock on it. */
export interface Attachment {
  pid: number;
  port: number;
  session: Session;
}

/** The use that a process wants to make of PostgreSQL. */
export interface Claim {
  purpose: "server" | "command";
  /** The name of the caller, for `application_name`. */
  holder: string;
  /** The only port to start on. Default: the directory's last port, or a free one. */
  port?: number;
  /** The time to keep trying, in milliseconds. */
  patienceMillis: number;
  /** Aborting makes `attach` reject soon. */
  signal: AbortSignal;
}

/**
 * Adopts the PostgreSQL that runs in the house, or initialises and starts one, and takes the claim's lock.
 *
 * Rejects with DataDirectoryInUse within a second when a live server holds it, and with ClusterUnavailable when
 * PostgreSQL fails to start or is not ready in time. A PostgreSQL that this call started is stopped again then.
 */
export async function attach(house: House, claim: Claim): Promise<Attachment> {
  const deadline = Date.now() + claim.patienceMillis;
  let child: SpawnedPostmaster | undefined;
  let obstacle = "PostgreSQL was not ready in time.";
  try {
    while (Date.now() < deadline) {
      claim.signal.throwIfAborted();
      const postmaster = await findPostmaster(house.postgresDirectory);
      const exit = child?.exit();
      if (exit !== undefined) {
        child = undefined;
        obstacle = exit.lastWords;
        if (postmaster === undefined && isHopeless(exit)) throw unavailable(house, obstacle);
        if (SESSIONS_LINGER.test(obstacle)) await killOrphans(house.postgresDirectory);
        await sleep(RESPAWN_MILLIS);
        continue;
      }
      if (postmaster === undefined) child ??= await start(house, claim.port);
      if (postmaster?.ready === true && postmaster.port !== undefined) {
        const entered = await enter(house, claim, postmaster.port, deadline);
        if (typeof entered !== "string")
          return { pid: postmaster.pid, port: postmaster.port, session: entered };
        obstacle = entered;
      }
      await sleep(POLL_MILLIS);
    }
    throw unavailable(house, obstacle);
  } catch (error) {
    if (child !== undefined && !(error instanceof DataDirectoryInUse))
      await stopPostmaster(house, child.pid);
    throw error;
  }
}

async function start(house: House, port: number | undefined): Promise<SpawnedPostmaster> {
  await initialise(house);
  return spawnPostmaster(house, port ?? (await freePort(await lastPort(house.postgresDirectory))));
}

/** Connects and takes the lock. Returns the obstacle when another try can succeed. */
async function enter(
  house: House,
  claim: Claim,
  port: number,
  deadline: number,
): Promise<Session | string> {
  let session: Session | undefined;
  try {
    session = await openSession(house, port, sessionName(claim.holder));
    const taken =
      claim.purpose === "server"
        ? await takeOver(house, claim, session, deadline)
        : await takeLock(session, "guests", "shared");
    if (taken) return session;
    await session.client.end();
    return "Another process is about to stop PostgreSQL.";
  } catch (error) {
    await session?.client.end().catch(() => undefined);
    if (error instanceof DataDirectoryInUse) throw error;
    if (errorCode(error) === "28P01") {
      throw unavailable(
        house,
        "It was made with another SAYSO_SECRET than the one in use here: set that one.",
      );
    }
    return String(error);
  }
}

/** Takes the server lock if it is free, or waits for a holder that is leaving. Refuses if the holder stays. */
async function takeOver(
  house: House,
  claim: Claim,
  session: Session,
  deadline: number,
): Promise<boolean> {
  const graceEnds = Date.now() + ZOMBIE_GRACE_MILLIS;
  while (Date.now() < deadline && !claim.signal.aborted) {
    if (await takeLock(session, "server", "exclusive")) return true;
    const holder = await findHolder(session);
    const stays = holder !== undefined && holder.alive && !holder.stopping;
    if (stays && Date.now() > graceEnds) {
      throw new DataDirectoryInUse(house.dataDirectory, holder.name, holder.since);
    }
    await sleep(POLL_MILLIS);
  }
  return false;
}

/**
 * Returns false for obstacles that pass: two starters at once, sessions of a killed predecessor, a port that another
 * program took.
 */
function isHopeless({ code, lastWords }: PostmasterExit): boolean {
  const passing = /already exists|still in use|create any TCP\/IP sockets/;
  return code !== null && code !== 0 && !passing.test(lastWords);
}

function unavailable(house: House, why: string): ClusterUnavailable {
  const lines = why.split("\n").slice(-8).join("\n");
  return new ClusterUnavailable(
    `PostgreSQL in ${house.postgresDirectory} cannot be used. ${lines}`,
  );
}
