import { oauthEndpoints } from "@sayso/app-settings";

/** The path of each endpoint. Published clients of the approvals API know the first four. */
export const oauthPaths = {
  ...oauthEndpoints,
  introspection: "/api/v1/oauth/introspect",
  registration: "/api/v1/oauth/register",
  jwks: "/.well-known/jwks.json",
} as const;
