import type { ReactNode } from "react";
import { strings } from "../strings/index.ts";
import { classes } from "./classes.ts";
import styles from "./mark.module.css";

/** The meaning of a mark's colour. The words say the same. */
export type Tone = "neutral" | "good" | "bad" | "warn" | "info";

/** A word in a rounded box. */
export function Mark({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={classes(styles.mark, styles[tone])}>{children}</span>;
}

type Status = keyof typeof strings.common.status;
type Priority = keyof typeof strings.common.priority;

const statusTones: Record<Status, Tone> = {
  pending: "info",
  approved: "good",
  rejected: "bad",
  cancelled: "neutral",
  expired: "warn",
};
const priorityTones: Record<Priority, Tone> = {
  low: "neutral",
  medium: "neutral",
  high: "warn",
  critical: "bad",
};

/** A request's status as a mark. */
export const StatusMark = ({ status }: { status: Status }) => (
  <Mark tone={statusTones[status]}>{strings.common.status[status]}</Mark>
);

/** A request's priority as a mark. */
export const PriorityMark = ({ priority }: { priority: Priority }) => (
  <Mark tone={priorityTones[priority]}>{strings.common.priority[priority]}</Mark>
);
