import { SaysoError } from "@sayso/client";

/** Returns true if the server refused because of a request's present state. The step was perhaps done before. */
export const isRefused = (refusal: unknown): refusal is SaysoError =>
  refusal instanceof SaysoError && ["CONFLICT", "INVALID_STATE"].includes(refusal.code);
