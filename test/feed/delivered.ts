import type { Answer, Api, Received, Receiver, TestServices } from "@sayso/testkit";
import { until } from "@sayso/testkit";
import { Webhook } from "standardwebhooks";

/** A subscription as the API shows it. */
export interface Subscription {
  id: string;
  target_url: string;
  event_types: string[];
  filter: Record<string, string[]>;
  description: string | null;
  connection_id: string | null;
  grant_id: string | null;
  person_id: string | null;
  failing_since: string | null;
  disabled_at: string | null;
  disabled_reason: string | null;
  secret: string;
}

const PATH = "/api/v1/subscriptions";

/** The subscriptions of this caller. */
export const subscriptions = (by: Api) => ({
  create: (body: Record<string, unknown>): Promise<Answer<Subscription>> =>
    by.call("POST", PATH, { body }),
  list: (): Promise<Answer<{ data: Subscription[] }>> => by.call("GET", PATH),
  get: (id: string): Promise<Answer<Subscription>> => by.call("GET", `${PATH}/${id}`),
  delete: (id: string): Promise<Answer<{ id: string; deleted: true }>> =>
    by.call("DELETE", `${PATH}/${id}`),
  test: (id: string): Promise<Answer<{ delivery_id: string }>> =>
    by.call("POST", `${PATH}/${id}/test`),
  rotate: (id: string): Promise<Answer<{ secret: string; old_secret_expires_at: string }>> =>
    by.call("POST", `${PATH}/${id}/rotate-secret`),
});

/** The messages that arrived at a path of the receiver. */
export const reportedAt = (receiver: Receiver, path: string): Received[] =>
  receiver.requests.filter((request) => request.path === path);

export const typesAt = (receiver: Receiver, path: string): unknown[] =>
  reportedAt(receiver, path).map(({ json }) => json.type);

/** Reports whether the reference library verifies the signature with this secret. */
export function verifies(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when every event has its position and no delivery is pending. */
export async function allDelivered(services: TestServices): Promise<void> {
  await until(
    async () =>
      (
        await services.sql(
          `select from events e where not exists (select from feed f where f.event_id = e.id)
           union all select from deliveries where status = 'pending' limit 1`,
        )
      ).length === 0,
    "everything has been told",
  );
}
