/** The permissions of a credential, in the words that a person reads when they grant them. */
export const scopes = {
  "approvals:read": "See approval requests, their steps, comments and deliveries",
  "approvals:write": "Ask for approval, and change or withdraw what was asked",
  "approvals:decide": "Decide in your name: approve or reject what waits for you",
  "comments:write": "Comment on approval requests in your name",
  "okrs:read": "See objectives, key results and cycles",
  "okrs:write": "Create and change objectives, key results, KPIs and cycles",
  "kpis:read": "See KPIs and their history",
  "kpis:write": "Report new values of KPIs",
  "okr-checkins:write": "Record check-ins on key results",
  "reviews:read": "See review cycles and shared reviews",
  "reviews:write": "Write reviews in your name, share them and look after review cycles",
  "flows:read": "See approval flows and their runs",
  "flows:write": "Start approval flows, and make and change them",
} as const;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as Scope[];
