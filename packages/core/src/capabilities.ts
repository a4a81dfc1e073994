import type { Pool } from "pg";
import type { SecretBox } from "./credentials/secret-box.ts";

// Each is one thing that a verb can be given. Others lie beside the code that makes them: `Committer`, `RequestStore`,
// `FeedReader`, …

/** Connections as `sayso_app`: sees one organization, the one set for the transaction. */
export interface OrganizationPool {
  app: Pool;
}

/** Connections as `sayso_system`: sign-in, the worker and the command line; sees all organizations. */
export interface SystemPool {
  system: Pool;
}

export interface NewIds {
  newId: () => string;
}

/** Encrypts what must be readable again (callback headers, webhook secrets). */
export interface Secrets {
  secrets: SecretBox;
}

/** Where people and machines reach this server, without a trailing slash: `https://sayso.example.com`. */
export interface PublicAddress {
  publicUrl: string;
}

/** Whether mail is configured: without it nothing is put into the outbox, and links are given by hand. */
export interface MailSwitch {
  mail: { isEnabled: boolean };
}

/** Called after a commit that wrote events, so that they come into the feed at once. A hint: losing it delays, never loses. */
export interface EventHint {
  eventsWritten: () => void;
}

/**
 * Called after a commit that left deliveries to be claimed or brought a deadline, so that a worker need not wait for its
 * next poll. A hint as well.
 */
export interface WorkHint {
  wakeWorker: () => void;
}

/** Called after a commit that changed these requests, for callers that wait for them. A hint as well. */
export interface RequestHint {
  requestsChanged: (requestIds: readonly string[]) => void;
}

/** A place where a crash would hurt most: tests end the process at each. */
export type Failpoint =
  | "after_create"
  | "before_commit"
  | "after_apply"
  | "after_commit"
  | "after_sequencing"
  | "after_claim"
  | "before_record";

export interface Failpoints {
  /** Does nothing, except where a test wants the process to end here. */
  reach: (point: Failpoint) => void;
}

/** Enough for `inOrganization`: a transaction within one organization. */
export interface InOrganization extends OrganizationPool, EventHint {}

/** Enough for `inSystemTransaction`: a transaction that sees all organizations. */
export interface AcrossOrganizations extends SystemPool, EventHint {}

/** Enough for `enqueueMail`. */
export interface Outbox extends NewIds, Secrets, MailSwitch {}

/** Enough for a letter with a link to this server. */
export interface Mailing extends Outbox, PublicAddress {}
