import { linearScale } from "./scale.ts";
import styles from "./sparkline.module.css";

interface SparklineProps {
  /** The line in words, for people who don't see it. */
  label: string;
  /** The values, oldest first, evenly spaced. */
  values: readonly number[];
  /** Drawn as a dotted line. */
  target?: number;
  /** The tone of the line. Default: good. */
  tone?: "good" | "warn" | "bad";
}

const WIDTH = 100;
const HEIGHT = 32;
const EDGE = 3;

/** Shows the course of a number at a glance, as wide as the place that holds it. It needs at least two values. */
export function Sparkline({ label, values, target, tone = "good" }: SparklineProps) {
  if (values.length < 2) return <div className={styles.empty} aria-hidden />;
  const all = target === undefined ? values : [...values, target];
  const x = linearScale([0, values.length - 1], [0, WIDTH]);
  const y = linearScale([Math.min(...all), Math.max(...all)], [HEIGHT - EDGE, EDGE]);
  const line = values.map((value, i) => `${x(i).toFixed(2)},${y(value).toFixed(2)}`).join(" ");
  return (
    <svg
      className={styles.sparkline}
      data-tone={tone}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {target !== undefined && <path className={styles.target} d={`M0,${y(target)}H${WIDTH}`} />}
      <polyline className={styles.line} points={line} />
    </svg>
  );
}
