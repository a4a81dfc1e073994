import { strings } from "../../strings/index.ts";
import { exactTimeOf, relativeOf, useNow } from "../../ui/time.tsx";
import type { Item } from "../queries.ts";
import styles from "./request-row.module.css";

/** A deadline within this time is soon. */
const SOON_MS = 3_600_000;

/** Counts down to a pending request's deadline, and names its automatic action. */
export function RowDeadline({ item }: { item: Item }) {
  const { expires_at, auto_action, auto_action_at } = item;
  const acts =
    auto_action !== null &&
    auto_action_at !== null &&
    (expires_at === null || auto_action_at < expires_at);
  const at = acts ? auto_action_at : expires_at;
  if (at === null || item.status !== "pending") return null;
  return <Countdown at={at} what={acts ? strings.inbox.row.acts[auto_action] : null} />;
}

function Countdown({ at, what }: { at: string; what: string | null }) {
  const now = useNow();
  const { row } = strings.inbox;
  const date = Date.parse(at);
  const left = date - now;
  const span = relativeOf(date, now);
  return (
    <time
      dateTime={at}
      title={exactTimeOf(at)}
      className={styles.deadline}
      data-soon={left < SOON_MS || undefined}
    >
      {left <= 0 ? row.overdue : what === null ? row.expires(span) : row.actsWhen(what, span)}
    </time>
  );
}
