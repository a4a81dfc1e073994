import type { DeliverySummary } from "@sayso/client";
import { Link } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { strings } from "../../strings/index.ts";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "./timeline.module.css";

/** A delivery that followed from an event: its target and its state. */
export function DeliveryItem({ delivery }: { delivery: DeliverySummary }) {
  const { timeline } = strings.request;
  const { status, attempts, last_status_code, last_error, next_attempt_at } = delivery;
  const isBad = status === "failed" || status === "gone" || attempts > 1;
  return (
    <li className={styles.item} data-tone={status !== "delivered" && isBad ? "bad" : "plain"}>
      <span className={styles.icon}>
        <Send aria-hidden />
      </span>
      <div>
        <p>
          <Link to="/deliveries/$id" params={{ id: delivery.id }}>
            {timeline.delivery[delivery.kind]}
          </Link>{" "}
          <UntrustedText text={timeline.to(hostOf(delivery.origin))} />: {became(delivery)}
          {status === "pending" && attempts > 0 && next_attempt_at !== null && (
            <>
              {" "}
              <Time at={next_attempt_at} />
            </>
          )}{" "}
          <span className="hint">
            <Time at={delivery.delivered_at ?? delivery.created_at} />
          </span>
        </p>
        {status !== "delivered" && attempts > 0 && (last_error ?? last_status_code) !== null && (
          <p className="hint">
            <UntrustedText text={last_error ?? String(last_status_code)} />
          </p>
        )}
      </div>
    </li>
  );
}

const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, "");

function became({ status, attempts }: DeliverySummary): string {
  const { timeline } = strings.request;
  if (status === "delivered") return timeline.delivered;
  if (status === "gone") return timeline.gone;
  if (status === "failed") return timeline.failed(attempts);
  return attempts === 0 ? timeline.waiting : timeline.retrying(attempts);
}
