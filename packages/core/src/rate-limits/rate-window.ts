/**
 * The lengths of a bucket's window in seconds. A window begins at each full hour or minute of the database's UTC clock.
 */
export const rateWindows = { hour: 3600, minute: 60 } as const;
export type RateWindow = keyof typeof rateWindows;
