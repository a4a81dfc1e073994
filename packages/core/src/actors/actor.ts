import type { Priority } from "../priority.ts";

export type Role = "owner" | "admin" | "member";

/** What a connection lets whoever asks through it ask for, and fills in for them. */
export interface ConnectionProfile {
  connectionId: string;
  name: string;
  allowedActionTypes: string[] | null;
  maxPriority: Priority | null;
  defaultPriority: Priority | null;
  defaultDescription: string | null;
}

/** A signed-in person, or a token that stands for one. */
export interface PersonActor {
  kind: "person";
  personId: string;
  role: Role;
  via: "session" | "token" | "oauth" | "link" | "command_line";
  /** Which one it is, where they came by a session of the database. */
  sessionId?: string;
  /** The app that acts in the person's name (`via` is `oauth`): its connection's limits and defaults hold. */
  through?: ConnectionProfile;
  /** That app's client_id. */
  clientId?: string;
  /** What the person allowed that app. */
  grantId?: string;
  /** The personal token that they came by (`via` is `token`). */
  token?: { id: string; name: string };
  /** Whether that token or app was allowed to decide. Absent: it was not. A session needs no such permission. */
  mayDecide?: boolean;
}

/** A machine. It may ask; it decides only where the person who owns it agreed to that. */
export interface ConnectionActor extends ConnectionProfile {
  kind: "connection";
  /** The person who answers for this connection: its votes count as theirs. */
  ownerId: string;
  /** Who made the key, or the app's secrets, that it came by. */
  keyMadeBy: readonly string[];
  /** Whether the owner agreed, in person, that it votes in their name. */
  canDecide: boolean;
  /** Whether they agreed to just that as well: that it decides what was asked through it. Never without `canDecide`. */
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

/** The person behind the actor: themselves, a connection's owner, or nobody. */
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

/** Everybody who could be acting here: the person behind the actor, and whoever made the key that it came by. */
export function peopleBehind(actor: Actor): string[] {
  const personId = personBehind(actor);
  return [
    ...(personId === null ? [] : [personId]),
    ...(actor.kind === "connection" ? actor.keyMadeBy : []),
  ];
}

/** The connection that the actor asks through: a machine's own, an app's in a person's name, or none. */
export function connectionOf(actor: Actor): ConnectionProfile | null {
  return actor.kind === "connection" ? actor : (actor.kind === "person" && actor.through) || null;
}

/** Whether an app acts in a person's name: it decides what is theirs as a member would, whatever their role. */
export function actsThroughApp(actor: Actor): boolean {
  return actor.kind === "person" && actor.via === "oauth";
}

/** Whether a key or an app acts, not a person by themselves. */
export const isMachines = (actor: Actor): boolean =>
  actor.kind !== "person" || actsThroughApp(actor);

/**
 * Whether the actor is a person who administers the organization. A machine never is, and neither is an app that
 * somebody allowed to act in their name: they did not hand it the organization.
 */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "person" && actor.role !== "member" && !actsThroughApp(actor);
}

/** Whether a person's token or app was allowed to decide: the routes ask as well, and nothing depends on that alone. */
export const mayDecide = (actor: Actor): boolean =>
  actor.kind !== "person" ||
  (actor.via !== "token" && actor.via !== "oauth") ||
  actor.mayDecide === true;
