import type { Approval } from "@sayso/client";

const ranks = ["critical", "high", "medium", "low"] as const;

type Placed = Pick<Approval, "id" | "priority" | "expires_at" | "auto_action_at" | "created_at">;

/** The time at which a request ends by itself, in milliseconds. Infinity: never. */
const dueAt = ({ expires_at, auto_action_at }: Placed): number =>
  Math.min(...[expires_at, auto_action_at].map((at) => (at === null ? Infinity : Date.parse(at))));

/**
 * Compares two requests by their places in the inbox: by priority, deadline and age, as the server sorts it
 * (packages/database/sql/functions/search/find_inbox.sql). Negative: `a` is above `b`.
 */
export function compareInInbox(a: Placed, b: Placed): number {
  const byPriority = ranks.indexOf(a.priority) - ranks.indexOf(b.priority);
  if (byPriority !== 0) return byPriority;
  const [dueA, dueB] = [dueAt(a), dueAt(b)];
  if (dueA !== dueB) return dueA < dueB ? -1 : 1;
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
