import { fileURLToPath } from "node:url";
import type { Browser, Connected } from "./connect.ts";
import type { EpochItem, Start, TriggerState } from "./poll.ts";
import type { LogEntry } from "./send.ts";
import type { Incoming, Taken } from "./webhook.ts";

/** What a module, RPC or webhook runs with: whose connection, and what was filled in. */
export interface Run {
  connection: Connected;
  parameters?: Record<string, unknown>;
}

/** A webhook that a user made: what Make keeps of it. */
export interface Hook {
  /** Its component in the app. */
  component: string;
  /** Where the service sends to. */
  url: string;
  parameters: Record<string, unknown>;
  /** What attaching saved (`response.data`); detaching sees it as `webhook`. */
  data: Record<string, unknown>;
}

/**
 * What runs an app's code. The interpreter of this test kit is one; where Make's own engine is at hand it can take its
 * place: the tests know no other. Everything fails with a MakeError.
 */
export interface MakeEngine {
  /** Requests and answers so far, as a scenario's log would show them. */
  readonly log: readonly LogEntry[];
  connect: (
    component: string,
    parameters: Record<string, unknown>,
    browse?: Browser,
  ) => Promise<Connected>;
  /** Renews the connection's token where it is time; `run`, `poll` and the others do it by themselves. */
  refresh: (connection: Connected) => Promise<void>;
  invalidate: (connection: Connected) => Promise<void>;
  /** Runs an action, a search or a universal module. @returns bundles */
  run: (module: string, run: Run) => Promise<unknown[]>;
  /** The options of a dropdown. */
  options: (rpc: string, run: Run) => Promise<{ label: string; value: string }[]>;
  /** What "Choose where to start" of a polling trigger shows, newest first. */
  epoch: (module: string, run: Run) => Promise<EpochItem[]>;
  start: (module: string, start: Start) => TriggerState;
  /** One run of a polling trigger. The state that it gives is to be kept once the bundles are processed. */
  poll: (
    module: string,
    run: Run & { state: TriggerState },
  ) => Promise<{ bundles: unknown[]; state: TriggerState }>;
  attach: (webhook: string, run: Run & { url: string }) => Promise<Hook>;
  detach: (hook: Hook, run: Pick<Run, "connection">) => Promise<void>;
  /** A call of the webhook's address. */
  take: (hook: Hook, incoming: Incoming) => Taken;
  /** Runs an instant trigger for one payload that was taken. @returns one bundle; none where its condition is false */
  runInstant: (module: string, run: Run & { payload: unknown }) => Promise<unknown[]>;
}

/** Where `npm run generate` wrote the app. */
export const makeAppFolder = fileURLToPath(new URL("../../../make-sayso/app/", import.meta.url));
