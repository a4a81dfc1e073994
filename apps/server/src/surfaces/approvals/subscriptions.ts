import type { approvals, approvalsOperations } from "@sayso/catalogue";
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  rotateSubscriptionSecret,
  testSubscription,
  type Subscription,
} from "@sayso/core";
import type { z } from "zod";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof approvalsOperations,
  | "listSubscriptions"
  | "createSubscription"
  | "getSubscription"
  | "deleteSubscription"
  | "testSubscription"
  | "rotateSubscriptionSecret"
>;

export const subscriptionHandlers: Handlers<Operations> = {
  async createSubscription({ context, body }) {
    const { subscription, secret, isNew } = await createSubscription(context, {
      targetUrl: body.target_url,
      eventTypes: body.event_types,
      filter: body.filter,
      description: body.description,
    });
    return { status: isNew ? 201 : 200, body: { ...toSubscription(subscription), secret } };
  },

  async listSubscriptions({ context }) {
    return {
      status: 200,
      body: { data: (await listSubscriptions(context)).map(toSubscription) },
    };
  },

  async getSubscription({ context, params }) {
    return { status: 200, body: toSubscription(await getSubscription(context, params.id)) };
  },

  async deleteSubscription({ context, params }) {
    await deleteSubscription(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },

  async testSubscription({ context, params }) {
    return { status: 200, body: { delivery_id: await testSubscription(context, params.id) } };
  },

  async rotateSubscriptionSecret({ context, params }) {
    const { secret, previousSignsUntil } = await rotateSubscriptionSecret(context, params.id);
    return {
      status: 200,
      body: { id: params.id, secret, old_secret_expires_at: previousSignsUntil.toISOString() },
    };
  },
};

const toSubscription = (subscription: Subscription): z.input<typeof approvals.Subscription> => ({
  id: subscription.id,
  target_url: subscription.targetUrl,
  event_types: subscription.eventTypes,
  filter: subscription.filter,
  description: subscription.description,
  connection_id: subscription.connectionId,
  grant_id: subscription.grantId,
  person_id: subscription.personId,
  failing_since: subscription.failingSince?.toISOString() ?? null,
  disabled_at: subscription.disabledAt?.toISOString() ?? null,
  disabled_reason: subscription.disabledReason,
  created_at: subscription.createdAt.toISOString(),
});
