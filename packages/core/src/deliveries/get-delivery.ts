import { onlyRow } from "@sayso/database";
import { isAdmin } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isShownWhole } from "./address.ts";
import { deliveryColumns, withAttempts, type Delivery, type Shown } from "./list-deliveries.ts";

export interface InspectedDelivery extends Shown<Omit<Delivery, "body">> {
  /** The body. Null: it is about something that only admins see. */
  body: string | null;
  connectionName: string | null;
}

type Row = Shown<Omit<Delivery, "attempts">> & {
  connectionName: string | null;
  isForEverybody: boolean;
};

/**
 * Returns one delivery with its last 50 attempts. A machine sees its own, people all of their organization. Those that
 * aren't theirs are shortened, and have no body if only admins see the event.
 *
 * @throws DomainError `not_found`
 */
export function getDelivery(
  context: Context<InOrganization>,
  deliveryId: string,
): Promise<InspectedDelivery> {
  const { actor, organizationId } = context;
  const values = [
    deliveryId,
    organizationId,
    actor.kind === "connection" ? actor.connectionId : null,
  ];
  const columns = deliveryColumns(isShownWhole(actor, (value) => `$${values.push(value)}`));
  return inOrganization(context, async (db) => {
    const { rows } = await db.query<Row>(
      `select ${columns}, is_for_everybody(event_type) as "isForEverybody",
         (select c.name from connections c where c.id = connection_id) as "connectionName"
       from deliveries
       where id = $1 and organization_id = $2 and ($3::uuid is null or connection_id = $3)`,
      values,
    );
    const [row] = rows;
    if (!row) throw notFound("Delivery");
    const { isForEverybody, connectionName, ...found } = row;
    const delivery = onlyRow(await withAttempts(db, [found]));
    const isOpen = isForEverybody || isAdmin(actor);
    return { ...delivery, connectionName, body: isOpen ? found.body : null };
  });
}
