import { scopes } from "@sayso/core";

/** oidc-provider's metadata about OpenID Connect, which this server doesn't support. */
const notOurs = new Set([
  "claim_types_supported",
  "claims_parameter_supported",
  "claims_supported",
  "id_token_signing_alg_values_supported",
  "request_uri_parameter_supported",
  "subject_types_supported",
]);

/**
 * Returns the authorization server's metadata (RFC 8414 §2). It holds only what is true here, so that a client that
 * relies on it asks for nothing that is refused.
 */
export function tidyMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  const methods = metadata.token_endpoint_auth_methods_supported;
  return {
    ...Object.fromEntries(Object.entries(metadata).filter(([name]) => !notOurs.has(name))),
    scopes_supported: [...scopes],
    response_modes_supported: ["query"],
    revocation_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
  };
}
