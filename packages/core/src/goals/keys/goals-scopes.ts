import { isOneOf } from "../../is-one-of.ts";

/** The scopes of goals keys: "Available scopes" of the API that the goals surface follows, and writing objectives. */
export const goalsScopes = [
  "okrs:read",
  "okrs:write",
  "okr-checkins:write",
  "kpis:read",
  "kpis:write",
  "reviews:read",
] as const;
export type GoalsScope = (typeof goalsScopes)[number];

export const isGoalsScope = (text: string): text is GoalsScope => isOneOf(goalsScopes, text);
