import { Link, useNavigate } from "@tanstack/react-router";
import { strings } from "../../strings/index.ts";
import { Field, Input } from "../../ui/forms/field.tsx";
import { dayTextOf, rangeOf, type InsightsSearch } from "./insights-search.ts";
import styles from "./insights.module.css";

const words = strings.organization.insights;
const periods = [
  [7, { days: 7 }],
  [30, {}],
  [90, { days: 90 }],
] as const satisfies [number, InsightsSearch][];

/** Chooses the period: a usual number of days, or any two days. */
export function PeriodChoice({ search, today }: { search: InsightsSearch; today: string }) {
  const navigate = useNavigate({ from: "/insights" });
  const range = rangeOf(search, today);
  const shown = {
    from: dayTextOf(new Date(range.from)),
    to: dayTextOf(new Date(Date.parse(range.to) - 1)),
  };
  const isOwn = search.from !== undefined;
  return (
    <div className={styles.span}>
      <nav aria-label={words.period}>
        <ul>
          {periods.map(([days, to]) => (
            <li key={days}>
              <Link
                to="/insights"
                search={to}
                replace
                aria-current={!isOwn && (search.days ?? 30) === days ? "true" : undefined}
                className={styles.days}
              >
                {words.lastDays(days)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {(["from", "to"] as const).map((end) => (
        <Field key={end} label={words[end]}>
          <Input
            type="date"
            value={shown[end]}
            max={today}
            onChange={({ currentTarget: { value } }) => {
              const chosen = { ...shown, [end]: value };
              if (value !== "" && chosen.from <= chosen.to)
                void navigate({ search: chosen, replace: true });
            }}
          />
        </Field>
      ))}
    </div>
  );
}
