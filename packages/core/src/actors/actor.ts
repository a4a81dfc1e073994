import type { Priority } from "../priority.ts";

export type Role = "owner" | "admin" | "member";

/** How many of the people whom a request names must approve where it doesn't say so. */
export type ApproversNeeded = "one" | "all";

/** A connection's limits on what can be asked through it, and the defaults that it fills in. */
export interface ConnectionProfile {
  connectionId: string;
  name: string;
  allowedActionTypes: string[] | null;
  maxPriority: Priority | null;
  defaultTitle: string | null;
  defaultPriority: Priority | null;
  defaultDescription: string | null;
  approversNeeded: ApproversNeeded;
}

/** A signed-in person, or a token that stands for one. */
export interface PersonActor {
  kind: "person";
  personId: string;
  role: Role;
  via: "session" | "token" | "oauth" | "link" | "command_line";
  /** The id of that session, where `via` is `session` and the session is stored in the database. */
  sessionId?: string;
  /** The app that acts in the person's name (`via` is `oauth`). Its connection's limits and defaults hold. */
  through?: ConnectionProfile;
  /** That app's client_id. */
  clientId?: string;
  /** The grant: the person's permission for that app. */
  grantId?: string;
  /** The personal token that the person used (`via` is `token`). */
  token?: { id: string; name: string };
  /** Whether that token or app was allowed to decide. Absent: it was not. A session needs no such permission. */
  mayDecide?: boolean;
  /**
   * Whether the person had the right to approve when they authenticated (`via` is `session` or `token`). Absent: it was
   * not read.
   */
  canApprove?: boolean;
}

/** A machine. It can ask. It decides only where the person who owns it agreed to that. */
export interface ConnectionActor extends ConnectionProfile {
  kind: "connection";
  /** The person who answers for this connection. Its votes count as that person's. */
  ownerId: string;
  /** The people who made the key, or the app's secrets, that the connection authenticated with. */
  keyMadeBy: readonly string[];
  /** Whether the owner agreed, in person, that the connection votes in their name. */
  canDecide: boolean;
  /**
   * Whether the owner also agreed that the connection decides what was asked through it. Never true without
   * `canDecide`.
   */
  canDecideOwn: boolean;
}

/** Sayso itself: deadlines, automatic decisions, the emergency stop. */
export interface SystemActor {
  kind: "system";
}

export type Actor = PersonActor | ConnectionActor | SystemActor;

/** The actor as an event records it. */
export interface ActorReference {
  kind: Actor["kind"];
  id: string | null;
}

export function referTo(actor: Actor): ActorReference {
  switch (actor.kind) {
    case "person":
      return { kind: "person", id: actor.personId };
    case "connection":
      return { kind: "connection", id: actor.connectionId };
    case "system":
      return { kind: "system", id: null };
  }
}

/** Returns the person behind the actor: the person themselves, a connection's owner, or null for Sayso itself. */
export function personBehind(actor: Actor): string | null {
  switch (actor.kind) {
    case "person":
      return actor.personId;
    case "connection":
      return actor.ownerId;
    case "system":
      return null;
  }
}

/** Returns everybody who could be acting: the person behind the actor, and everybody who made the key that it used. */
export function peopleBehind(actor: Actor): string[] {
  const personId = personBehind(actor);
  return [
    ...(personId === null ? [] : [personId]),
    ...(actor.kind === "connection" ? actor.keyMadeBy : []),
  ];
}

/** Returns the connection that the actor asks through: a machine's own, that of an app in a person's name, or null. */
export function connectionOf(actor: Actor): ConnectionProfile | null {
  return actor.kind === "connection" ? actor : (actor.kind === "person" && actor.through) || null;
}

/** Whether an app acts in a person's name. It then decides with a member's rights, whatever that person's role is. */
export function actsThroughApp(actor: Actor): boolean {
  return actor.kind === "person" && actor.via === "oauth";
}

/** Whether a key, an app or Sayso itself acts, rather than a person by themselves. */
export const isMachines = (actor: Actor): boolean =>
  actor.kind !== "person" || actsThroughApp(actor);

/**
 * Whether the actor is a person who administers the organization. A machine never is. An app that acts in an admin's
 * name isn't either, because the admin allowed it to act for them and did not hand it the organization.
 */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "person" && actor.role !== "member" && !actsThroughApp(actor);
}

/**
 * Whether the actor's credential allows deciding: true unless it is a person's token or app that was not allowed to.
 * The routes check this as well, so nothing depends on this check alone.
 */
export const mayDecide = (actor: Actor): boolean =>
  actor.kind !== "person" ||
  (actor.via !== "token" && actor.via !== "oauth") ||
  actor.mayDecide === true;

/**
 * Whether the actor's own change counts without an approval, because it stands in for their yes: an admin who may
 * approve, signed in, by a token that may decide, or on the command line.
 */
export const standsForYes = (actor: Actor): boolean =>
  actor.kind === "person" &&
  isAdmin(actor) &&
  mayDecide(actor) &&
  (actor.via === "command_line" || actor.canApprove === true);
