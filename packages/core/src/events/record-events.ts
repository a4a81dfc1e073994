import type { Transaction } from "../transactions/transaction.ts";
import { referTo } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { NewIds } from "../capabilities.ts";

/** Appends several events of one type, as `recordEvent` does, in one statement. */
export async function recordEvents(
  db: Transaction,
  { services, actor }: Pick<Context<NewIds>, "services" | "actor">,
  type: string,
  events: readonly { organizationId: string; data: Record<string, unknown> }[],
): Promise<void> {
  if (events.length === 0) return;
  const by = referTo(actor);
  db.noteEvents();
  const rows = events.map(({ organizationId, data }) => ({
    id: services.newId(),
    organization_id: organizationId,
    data,
  }));
  await db.query(
    `insert into events (id, organization_id, sequence, type, actor_kind, actor_id, data)
     select e.id, e.organization_id, 0, $2, $3, $4, e.data
     from json_to_recordset($1::json) as e (id uuid, organization_id uuid, data json)`,
    [JSON.stringify(rows), type, by.kind, by.id],
  );
}
