import packageJson from "../package.json" with { type: "json" };

/** The version of this server, as /api/v1/openapi, User-Agent and `sayso --version` show it. */
export const version: string = packageJson.version;
