/** Where each endpoint is. Published clients of the approvals API know the first four. */
export const oauthPaths = {
  authorization: "/oauth/authorize",
  token: "/api/v1/oauth/token",
  revocation: "/api/v1/oauth/revoke",
  introspection: "/api/v1/oauth/introspect",
  registration: "/api/v1/oauth/register",
  jwks: "/.well-known/jwks.json",
} as const;
