import type { PoolClient } from "pg";
import type { EventHint } from "../capabilities.ts";

const written = new WeakSet<PoolClient>();

/** Remembers that the transaction under way writes events. */
export const noteEvents = (db: PoolClient): void => void written.add(db);

/** After a commit: tells the sequencer where events were written. */
export function tellEvents(db: PoolClient, services: EventHint): void {
  if (written.delete(db)) services.eventsWritten();
}

/** After a rollback. */
export const forgetEvents = (db: PoolClient): void => void written.delete(db);
