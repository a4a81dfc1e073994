import { peopleBehind, type Actor } from "./actor.ts";

export const viaKinds = [
  "session",
  "token",
  "app",
  "connection",
  "command_line",
  "link",
  "rule",
] as const;

/**
 * What somebody did something through: their own session, a personal token, an app (OAuth) in their name, a connection
 * by itself, the command line of the server, a link that was mailed to them; or the rule that a request decided itself by.
 * As it was named at that time.
 */
export interface Via {
  kind: (typeof viaKinds)[number];
  /** The token's, the app's (its client_id) or the connection's; null: there is but one. */
  id: string | null;
  name: string | null;
  /** The connection that an app acts through. */
  connection_id?: string;
  /** What the person allowed that app. */
  grant_id?: string;
}

export const byRule: Via = { kind: "rule", id: null, name: null };

/** What the actor acts through; null for Sayso itself. */
export function viaOf(actor: Actor): Via | null {
  if (actor.kind === "system") return null;
  if (actor.kind === "connection")
    return { kind: "connection", id: actor.connectionId, name: actor.name };
  const { via, token, clientId = null, through, grantId } = actor;
  if (via === "token") return { kind: "token", id: token?.id ?? null, name: token?.name ?? null };
  if (via !== "oauth") return { kind: via, id: null, name: null };
  return {
    kind: "app",
    id: clientId,
    name: through?.name ?? null,
    ...(through && { connection_id: through.connectionId }),
    ...(grantId !== undefined && { grant_id: grantId }),
  };
}

/** What outsiders are told of it. */
export const tellVia = (via: Via | null): Pick<Via, "kind" | "id" | "name"> | null =>
  via && { kind: via.kind, id: via.id, name: via.name };

/**
 * By which names a credential is known again: an app's tokens are one, in whoever's name and after whichever consent,
 * and so are its connection's keys; a personal token is itself. A person's session is none, nor is the command line.
 */
export function credentialsOf(via: Via | null): string[] {
  switch (via?.kind) {
    case "token":
      return via.id === null ? [] : [`token ${via.id}`];
    case "app":
      return [
        ...(via.id === null ? [] : [`app ${via.id}`]),
        ...(via.connection_id === undefined ? [] : [`connection ${via.connection_id}`]),
      ];
    case "connection":
      return [`connection ${via.id}`];
    default:
      return [];
  }
}

/** By which name a person is known again who asked. */
export const asAsker = (personId: string): string => `person ${personId}`;

/**
 * By which names the actor is known again who asks: as everybody who could be acting, at this moment, and by the credential.
 */
export const askersOf = (actor: Actor): string[] => [
  ...new Set([...peopleBehind(actor).map(asAsker), ...credentialsOf(viaOf(actor))]),
];
