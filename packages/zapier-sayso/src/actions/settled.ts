import { SaysoError } from "@sayso/client";

/** Whether the server refused because of how a request stands, so that the step may have been done before. */
export const isRefused = (refusal: unknown): refusal is SaysoError =>
  refusal instanceof SaysoError && ["CONFLICT", "INVALID_STATE"].includes(refusal.code);
