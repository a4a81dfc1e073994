import { selectTenant } from "@sayso/core";
import type { Authenticate } from "../../http/authenticate.ts";
import type { Doors } from "../../http/served-surface.ts";

/**
 * Authenticates the caller and finds the organization. The header X-Tenant-Id selects one of the organizations that the
 * credential may use, by its id or its name.
 *
 * @throws DomainError as `doors.authenticate`; `not_found`: none of them has this id or name
 */
export const authenticateInTenant =
  ({ services, authenticate }: Doors): Authenticate =>
  async (request, response) => {
    const credential = await authenticate(request, response);
    const tenant = request.get("x-tenant-id")?.trim();
    if (!tenant) return credential;
    return { ...credential, ...(await selectTenant(services, credential, tenant)) };
  };
