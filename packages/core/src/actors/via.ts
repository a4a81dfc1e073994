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
 * The means that somebody acted through: their own session, a personal token, an app (OAuth) in their name, a
 * connection by itself, the server's command line, a mailed link, or the rule of an automatic decision. It keeps the
 * name that the token, app or connection had at that time.
 */
export interface Via {
  kind: (typeof viaKinds)[number];
  /** The id of the token or connection, or the app's client_id. Null: there is only one of this kind. */
  id: string | null;
  name: string | null;
  /** The connection that an app acts through. */
  connection_id?: string;
  /** The grant: the person's permission for that app. */
  grant_id?: string;
}

export const byRule: Via = { kind: "rule", id: null, name: null };

/** Returns the means that the actor acts through; null for Sayso itself. */
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

/** Returns the part of a {@link Via} that outsiders get to see. */
export const publicVia = (via: Via | null): Pick<Via, "kind" | "id" | "name"> | null =>
  via && { kind: via.kind, id: via.id, name: via.name };

/**
 * Returns the names under which a credential is recognised. All tokens of an app share one name, whatever their person
 * and consent, and so do all keys of its connection. A personal token has its own. A person's session and the command
 * line have none.
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

/** Returns the name under which a person is recognised as an asker. */
export const asAsker = (personId: string): string => `person ${personId}`;

/**
 * Returns the names under which the actor is recognised as an asker: everybody who could be acting at this moment, and
 * the credential.
 */
export const askersOf = (actor: Actor): string[] => [
  ...new Set([...peopleBehind(actor).map(asAsker), ...credentialsOf(viaOf(actor))]),
];
