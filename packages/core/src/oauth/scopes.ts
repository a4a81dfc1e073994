/** Everything that a credential can be allowed. The catalogue says which operation needs which. */
export const scopes = [
  "approvals:read",
  "approvals:write",
  "comments:write",
  "okrs:read",
  "okrs:write",
  "kpis:read",
  "kpis:write",
  "okr-checkins:write",
  "reviews:read",
  "reviews:write",
  "flows:read",
  "flows:write",
] as const;
export type Scope = (typeof scopes)[number];

/** What a connection's key and a signed-in person may do. */
export const ALL_SCOPES: ReadonlySet<string> = new Set(scopes);
