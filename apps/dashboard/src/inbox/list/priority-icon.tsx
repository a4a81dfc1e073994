import type { Priority } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import styles from "./priority-icon.module.css";

const bars: Record<Priority, number> = { low: 1, medium: 2, high: 3, critical: 4 };

/** A request's priority as one to four bars, with the word for people who don't see them. */
export function PriorityIcon({ priority }: { priority: Priority }) {
  const word = strings.common.priority[priority];
  return (
    <svg viewBox="0 0 16 16" className={styles[priority]} role="img" aria-label={word}>
      <title>{word}</title>
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          className={bar < bars[priority] ? styles.full : styles.rest}
          x={bar * 4 + 0.5}
          y={11 - bar * 3}
          width="2.8"
          height={4 + bar * 3}
          rx="1"
        />
      ))}
    </svg>
  );
}
