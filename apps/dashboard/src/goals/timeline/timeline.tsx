import type { GoalTimelineEntry } from "@sayso/client";
import { isKeyOf, isObject } from "@sayso/exact-json";
import { useInfiniteQuery } from "@tanstack/react-query";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { amountText, numberText } from "../amounts.ts";
import { FieldChanges } from "./field-changes.tsx";
import { GoalStatusMark } from "../goal-progress.tsx";
import { timelineQuery } from "../queries.ts";
import styles from "./timeline.module.css";

/** The timeline of a goal, newest first, with more on demand. */
export function Timeline({ kind, id }: { kind: "objective" | "kpi"; id: string }) {
  const query = useInfiniteQuery(timelineQuery(kind, id));
  const { timeline } = strings.goals;
  if (query.data === undefined)
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton lines={4} height="2.4rem" />
    );
  const entries = query.data.pages.flatMap(({ data }) => data);
  return (
    <>
      <ol className={styles.timeline}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {timeline.more}
        </Button>
      )}
    </>
  );
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

function Entry({ entry: { type, data, by, created_at: at } }: { entry: GoalTimelineEntry }) {
  const { timeline } = strings.goals;
  const isOfKeyResult = type.startsWith("key_result.") || type === "checkin.recorded";
  const comment = textOf(data.comment);
  const changes = data.changes;
  return (
    <li data-type={type}>
      <p>
        <strong>
          <UntrustedText
            text={by.full_name ?? (by.kind === "system" ? timeline.sayso : timeline.somebody)}
          />
        </strong>{" "}
        {isKeyOf(timeline.did, type) ? timeline.did[type] : type}{" "}
        {isOfKeyResult && <KeyResultName title={textOf(data.title)} />}
        <Reported data={data} />{" "}
        <small className="hint">
          <Time at={at} />
        </small>
      </p>
      {isObject(changes) && <FieldChanges changes={changes} />}
      {comment !== null && (
        <div className={styles.comment}>
          <UntrustedText text={comment} isBlock />
        </div>
      )}
    </li>
  );
}

const KeyResultName = ({ title }: { title: string | null }) =>
  title !== null && <UntrustedText text={title} />;

/** The values of a check-in or of a KPI's update, and the reported status. */
function Reported({ data }: Pick<GoalTimelineEntry, "data">) {
  const value = numberOf(data.value) ?? numberOf(data.new_value);
  if (value === null) return null;
  const before = numberOf(data.previous_value);
  const amount = amountText(value, textOf(data.unit));
  const status = data.status;
  return (
    <>
      {" "}
      <span className={styles.values}>
        <UntrustedText
          text={
            before === null ? amount : strings.goals.timeline.fromTo(numberText(before), amount)
          }
        />
      </span>{" "}
      {(status === "on_track" || status === "at_risk" || status === "off_track") && (
        <GoalStatusMark status={status} />
      )}
    </>
  );
}
