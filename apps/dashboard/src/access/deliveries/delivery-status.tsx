import type { FoundDelivery } from "@sayso/client";
import { access } from "../../strings/access.ts";
import { Mark, type Tone } from "../../ui/mark.tsx";

const tones: Record<FoundDelivery["status"], Tone> = {
  pending: "info",
  delivered: "good",
  failed: "bad",
  gone: "neutral",
};

/** How a delivery stands: one that has failed before and is tried again says so. */
export function DeliveryStatus({
  status,
  lastError,
}: {
  status: FoundDelivery["status"];
  lastError: string | null;
}) {
  const { status: words } = access.deliveries;
  const isRetried = status === "pending" && lastError !== null;
  return (
    <Mark tone={isRetried ? "warn" : tones[status]}>
      {isRetried ? words.retrying : words[status]}
    </Mark>
  );
}
