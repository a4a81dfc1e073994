import type { GoalStatus } from "@sayso/client";
import { strings } from "../strings/index.ts";
import { classes } from "../ui/classes.ts";
import { Mark, type Tone } from "../ui/mark.tsx";
import { percentText } from "./amounts.ts";
import styles from "./goal-progress.module.css";

const tones: Record<GoalStatus, Tone> = { on_track: "good", at_risk: "warn", off_track: "bad" };

/** The colour of a line or a bar, which a status gives. */
export const lineTone = (status: GoalStatus): "good" | "warn" | "bad" =>
  (({ on_track: "good", at_risk: "warn", off_track: "bad" }) as const)[status];

/** "at risk", with its colour; the words alone would do. */
export const GoalStatusMark = ({ status }: { status: GoalStatus }) => (
  <Mark tone={tones[status]}>{strings.goals.status[status]}</Mark>
);

interface ProgressProps {
  /** Of what; for whoever doesn't see it. */
  name: string;
  /** 0 to 1 */
  share: number;
  status: GoalStatus;
  size?: "small" | "normal";
}

/** How much of the way is done: a bar with its per cent. */
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
