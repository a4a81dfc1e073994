import { fillOf, type ChartTone } from "./tones.ts";
import styles from "./legend.module.css";

/** Names the meaning of each colour. */
export const Legend = ({ items }: { items: readonly { tone: ChartTone; label: string }[] }) => (
  <ul className={styles.legend}>
    {items.map(({ tone, label }) => (
      <li key={label}>
        <span className={fillOf(tone)} aria-hidden />
        {label}
      </li>
    ))}
  </ul>
);
