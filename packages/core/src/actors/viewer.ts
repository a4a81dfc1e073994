import type { PoolClient } from "pg";
import { isAdmin, type Actor } from "./actor.ts";

/**
 * For whom a transaction reads, where the organization may have chosen that not everybody sees every request: a person as a
 * member, or a connection. Who administers the organization, and Sayso itself, see all: null.
 */
export interface Viewer {
  kind: "person" | "connection";
  id: string;
}

/** An app sees what its person sees as a member, whatever their role. */
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

/** The last two parameters of `enter_organization` (0033_visibility.sql). */
export const viewerValues = (
  viewer: Viewer | null,
): [kind: Viewer["kind"] | null, id: string | null] => [viewer?.kind ?? null, viewer?.id ?? null];

/**
 * The keys by which the viewer sees requests, within a transaction of sayso_system, for which row-level security hides
 * nothing; null: every request.
 */
export async function enterAs(
  db: PoolClient,
  organizationId: string,
  viewer: Viewer | null,
): Promise<string[] | null> {
  const { rows } = await db.query<{ keys: string[] | null }>(
    "select viewer_keys() as keys from enter_organization($1, $2, $3)",
    [organizationId, ...viewerValues(viewer)],
  );
  return rows[0]?.keys ?? null;
}
