/** Everything that a credential can be allowed. The catalogue says which operation needs which. */
export const scopes = [
  "approvals:read",
  "approvals:write",
  "approvals:decide",
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

/** Deciding: a scope of its own, that a person gives an app by a tick of its own. */
export const DECIDE: Scope = "approvals:decide";

/** The scopes that an app asks with; asking for one offers the person {@link DECIDE} as well. */
const asking: readonly string[] = ["approvals:write", "flows:write"] satisfies Scope[];

/** Whether the consent page offers deciding to an app that asks for these scopes. */
export const offersDeciding = (asked: readonly string[]): boolean =>
  asked.some((scope) => scope === DECIDE || asking.includes(scope));

/** What a signed-in person may do. */
export const ALL_SCOPES: ReadonlySet<string> = new Set(scopes);

/**
 * What a connection's key may do that was made without scopes (whether it decides is the connection's `canDecide`): not read what people wrote about one another. For that
 * an admin makes a goals key that says so.
 */
export const KEY_SCOPES: ReadonlySet<string> = new Set(
  scopes.filter((scope) => !scope.startsWith("reviews:")),
);

/** The same where its connection may ask for some action types only: it is there for asking, and for nothing else. */
export const LIMITED_KEY_SCOPES: ReadonlySet<string> = new Set<Scope>([
  "approvals:read",
  "approvals:write",
  "approvals:decide",
  "comments:write",
]);
