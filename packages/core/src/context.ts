import type { Pool } from "pg";
import type { Actor } from "./actors/actor.ts";
import type { CommitTransition } from "./approvals/commit.ts";
import type { LoadRequest } from "./approvals/load.ts";
import type { StoreRequest } from "./asking/store-request.ts";
import type { WaitForDecision } from "./approvals/wait-for-decision.ts";
import type { CommitChange } from "./changes/commit-change.ts";
import type { DeliveryPlace, DeliveryTarget } from "./deliveries/claim-deliveries.ts";
import type { FeedNews } from "./events/feed-news.ts";
import type { ReadOrganizationFacts } from "./organizations/organization-facts.ts";
import type { ProjectPlan } from "./projects/project-plan.ts";
import type { SecretBox } from "./credentials/secret-box.ts";

/** Where a crash would hurt most: tests end the process at each. */
export type Failpoint =
  | "after_create"
  | "before_commit"
  | "after_apply"
  | "after_commit"
  | "after_sequencing"
  | "after_claim"
  | "before_record";

/** What every verb needs from the process that it runs in. */
export interface Services {
  /** Connections as `sayso_app`: sees one organization, the one set for the transaction. */
  app: Pool;
  /** Connections as `sayso_system`: sign-in, the worker and the command line; sees all organizations. */
  system: Pool;
  /** Encrypts what must be readable again (callback headers, webhook secrets). */
  secrets: SecretBox;
  /** Where people and machines reach this server, without a trailing slash: `https://sayso.example.com`. */
  publicUrl: string;
  newId: () => string;
  /** What a project (a connection, on the requests surface) may ask a month, unless the operator set its own plan. */
  defaultPlan: ProjectPlan;
  /** Whether mail is configured: without it nothing is put into the outbox, and links are given by hand. */
  mail: { isEnabled: boolean };
  /** The hot path's three statements, each shared by whatever arrives in the same tick. */
  storeRequest: StoreRequest;
  loadRequest: LoadRequest;
  commitTransition: CommitTransition;
  /** Instead of the last, where an approval changes an entity. */
  commitChange: CommitChange;
  organizationFacts: ReadOrganizationFacts;
  /**
   * Asked before a callback is stored: a place to send it from this process as soon as it is committed, for which it is
   * stored as claimed. Null: none is free for this origin, connection or organization, or no worker runs here; then a
   * worker claims it.
   */
  reserveDelivery: (target: DeliveryTarget) => DeliveryPlace | null;
  /**
   * Called after a commit that left deliveries to be claimed or brought a deadline, so that a worker need not wait for its
   * next poll. A hint: losing it delays, never loses.
   */
  wakeWorker: () => void;
  /** Called after a commit that wrote events, so that they come into the feed at once. A hint as well. */
  eventsWritten: () => void;
  /** Who waits for events in this process. */
  feed: FeedNews;
  /** Called after a commit that changed these requests, for whoever waits for them. A hint as well. */
  requestsChanged: (requestIds: readonly string[]) => void;
  waitForDecision: WaitForDecision;
  /** Does nothing, except where a test wants the process to end here. */
  reach: (point: Failpoint) => void;
}

/** Who calls a verb, in which organization, with what at hand. */
export interface Context {
  services: Services;
  organizationId: string;
  actor: Actor;
}
