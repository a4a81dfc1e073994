import type { workspaceOperations } from "@sayso/catalogue";
import { getDelivery, searchDeliveries } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";
import { toDeliveryFacts } from "../approvals/connections-and-deliveries.ts";
import { readPageToken, writePageToken } from "../page-token.ts";

type Operations = Pick<typeof workspaceOperations, "searchDeliveries" | "getDelivery">;

export const deliveryPageHandlers: Handlers<Operations> = {
  async searchDeliveries({ context, query }) {
    const { deliveries, next } = await searchDeliveries(
      context,
      {
        status: query.status,
        connectionId: query.connection_id,
        subscriptionId: query.subscription_id,
        eventType: query.event,
        target: query.target,
        createdAfter: query.created_after ? new Date(query.created_after) : undefined,
      },
      readPageToken(query.cursor, "cursor"),
      query.limit,
    );
    return {
      status: 200,
      body: {
        data: deliveries.map((delivery) => ({
          ...toDeliveryFacts(delivery),
          connection_name: delivery.connectionName,
          attempts_count: delivery.attempts,
        })),
        next_cursor: next && writePageToken({ ...next, isAscending: false }),
      },
    };
  },

  async getDelivery({ context, params }) {
    const delivery = await getDelivery(context, params.id);
    return {
      status: 200,
      body: {
        ...toDeliveryFacts(delivery),
        connection_name: delivery.connectionName,
        is_whole: delivery.isWhole,
        body: delivery.body,
        attempts: delivery.attempts.map((attempt) => ({
          attempt: attempt.attempt,
          started_at: attempt.startedAt.toISOString(),
          duration_ms: attempt.durationMs,
          status_code: attempt.statusCode,
          error: attempt.error,
          request_headers: attempt.requestHeaders,
          response_headers: attempt.responseHeaders,
          response_body: attempt.responseBody,
        })),
      },
    };
  },
};
