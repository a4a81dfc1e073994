import type { Priority } from "@sayso/client";

/** The priorities whose approval needs a second confirmation. */
const grave = ["critical", "high"] as const satisfies Priority[];

type Grave = (typeof grave)[number];

/**
 * Whether the approval of a request needs a second confirmation, which Enter alone never gives. Such a request is never
 * approved together with others.
 */
export const asksAgain = (priority: Priority): priority is Grave =>
  grave.some((one) => one === priority);
