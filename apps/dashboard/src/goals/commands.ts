/** Writes a call of this server's API as a curl command to copy. */
export const callOf = (method: string, path: string, body?: unknown): string =>
  [
    `curl ${method === "GET" ? "" : `-X ${method} `}${location.origin}${path} \\`,
    `  -H "Authorization: Bearer $OKRT_KEY"${body === undefined ? "" : ` \\`}`,
    ...(body === undefined
      ? []
      : [`  -H "Content-Type: application/json" \\`, `  -d '${JSON.stringify(body)}'`]),
  ].join("\n");
