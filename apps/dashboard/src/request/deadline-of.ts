/** The fields of a request that end it by themselves; each ISO 8601 in UTC, or null. */
interface Deadlines {
  expires_at: string | null;
  auto_action_at: string | null;
}

/** Returns the time at which the request expires or its automatic action happens, whichever is earlier; null: neither. */
export function deadlineOf({ expires_at, auto_action_at }: Deadlines): string | null {
  if (expires_at === null || auto_action_at === null) return expires_at ?? auto_action_at;
  return expires_at < auto_action_at ? expires_at : auto_action_at;
}
