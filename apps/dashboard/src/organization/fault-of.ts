import { messageOf } from "../api.ts";

/** Returns an error in words. Undefined: there is no error. */
export const faultOf = (error: unknown): string | undefined =>
  error === null || error === undefined ? undefined : messageOf(error);
