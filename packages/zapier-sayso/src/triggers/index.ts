import type { Trigger } from "zapier-platform-core";
import { choices } from "../choices.ts";
import { triggers as declaredTriggers } from "../declared.generated.ts";
import { hookOf } from "./hook.ts";
import { pollOf } from "./poll.ts";

/** All triggers of Zaps, those that Sayso calls and those that poll, and the hidden ones that fill dropdowns. */
export const triggers: Record<string, Trigger> = {
  ...Object.fromEntries(
    Object.values(declaredTriggers)
      .flatMap((declared) => [hookOf(declared), pollOf(declared)])
      .map((trigger) => [trigger.key, trigger]),
  ),
  ...choices,
};
