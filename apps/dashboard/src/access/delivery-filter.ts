import type { FoundDelivery } from "@sayso/client";
import type { DeliveryFilter } from "./queries.ts";

type Status = FoundDelivery["status"];
export const deliveryStatuses: readonly Status[] = ["pending", "delivered", "failed", "gone"];

/** The filter that stands in the page's address; what it can't be is left out. */
export function readDeliveryFilter(search: Record<string, unknown>): DeliveryFilter {
  const text = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === "string" && value !== "" && value.length <= 200 ? value : undefined;
  };
  return withoutAbsent({
    status: deliveryStatuses.find((status) => status === search.status),
    event: text("event"),
    target: text("target"),
    subscription_id: text("subscription_id"),
    connection_id: text("connection_id"),
  });
}

/** Only what narrows something down, so that addresses stay short. */
export const withoutAbsent = (filter: DeliveryFilter): DeliveryFilter =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined && value !== ""),
  );
