import type { Trigger } from "zapier-platform-core";
import { choices } from "../choices.ts";
import { triggers as declaredTriggers } from "../declared.generated.ts";
import { hookOf } from "./hook.ts";
import { pollOf } from "./poll.ts";

/** Everything that starts a Zap, by a call of Sayso's and by polling, and what fills dropdowns. */
export const triggers: Record<string, Trigger> = {
  ...Object.fromEntries(
    Object.values(declaredTriggers)
      .flatMap((declared) => [hookOf(declared), pollOf(declared)])
      .map((trigger) => [trigger.key, trigger]),
  ),
  ...choices,
};
