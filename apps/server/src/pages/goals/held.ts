import { proposeChange, type Updated } from "@sayso/core";
import type { MemberVisit } from "../site.ts";

/**
 * What to tell of a change: that it is saved, or, where the goal is under change control, that an admin was asked.
 *
 * @throws DomainError as `proposeChange`
 */
export async function settle<Goal>(
  { context }: MemberVisit,
  updated: Updated<Goal>,
): Promise<"saved" | "held"> {
  if (!updated.isHeld) return "saved";
  const { entity, patch } = updated;
  await proposeChange(context, {
    entityType: entity.type,
    entityId: entity.id,
    entityName: entity.name,
    action: "update",
    payload: patch,
    entityVersion: entity.version,
    oncePending: true,
  });
  return "held";
}

export const settled = {
  saved: "It is saved.",
  held: "An admin is asked. Until they approve, nothing is changed.",
};
