import type { ConnectionUsage } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { access } from "../../strings/access.ts";
import { Card } from "../../ui/card.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { exactTimeOf, Time } from "../../ui/time.tsx";
import { connectionUsageQuery } from "../queries.ts";
import styles from "./usage-card.module.css";

const text = access.connections;
type Hour = ConnectionUsage["hours"][number];

/** Shows how much of a connection's hourly limit is left, read again every few seconds, and its latest hours. */
export function UsageCard({ id }: { id: string }) {
  const query = useQuery(connectionUsageQuery(id));
  return (
    <Card title={text.usage}>
      <Loaded query={query} skeleton={<Skeleton lines={1} height="13rem" />}>
        {(usage) => (
          <>
            <Meter usage={usage} />
            <Hours hours={usage.hours} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Meter({ usage }: { usage: ConnectionUsage }) {
  const { used, limit_per_hour: limit, remaining, resets_at } = usage;
  const share = limit === 0 ? 1 : used / limit;
  const tone = share >= 0.95 ? "bad" : share >= 0.75 ? "warn" : "good";
  return (
    <div className={styles.meter}>
      <div className={styles.line}>
        <strong className="numbers">{text.usageOf(used, limit)}</strong>
        <span className="hint">
          {text.left(remaining)}, {text.resets} <Time at={resets_at} />
        </span>
      </div>
      <div
        className={styles.track}
        role="meter"
        aria-label={text.usage}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={used}
        aria-valuetext={text.usageOf(used, limit)}
      >
        <div
          className={styles.used}
          data-tone={tone}
          style={{ width: `${Math.min(1, share) * 100}%` }}
        />
      </div>
      <small className="hint">{text.usageHint}</small>
    </div>
  );
}

const total = (hours: readonly Hour[], of: "calls" | "refused" | "failed"): number =>
  hours.reduce((sum, hour) => sum + hour[of], 0);

function Hours({ hours }: { hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  const [refused, failed] = [total(hours, "refused"), total(hours, "failed")];
  const all = total(hours, "calls");
  const [first, last] = [hours[0], hours.at(-1)];
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.line}>
        <h3>{text.perHourTitle}</h3>
        <span className="hint">{text.totalCalls(all)}</span>
      </figcaption>
      <div
        className={styles.bars}
        role="img"
        aria-label={`${text.perHourTitle}: ${text.hourOf(all, refused, failed)}`}
      >
        {hours.map((hour) => (
          <Bar key={hour.starts_at} hour={hour} most={most} />
        ))}
      </div>
      {first && last && (
        <div className={styles.axis}>
          <Time at={first.starts_at} />
          <Time at={last.starts_at} />
        </div>
      )}
      <div className={styles.legend}>
        <span className={styles.isGood}>{text.succeeded}</span>
        {refused > 0 && <span className={styles.isRefused}>{text.refused}</span>}
        {failed > 0 && <span className={styles.isFailed}>{text.failed}</span>}
      </div>
    </figure>
  );
}

function Bar({ hour, most }: { hour: Hour; most: number }) {
  const { calls, refused, failed } = hour;
  const parts = [
    [styles.good, calls - refused - failed],
    [styles.refused, refused],
    [styles.failed, failed],
  ] as const;
  return (
    <div
      className={styles.bar}
      title={`${exactTimeOf(hour.starts_at)}: ${text.hourOf(calls, refused, failed)}`}
    >
      {parts.map(
        ([className, count]) =>
          count > 0 && (
            <span
              key={className}
              className={className}
              style={{ height: `${(count / most) * 100}%`, minHeight: 2 }}
            />
          ),
      )}
    </div>
  );
}
