import type { Sayso } from "@sayso/client";
import type { DeclaredAction } from "../declared.ts";
import type { Values } from "../input.ts";

/** Calls the operation behind an action. Path, query and body stand side by side in what is given. */
export function callOperation(
  sayso: Sayso,
  { operation }: Pick<DeclaredAction, "operation">,
  given: Values,
): Promise<unknown> {
  const call = sayso[operation as "createApproval"] as (input: unknown) => Promise<unknown>;
  return call(given);
}
