import type { KeyResultHealth } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import { numberText } from "../amounts.ts";
import styles from "./health.module.css";

/** Shows the parts of a key result's health score, folded up. */
export function HealthParts({ health }: { health: KeyResultHealth }) {
  const { health: texts } = strings.goals;
  const { points, days_since_checkin: days, velocity, progress_gap: gap } = health;
  const rows = [
    {
      name: texts.recency,
      part: points.recency,
      max: 30,
      hint: texts.recencyHint(texts.days(days)),
    },
    {
      name: texts.velocity,
      part: points.velocity,
      max: 30,
      hint: texts.velocityHint(percentOf(velocity)),
    },
    { name: texts.gap, part: points.gap, max: 40, hint: gapHint(gap) },
  ];
  return (
    <details className={styles.health}>
      <summary>
        {texts.label} {texts.score(health.score)}
      </summary>
      <dl>
        {rows.map(({ name, part, max, hint }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={styles.part}>{texts.of(numberText(Math.round(part)), max)}</dd>
            <dd className={styles.hint}>{hint}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const percentOf = (share: number): string => numberText(Math.round(Math.max(0, share) * 100));

function gapHint(gap: number): string {
  const { health: texts } = strings.goals;
  const percent = numberText(Math.round(Math.abs(gap) * 100));
  if (percent === "0") return texts.onTime;
  return gap > 0 ? texts.behind(percent) : texts.ahead(percent);
}
