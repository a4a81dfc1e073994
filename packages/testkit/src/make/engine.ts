import { fileURLToPath } from "node:url";
import type { Browser, Connected } from "./connect.ts";
import type { EpochItem, Start, TriggerState } from "./poll.ts";
import type { LogEntry } from "./send.ts";
import type { Incoming, Taken } from "./webhook.ts";

/** The input of a module, RPC or webhook: a connection and the filled-in values. */
export interface Run {
  connection: Connected;
  parameters?: Record<string, unknown>;
}

/** A webhook that a user made, as Make stores it. */
export interface Hook {
  /** The id of its component in the app. */
  component: string;
  /** The address to which the service sends. */
  url: string;
  parameters: Record<string, unknown>;
  /** The values that attaching saved (`response.data`). Detaching sees them as `webhook`. */
  data: Record<string, unknown>;
}

/**
 * An engine that runs an app's code. The interpreter of this test kit is one. Make's own engine can replace it where it
 * is available, because the tests use only this interface. Every failure is a MakeError.
 */
export interface MakeEngine {
  /** The requests and answers so far, as a scenario's log would show them. */
  readonly log: readonly LogEntry[];
  connect: (
    component: string,
    parameters: Record<string, unknown>,
    browse?: Browser,
  ) => Promise<Connected>;
  /** Renews the connection's token where it is due. `run`, `poll` and the others call it themselves. */
  refresh: (connection: Connected) => Promise<void>;
  invalidate: (connection: Connected) => Promise<void>;
  /** Runs an action, a search or a universal module. @returns bundles */
  run: (module: string, run: Run) => Promise<unknown[]>;
  /** The options of a dropdown. */
  options: (rpc: string, run: Run) => Promise<{ label: string; value: string }[]>;
  /** The items that "Choose where to start" of a polling trigger shows, newest first. */
  epoch: (module: string, run: Run) => Promise<EpochItem[]>;
  start: (module: string, start: Start) => TriggerState;
  /** Runs a polling trigger once. Store the returned state once the bundles are processed. */
  poll: (
    module: string,
    run: Run & { state: TriggerState },
  ) => Promise<{ bundles: unknown[]; state: TriggerState }>;
  attach: (webhook: string, run: Run & { url: string }) => Promise<Hook>;
  detach: (hook: Hook, run: Pick<Run, "connection">) => Promise<void>;
  /** Handles a call of the webhook's address. */
  take: (hook: Hook, incoming: Incoming) => Taken;
  /** Runs an instant trigger for one queued payload. @returns one bundle; none where its condition is false */
  runInstant: (module: string, run: Run & { payload: unknown }) => Promise<unknown[]>;
}

/** The folder into which `npm run generate` writes the app. */
export const makeAppFolder = fileURLToPath(new URL("../../../make-sayso/app/", import.meta.url));
