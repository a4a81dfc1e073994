/** How long a bucket counts before it begins anew, in seconds, from each full one of the database's UTC clock. */
export const rateWindows = { hour: 3600, minute: 60 } as const;
export type RateWindow = keyof typeof rateWindows;
