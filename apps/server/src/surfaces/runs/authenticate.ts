import { DomainError } from "@sayso/core";
import type { Authenticate } from "../../http/authenticate.ts";
import type { Doors } from "../../http/served-surface.ts";

/**
 * Authenticates by two more credentials than other surfaces: `Bearer` with an access token in JWT form that was made
 * for this surface (its audience is `<SAYSO_URL>/organizations`), and `AccessKey` with an API key. The address names
 * the organization. If it isn't the credential's, the answer is a 404, as for one that doesn't exist.
 */
export const authenticateRuns =
  ({ services, authenticator, authenticate }: Doors): Authenticate =>
  async (request, response) => {
    const header = request.headers.authorization ?? "";
    const accessKey = /^accesskey +(\S+) *$/i.exec(header)?.[1];
    const jwt = /^bearer +(ey[\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(header)?.[1];
    const found =
      accessKey !== undefined
        ? await authenticator.authenticate(accessKey)
        : jwt !== undefined
          ? await authenticator.authenticateJwt(jwt, `${services.publicUrl}/organizations`)
          : await authenticate(request, response);
    if (found === null) throw new DomainError("unauthenticated", "This credential is not valid");
    return found;
  };
