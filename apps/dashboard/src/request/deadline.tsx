import type { Approval } from "@sayso/client";
import { Hourglass } from "lucide-react";
import { strings } from "../strings/index.ts";
import { exactTimeOf, useNow } from "../ui/time.tsx";
import { countdownOf } from "./countdown.ts";
import styles from "./deadline.module.css";

/** A deadline within this time is soon. */
const SOON_MS = 3_600_000;

/** Counts down to a request's deadline, and says what happens then. Shows nothing without a deadline. */
export function Deadline({ approval }: { approval: Approval }) {
  const { expires_at, auto_action, auto_action_at, status } = approval;
  const isAuto =
    auto_action !== null &&
    auto_action_at !== null &&
    (expires_at === null || auto_action_at < expires_at);
  const at = isAuto ? auto_action_at : expires_at;
  const now = useNow();
  if (at === null || status !== "pending") return null;
  const { deadline } = strings.request;
  const leftMs = Date.parse(at) - now;
  const [label, then] = isAuto
    ? [deadline.acts[auto_action], deadline.actsThen[auto_action]]
    : [deadline.expires, deadline.expiresThen];
  return (
    <div className={styles.deadline} data-soon={leftMs < SOON_MS || undefined}>
      <Hourglass aria-hidden />
      {leftMs <= 0 ? (
        <p>
          <strong>{deadline.passed}.</strong> {deadline.passedThen}
        </p>
      ) : (
        <p>
          {label}{" "}
          <strong>
            <time dateTime={at} title={exactTimeOf(at)}>
              {countdownOf(leftMs)}
            </time>
          </strong>{" "}
          <span className="hint">({exactTimeOf(at)})</span>. {then}
        </p>
      )}
    </div>
  );
}
