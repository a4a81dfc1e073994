/** The scopes that a credential can have. The catalogue says which operation needs which. */
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

/** The scope for deciding. It stands apart: a person gives it to an app with a separate tick. */
export const DECIDE: Scope = "approvals:decide";

/** The scopes that an app asks with. Where an app asks for one, the consent page offers {@link DECIDE} as well. */
const asking: readonly string[] = ["approvals:write", "flows:write"] satisfies Scope[];

/** Whether the consent page offers deciding to an app that asks for these scopes. */
export const offersDeciding = (asked: readonly string[]): boolean =>
  asked.some((scope) => scope === DECIDE || asking.includes(scope));

/** The scopes of a signed-in person. */
export const ALL_SCOPES: ReadonlySet<string> = new Set(scopes);

/**
 * The scopes of a connection's key that was made without scopes. They leave out reading reviews, which people wrote
 * about one another; for that an admin makes a goals key with that scope. Whether the key decides depends on the
 * connection's `canDecide`.
 */
export const KEY_SCOPES: ReadonlySet<string> = new Set(
  scopes.filter((scope) => !scope.startsWith("reviews:")),
);

/** The scopes of such a key where its connection is limited to some action types: those for asking, and no others. */
export const LIMITED_KEY_SCOPES: ReadonlySet<string> = new Set<Scope>([
  "approvals:read",
  "approvals:write",
  "approvals:decide",
  "comments:write",
]);
