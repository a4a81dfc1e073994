import { selectTenant } from "@sayso/core";
import type { Authenticate } from "../../http/authenticate.ts";
import type { Doors } from "../../http/served-surface.ts";

/**
 * Who calls, and in which organization: the header X-Tenant-Id selects one of those that the credential may use anyway,
 * by its id or its name.
 *
 * @throws DomainError as `doors.authenticate`; `not_found`: none of them is called so
 */
export const authenticateInTenant =
  ({ services, authenticate }: Doors): Authenticate =>
  async (request, response) => {
    const credential = await authenticate(request, response);
    const tenant = request.get("x-tenant-id")?.trim();
    if (!tenant) return credential;
    return { ...credential, ...(await selectTenant(services, credential, tenant)) };
  };
