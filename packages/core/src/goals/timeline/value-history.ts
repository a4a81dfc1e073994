/** A value and when it was known. */
export interface ValuePoint {
  value: number;
  at: Date;
}

/** How the values of one goal went, oldest first. */
export interface ValueHistory {
  /** The key result's or the KPI's. */
  goalId: string;
  /** The newest so many; where there are no more, with the value that it was made with before them. */
  points: ValuePoint[];
}

/** A row of what both histories read: the newest values of a goal, newest first. */
export interface HistoryRow {
  goalId: string;
  createdAt: Date;
  /** null: none was recorded. */
  points: { value: number; previousValue: number | null; atMs: number }[] | null;
}

/**
 * Puts the newest values in order, after the value that the goal was made with if none was left out.
 *
 * @param limit how many were read at most
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
