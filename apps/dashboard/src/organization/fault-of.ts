import { messageOf } from "../api.ts";

/** What failed in words, where something has. */
export const faultOf = (error: unknown): string | undefined =>
  error === null || error === undefined ? undefined : messageOf(error);
