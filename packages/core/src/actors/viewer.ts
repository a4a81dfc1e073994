import type { Queryable } from "../queryable.ts";
import { isAdmin, type Actor } from "./actor.ts";

/**
 * The actor for whom a transaction reads: a person as a member, or a connection. It matters where the organization has
 * chosen that not everybody sees every request. Null stands for an admin or Sayso itself, who see all requests.
 */
export interface Viewer {
  kind: "person" | "connection";
  id: string;
}

/**
 * Returns the viewer of an actor. An app sees the requests that its person sees as a member, whatever that person's
 * role is.
 */
export function viewerOf(actor: Actor): Viewer | null {
  switch (actor.kind) {
    case "person":
      return isAdmin(actor) ? null : { kind: "person", id: actor.personId };
    case "connection":
      return { kind: "connection", id: actor.connectionId };
    case "system":
      return null;
  }
}

/** The last two parameters of the SQL function `enter_organization`. */
export const viewerValues = (
  viewer: Viewer | null,
): [kind: Viewer["kind"] | null, id: string | null] => [viewer?.kind ?? null, viewer?.id ?? null];

/**
 * Enters the organization as the viewer, and returns the keys of the requests that the viewer sees; null: every
 * request. For transactions of sayso_system, where row-level security hides nothing.
 */
export async function enterAs(
  db: Queryable,
  organizationId: string,
  viewer: Viewer | null,
): Promise<string[] | null> {
  const { rows } = await db.query<{ keys: string[] | null }>(
    "select viewer_keys() as keys from enter_organization($1, $2, $3)",
    [organizationId, ...viewerValues(viewer)],
  );
  return rows[0]?.keys ?? null;
}
