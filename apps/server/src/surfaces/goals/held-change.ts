import type { goals } from "@sayso/catalogue";
import { proposeChange, type Context, type GoalEntity } from "@sayso/core";
import type { z } from "zod";

/**
 * Asks an admin to approve a change of a guarded goal. Nothing changes until they approve.
 *
 * @throws DomainError as `proposeChange`
 */
export async function holdChange(
  context: Context,
  { entity, patch }: { entity: GoalEntity; patch: Record<string, unknown> },
): Promise<{ status: 202; body: z.input<typeof goals.HeldChange> }> {
  const { change } = await proposeChange(context, {
    entityType: entity.type,
    entityId: entity.id,
    entityName: entity.name,
    action: "update",
    payload: patch,
    entityVersion: entity.version,
    oncePending: true,
  });
  return {
    status: 202,
    body: {
      id: change.id,
      status: "pending",
      entity_type: entity.type,
      entity_id: entity.id,
      message: "This change waits for an approval; nothing has changed yet",
    },
  };
}
