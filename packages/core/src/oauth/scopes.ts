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

/** What a signed-in person may do. */
export const ALL_SCOPES: ReadonlySet<string> = new Set(scopes);

/**
 * What a connection's key may do that was made without scopes: not read what people wrote about one another. For that
 * an admin makes a goals key that says so.
 */
export const KEY_SCOPES: ReadonlySet<string> = new Set(
  scopes.filter((scope) => !scope.startsWith("reviews:")),
);

/** The same where its connection may ask for some action types only: it is there for asking, and for nothing else. */
export const LIMITED_KEY_SCOPES: ReadonlySet<string> = new Set<Scope>([
  "approvals:read",
  "approvals:write",
  "comments:write",
]);
