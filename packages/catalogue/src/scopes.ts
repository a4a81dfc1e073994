import { namesOf } from "./names-of.ts";

/** The permissions of a credential, in the words that a person reads when they grant them. */
export const scopes = {
  "approvals:read": "See requests, their steps, comments and deliveries",
  "approvals:write": "Create, revise and withdraw requests",
  "approvals:decide": "Approve or reject requests in your name",
  "comments:write": "Comment on requests in your name",
  "okrs:read": "See objectives, key results and cycles",
  "okrs:write": "Create and change objectives, key results, KPIs and cycles",
  "kpis:read": "See KPIs and their history",
  "kpis:write": "Record values of KPIs",
  "okr-checkins:write": "Record check-ins on key results",
  "reviews:read": "See review cycles and shared reviews",
  "reviews:write": "Write and share reviews in your name, and manage review cycles",
  "flows:read": "See approval flows and their runs",
  "flows:write": "Create, change and start approval flows",
} as const;

export type Scope = keyof typeof scopes;

export const allScopes = namesOf(scopes);
