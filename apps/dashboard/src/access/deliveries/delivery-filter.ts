import type { FoundDelivery } from "@sayso/client";
import type { DeliveryFilter } from "../queries.ts";

type Status = FoundDelivery["status"];
export const deliveryStatuses: readonly Status[] = ["pending", "delivered", "failed", "gone"];

/**
 * Reads the filter from the page's address. The result has every name, so that a value which is no filter leaves the
 * address.
 */
export function readDeliveryFilter(search: Record<string, unknown>): DeliveryFilter {
  const text = (name: string): string | undefined => {
    const value = search[name];
    // The router reads `?target=8080` as a number.
    const plain = typeof value === "string" || typeof value === "number" ? String(value) : "";
    return plain !== "" && plain.length <= 200 ? plain : undefined;
  };
  return {
    status: deliveryStatuses.find((status) => status === search.status),
    event: text("event"),
    target: text("target"),
    subscription_id: text("subscription_id"),
    connection_id: text("connection_id"),
  };
}

/** Keeps only the names that narrow the list, so that addresses stay short. */
export const withoutAbsent = (filter: DeliveryFilter): DeliveryFilter =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined && value !== ""),
  );
