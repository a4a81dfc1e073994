import type { PoolClient } from "pg";
import { isAdmin, type Actor } from "./actor.ts";
import type { LoadedRequest } from "./approvals/load.ts";
import type { Context } from "./context.ts";
import { withRetries } from "./database-errors.ts";

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

/**
 * Reads a request for judging what the actor may do with it; null: it isn't there, or not for them to see. Where everybody
 * sees every request that costs no query.
 */
export async function loadVisible(
  context: Context,
  requestId: string,
  personId: string | null,
): Promise<LoadedRequest | null> {
  const { services, organizationId } = context;
  const loaded = await services.loadRequest(organizationId, { id: requestId, personId });
  return loaded && (await isVisible(context, loaded)) ? loaded : null;
}

async function isVisible(
  { services, organizationId, actor }: Context,
  loaded: LoadedRequest,
): Promise<boolean> {
  const viewer = viewerOf(actor);
  if (loaded.isOpen || viewer === null) return true;
  const { rows } = await withRetries(() =>
    services.app.query<{ isVisible: boolean }>({
      name: "sees_request",
      text: `select sees_every or sees_request($4, viewer_keys()) as "isVisible" from enter_organization($1, $2, $3)`,
      values: [organizationId, ...viewerValues(viewer), loaded.state.id],
    }),
  );
  return rows[0]?.isVisible ?? false;
}
