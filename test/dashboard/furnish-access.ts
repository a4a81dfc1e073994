import type { Receiver, Stage } from "@sayso/testkit";
import { until } from "@sayso/testkit";
import { createClient, createGrant } from "@sayso/core";

/**
 * Creates data for the pages about connections, apps and subscriptions: calls, deliveries that succeeded and failed, an
 * app, a subscription.
 */
export async function furnishAccess(
  { services, organization, owner, alice, machine }: Stage,
  receiver: Receiver,
) {
  const pipeline = await organization.addConnection({
    name: "Deploy pipeline",
    preset: "n8n",
    rateLimitPerHour: 500,
  });
  const old = await organization.addConnection({ isActive: false, canDecide: true });
  // A name from the time before hidden characters were refused.
  await services.sql("update connections set name = $2 where id = $1", [
    old.id,
    "Old \u202egnihtemos",
  ]);
  receiver.answerWith(({ path }) =>
    path === "/broken" ? { status: 500, body: '{"error":"out of memory"}' } : { body: "thank you" },
  );
  for (const path of ["/well", "/broken"]) {
    const { body } = await pipeline.api.create({
      title: "Deploy v2",
      callback_url: receiver.url + path,
      callback_headers: { Authorization: "Bearer abc" },
    });
    await alice.api.approve(body.id);
  }
  await pipeline.api.create({ title: "" });
  await pipeline.api.list();
  await pipeline.api.call("GET", "/api/v1/approvals/01234567-89ab-7def-8123-456789abcdef");
  const { client } = await createClient(organization.context, {
    name: "Intranet",
    redirectUris: ["https://intranet.example.com/callback"],
  });
  await createGrant(owner.context, {
    clientId: client.id,
    scopes: ["approvals:read", "comments:write"],
    resource: null,
  });
  const subscription = await owner.api.call<{ id: string }>("POST", "/api/v1/subscriptions", {
    body: { target_url: `${receiver.url}/told`, event_types: ["approval.*"], description: "Chat" },
  });
  await receiver.waitFor(({ path }) => path === "/broken");
  await until(async () => {
    const { body } = await owner.api.deliveries();
    return body.data.filter((one) => one.last_status_code !== null).length >= 2;
  }, "both attempts are recorded");
  return { pipeline, client, subscriptionId: subscription.body.id, machine };
}
