import type { approvals, approvalsOperations } from "@sayso/catalogue";
import {
  createConnection,
  deleteConnection,
  getConnection,
  listConnections,
  listDeliveries,
  readWebhookSecrets,
  replayDelivery,
  replayFailed,
  rotateKey,
  rotateWebhookSecret,
  updateConnection,
  type Connection,
  type ListedDelivery,
} from "@sayso/core";
import type { z } from "zod";
import type { Handlers } from "../../http/bind.ts";
import { toPage } from "./wire.ts";

type Operations = Pick<
  typeof approvalsOperations,
  | "listConnections"
  | "createConnection"
  | "getConnection"
  | "updateConnection"
  | "deleteConnection"
  | "rotateKey"
  | "rotateWebhookSecret"
  | "readWebhookSecrets"
  | "listDeliveries"
  | "replayDelivery"
  | "replayDeliveries"
>;

export const connectionAndDeliveryHandlers: Handlers<Operations> = {
  async listConnections({ context }) {
    return { status: 200, body: { data: (await listConnections(context)).map(toConnection) } };
  },

  async createConnection({ context, body }) {
    const { connection, key, webhookSecret } = await createConnection(context, {
      ...fromConnectionBody(body),
      name: body.name,
      preset: body.preset,
    });
    return {
      status: 201,
      body: { ...toConnection(connection), api_key: key, webhook_secret: webhookSecret },
    };
  },

  async getConnection({ context, params }) {
    return { status: 200, body: toConnection(await getConnection(context, params.id)) };
  },

  async updateConnection({ context, params, body }) {
    const changes = {
      ...fromConnectionBody(body),
      name: body.name,
      isActive: body.is_active,
      canReadAll: body.can_read_all,
    };
    return { status: 200, body: toConnection(await updateConnection(context, params.id, changes)) };
  },

  async deleteConnection({ context, params }) {
    await deleteConnection(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },

  async rotateKey({ context, params, body }) {
    const { connection, key, previousKeysExpireAt } = await rotateKey(
      context,
      params.id,
      body?.grace_minutes,
    );
    return {
      status: 200,
      body: {
        ...toConnection(connection),
        api_key: key,
        old_key_expires_at: previousKeysExpireAt?.toISOString() ?? null,
      },
    };
  },

  async rotateWebhookSecret({ context, params }) {
    const { webhookSecret, previousSignsUntil } = await rotateWebhookSecret(context, params.id);
    const connection = toConnection(await getConnection(context, params.id));
    return {
      status: 200,
      body: {
        ...connection,
        webhook_secret: webhookSecret,
        old_secret_expires_at: previousSignsUntil.toISOString(),
      },
    };
  },

  async readWebhookSecrets({ context }) {
    return { status: 200, body: { data: await readWebhookSecrets(context) } };
  },

  async listDeliveries({ context, query }) {
    const { page, page_size: pageSize, status, request_id: requestId } = query;
    const { deliveries, total } = await listDeliveries(
      context,
      { status, requestId },
      page,
      pageSize,
    );
    return { status: 200, body: toPage(deliveries.map(toDelivery), page, pageSize, total) };
  },

  async replayDelivery({ context, params }) {
    const delivery = await replayDelivery(context, params.id);
    return { status: 200, body: toDelivery(delivery) };
  },

  async replayDeliveries({ context, body }) {
    const replayed = await replayFailed(context, new Date(body.failed_since));
    return { status: 200, body: { replayed } };
  },
};

function fromConnectionBody(body: {
  can_decide?: boolean;
  can_decide_own?: boolean;
  rate_limit_per_hour?: number;
  allowed_action_types?: string[] | null;
  max_priority?: Connection["maxPriority"];
  default_title?: string | null;
  default_priority?: Connection["defaultPriority"];
  default_description?: string | null;
  approvers_needed?: Connection["approversNeeded"];
}) {
  return {
    canDecide: body.can_decide,
    canDecideOwn: body.can_decide_own,
    rateLimitPerHour: body.rate_limit_per_hour,
    allowedActionTypes: body.allowed_action_types,
    maxPriority: body.max_priority,
    defaultTitle: body.default_title,
    defaultPriority: body.default_priority,
    defaultDescription: body.default_description,
    approversNeeded: body.approvers_needed,
  };
}

const toConnection = (connection: Connection) => ({
  id: connection.id,
  name: connection.name,
  preset: connection.preset,
  owner_id: connection.ownerId,
  owner_name: connection.ownerName,
  is_active: connection.isActive,
  can_decide: connection.canDecide,
  can_decide_own: connection.canDecideOwn,
  decides_since: connection.decidesSince?.toISOString() ?? null,
  decides_by: connection.decidesBy,
  can_read_all: connection.canReadAll,
  rate_limit_per_hour: connection.rateLimitPerHour,
  allowed_action_types: connection.allowedActionTypes,
  max_priority: connection.maxPriority,
  default_title: connection.defaultTitle,
  default_priority: connection.defaultPriority,
  default_description: connection.defaultDescription,
  approvers_needed: connection.approversNeeded,
  api_key_prefix: connection.apiKeyPrefix,
  api_key_last_four: connection.apiKeyLastFour,
  last_used_at: connection.lastUsedAt?.toISOString() ?? null,
  created_at: connection.createdAt.toISOString(),
});

/** Renders a delivery without its attempts. */
export const toDeliveryFacts = (
  delivery: Omit<ListedDelivery, "attempts">,
): Omit<z.input<typeof approvals.Delivery>, "attempts"> => ({
  id: delivery.id,
  request_id: delivery.requestId,
  connection_id: delivery.connectionId,
  subscription_id: delivery.subscriptionId,
  event: delivery.eventType,
  url: delivery.url,
  status: delivery.status,
  next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  last_status_code: delivery.lastStatusCode,
  last_error: delivery.lastError,
  delivered_at: delivery.deliveredAt?.toISOString() ?? null,
  created_at: delivery.createdAt.toISOString(),
});

const toDelivery = (delivery: ListedDelivery): z.input<typeof approvals.Delivery> => ({
  ...toDeliveryFacts(delivery),
  attempts: delivery.attempts.map((attempt) => ({
    attempt: attempt.attempt,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: attempt.durationMs,
    status_code: attempt.statusCode,
    error: attempt.error,
    response_body: attempt.responseBody,
  })),
});
