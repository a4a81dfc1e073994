import type { FoundDelivery } from "@sayso/client";
import { access } from "../../strings/access.ts";
import { Mark, type Tone } from "../../ui/mark.tsx";

const tones: Record<FoundDelivery["status"], Tone> = {
  pending: "info",
  delivered: "good",
  failed: "bad",
  gone: "neutral",
};

/** The state of a delivery. A pending delivery that has failed before is shown as retried. */
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
