import type { Sayso } from "@sayso/client";
import type { DeclaredAction } from "../declared.ts";
import type { Values } from "../input.ts";

/**
 * Calls an action's operation. The given values hold the fields of path, query and body together: they were read by the
 * fields that are declared for this operation, and the server refuses what is wrong.
 */
export function callOperation(
  sayso: Sayso,
  { operation }: Pick<DeclaredAction, "operation">,
  given: Values,
): Promise<unknown> {
  const call = sayso[operation] as (input: Values) => Promise<unknown>;
  return call(given);
}
