/** What a goals key may be allowed (seed 001_676b49f0d804a80c.txt, "Available scopes", and writing objectives). */
export const goalsScopes = [
  "okrs:read",
  "okrs:write",
  "okr-checkins:write",
  "kpis:read",
  "kpis:write",
  "reviews:read",
] as const;
export type GoalsScope = (typeof goalsScopes)[number];

export const isGoalsScope = (text: string): text is GoalsScope =>
  (goalsScopes as readonly string[]).includes(text);
