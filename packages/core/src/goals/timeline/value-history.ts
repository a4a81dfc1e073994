/** A value, with the time at which it was recorded. */
export interface ValuePoint {
  value: number;
  at: Date;
}

/** The history of values of one goal, oldest first. */
export interface ValueHistory {
  /** The id of the key result or the KPI. */
  goalId: string;
  /** The newest values. If none was left out, the first is the value that the goal was created with. */
  points: ValuePoint[];
}

/** A row that both histories read: the newest values of a goal, newest first. */
export interface HistoryRow {
  goalId: string;
  createdAt: Date;
  /** The recorded values. null: none was recorded. */
  points: { value: number; previousValue: number | null; atMs: number }[] | null;
}

/**
 * Returns the newest values, oldest first. If none was left out, the value that the goal was created with comes first.
 *
 * @param limit the number of values that were read at most
 */
export function toValueHistory(
  { goalId, createdAt, points }: HistoryRow,
  limit: number,
): ValueHistory {
  const recorded = (points ?? []).toReversed();
  const [first] = recorded;
  const began =
    first && recorded.length < limit && first.previousValue !== null
      ? [{ value: first.previousValue, at: createdAt }]
      : [];
  return {
    goalId,
    points: [...began, ...recorded.map(({ value, atMs }) => ({ value, at: new Date(atMs) }))],
  };
}
