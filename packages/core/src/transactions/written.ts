import type { PoolClient } from "pg";
import type { EventHint } from "../capabilities.ts";

const written = new WeakSet<PoolClient>();

/** Remembers that the transaction under way writes events. */
export const noteEvents = (db: PoolClient): void => void written.add(db);

/** Notifies the sequencer where the transaction wrote events. Call it after a commit. */
export function tellEvents(db: PoolClient, services: EventHint): void {
  if (written.delete(db)) services.eventsWritten();
}

/** Forgets that the transaction wrote events. Call it after a rollback. */
export const forgetEvents = (db: PoolClient): void => void written.delete(db);
