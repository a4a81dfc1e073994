import type { ReactNode } from "react";
import { fillOf, type ChartTone } from "./tones.ts";
import styles from "./bar-rows.module.css";

export interface BarRow {
  key: string;
  label: ReactNode;
  /** The bar's parts, from left to right. */
  parts: readonly { tone: ChartTone; value: number }[];
  /** The value in words, at the end of the row. */
  text: ReactNode;
}

/**
 * Compares things by the length of their bars, one on each line. Screen readers skip the bars, because the words say
 * the same.
 */
export function BarRows({ rows }: { rows: readonly BarRow[] }) {
  const longest = Math.max(...rows.map(({ parts }) => sum(parts)), 0);
  return (
    <ul className={styles.rows}>
      {rows.map(({ key, label, parts, text }) => (
        <li key={key}>
          <span className={styles.label}>{label}</span>
          <Bar parts={parts} longest={longest} />
          <span className={styles.text}>{text}</span>
        </li>
      ))}
    </ul>
  );
}

const sum = (parts: BarRow["parts"]): number => parts.reduce((all, { value }) => all + value, 0);

function Bar({ parts, longest }: { parts: BarRow["parts"]; longest: number }) {
  let at = 0;
  const shown = parts
    .filter(({ value }) => value > 0)
    .map(({ tone, value }) => {
      const part = { tone, x: at, width: longest === 0 ? 0 : (100 * value) / longest };
      at += part.width;
      return part;
    });
  return (
    <svg className={styles.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
      <rect className={styles.ground} width={100} height={10} />
      {shown.map(({ tone, x, width }) => (
        <rect key={tone} className={fillOf(tone)} x={x} width={width} height={10} />
      ))}
    </svg>
  );
}
