import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { ofRequest, type DeliveryStatus } from "./list-deliveries.ts";

/** The outcome of one delivery, in short. */
export interface DeliverySummary {
  id: string;
  kind: "callback" | "subscription" | "applier";
  eventType: string;
  /** The receiver's scheme://host:port. */
  origin: string;
  status: DeliveryStatus;
  attempts: number;
  lastStatusCode: number | null;
  lastError: string | null;
  /** The time of the next attempt, while it is pending. */
  nextAttemptAt: Date | null;
  deliveredAt: Date | null;
  createdAt: Date;
}

/**
 * Lists the deliveries of a request, newest first. A machine sees its own, people all of their organization.
 *
 * @param limit 1–500
 */
export async function summarizeDeliveries(
  context: Context<InOrganization>,
  requestId: string,
  limit: number,
): Promise<DeliverySummary[]> {
  const { actor } = context;
  const { rows } = await inOrganization(context, (db) =>
    db.query<DeliverySummary>(
      `select id, case when entity_type_id is not null then 'applier' when subscription_id is null then 'callback'
                    else 'subscription' end as kind,
         event_type as "eventType", origin, status, attempts, last_status_code as "lastStatusCode",
         last_error as "lastError", case when status = 'pending' then next_attempt_at end as "nextAttemptAt",
         delivered_at as "deliveredAt", created_at as "createdAt"
       from deliveries
       where ${ofRequest("$1")} and ($2::uuid is null or connection_id = $2)
       order by created_at desc, id desc limit $3`,
      [requestId, actor.kind === "connection" ? actor.connectionId : null, limit],
    ),
  );
  return rows;
}
