import type { GoalStatus } from "@sayso/client";
import { strings } from "../strings/index.ts";
import { classes } from "../ui/classes.ts";
import { Mark, type Tone } from "../ui/mark.tsx";
import { percentText } from "./amounts.ts";
import styles from "./goal-progress.module.css";

const tones: Record<GoalStatus, Tone> = { on_track: "good", at_risk: "warn", off_track: "bad" };

/** Returns the colour of a line or a bar for a status. */
export const lineTone = (status: GoalStatus): "good" | "warn" | "bad" =>
  (({ on_track: "good", at_risk: "warn", off_track: "bad" }) as const)[status];

/** A status in words, "at risk", with its colour. The words alone are enough to understand it. */
export const GoalStatusMark = ({ status }: { status: GoalStatus }) => (
  <Mark tone={tones[status]}>{strings.goals.status[status]}</Mark>
);

interface ProgressProps {
  /** The name of the thing that progresses, for people who don't see the bar. */
  name: string;
  /** The finished share, 0 to 1. */
  share: number;
  status: GoalStatus;
  size?: "small" | "normal";
}

/** A bar that shows the finished share, with its percentage. */
export function Progress({ name, share, status, size = "normal" }: ProgressProps) {
  const percent = percentText(share);
  return (
    <div className={classes(styles.progress, styles[size])}>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label={strings.goals.progressOf(name, percent)}
        aria-valuenow={Math.floor(share * 100)}
      >
        <div
          className={styles.done}
          data-tone={lineTone(status)}
          style={{ width: `${Math.min(100, share * 100)}%` }}
        />
      </div>
      <span className={styles.percent}>{percent}</span>
    </div>
  );
}
