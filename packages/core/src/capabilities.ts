import type { Pool } from "pg";
import type { SecretBox } from "./credentials/secret-box.ts";

// Each interface here is one capability. Others lie beside the code that makes them: `Committer`, `RequestStore`,
// `FeedReader`, …

/** Connections as the database role `sayso_app`. They see one organization: the one that the transaction has set. */
export interface OrganizationPool {
  app: Pool;
}

/**
 * Connections as the database role `sayso_system`, for sign-in, the worker and the command line. They see all
 * organizations.
 */
export interface SystemPool {
  system: Pool;
}

export interface NewIds {
  newId: () => string;
}

/** Encrypts values that must be readable again: callback headers, webhook secrets. */
export interface Secrets {
  secrets: SecretBox;
}

/**
 * The address at which people and machines reach this server, without a trailing slash: `https://sayso.example.com`.
 */
export interface PublicAddress {
  publicUrl: string;
}

/** Says whether mail is configured. Without mail nothing enters the outbox, and people pass on links by hand. */
export interface MailSwitch {
  mail: { isEnabled: boolean };
}

/** A hint after a commit that wrote events, so that they enter the feed at once. A lost hint causes only a delay. */
export interface EventHint {
  eventsWritten: () => void;
}

/**
 * A hint after a commit that left deliveries to claim or set a deadline: a worker need not wait for its next poll.
 * A lost hint causes only a delay.
 */
export interface WorkHint {
  wakeWorker: () => void;
}

/**
 * A hint after a commit that changed these requests, for callers that wait for them. A lost hint causes only a delay.
 */
export interface RequestHint {
  requestsChanged: (requestIds: readonly string[]) => void;
}

/** A place where a crash would hurt most. Tests end the process at each of them. */
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

/** The hints that a transaction sends after its commit, where its work asked for them. */
export interface TransactionHints extends EventHint, WorkHint {}

/** The capabilities that `inOrganization` needs: a transaction within one organization. */
export interface InOrganization extends OrganizationPool, TransactionHints {}

/** The capabilities that `inSystemTransaction` needs: a transaction that sees all organizations. */
export interface AcrossOrganizations extends SystemPool, TransactionHints {}

/** The capabilities that `enqueueMail` needs. */
export interface Outbox extends NewIds, Secrets, MailSwitch {}

/** The capabilities that a mail with a link to this server needs. */
export interface Mailing extends Outbox, PublicAddress {}
