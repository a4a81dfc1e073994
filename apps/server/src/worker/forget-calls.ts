import { forgetCalls, type Services } from "@sayso/core";
import { startLoop, type Loop } from "./loop.ts";

const FORGET_EVERY_MS = 60_000;

/** Shortens the request log once a minute, in a loop of its own, so that no deadline waits for it. */
export const startForgettingCalls = (
  services: Services,
  complain: (what: string, error: unknown) => void,
): Loop =>
  startLoop({
    async round() {
      await forgetCalls(services);
      return FORGET_EVERY_MS;
    },
    onError: (error) => complain("shortening the request log", error),
    afterErrorMs: FORGET_EVERY_MS,
    apartMs: FORGET_EVERY_MS,
  });
