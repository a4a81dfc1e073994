import { viewerOf, viewerValues } from "../actors/viewer.ts";
import type { Context } from "../context.ts";
import type { OrganizationPool } from "../capabilities.ts";
import type { RequestLoader } from "./load.ts";
import { withRetries } from "../transactions/database-errors.ts";
import type { LoadedRequest } from "./load.ts";

/**
 * Reads a request for judging what the actor may do with it. Null: it doesn't exist, or the actor doesn't see it. The
 * check costs no query where everybody sees every request.
 */
export async function loadVisible(
  context: Context<OrganizationPool & RequestLoader>,
  requestId: string,
  personId: string | null,
): Promise<LoadedRequest | null> {
  const { services, organizationId } = context;
  const loaded = await services.loadRequest(organizationId, { id: requestId, personId });
  return loaded && (await isVisible(context, loaded)) ? loaded : null;
}

async function isVisible(
  { services, organizationId, actor }: Context<OrganizationPool>,
  loaded: LoadedRequest,
): Promise<boolean> {
  const viewer = viewerOf(actor);
  if (loaded.isOpen || viewer === null) return true;
  const { rows } = await withRetries(() =>
    services.app.query<{ isVisible: boolean }>({
      name: "sees_request",
      text: `select o.sees_every or sees_request(o.organization_id, $4, viewer_keys()) as "isVisible" from enter_organization($1, $2, $3) o`,
      values: [organizationId, ...viewerValues(viewer), loaded.state.id],
    }),
  );
  return rows[0]?.isVisible ?? false;
}
