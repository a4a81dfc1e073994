import type { Figures, Priority } from "@sayso/client";
import { BarRows } from "../../charts/bar-rows.tsx";
import { ChartCard } from "../../charts/chart-card.tsx";
import { ColumnChart } from "../../charts/column-chart.tsx";
import { Legend } from "../../charts/legend.tsx";
import type { ChartTone } from "../../charts/tones.ts";
import { strings } from "../../strings/index.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";

const words = strings.organization.insights;
const { columns } = words;

const priorities: readonly [Priority, ChartTone][] = [
  ["critical", "bad"],
  ["high", "warn"],
  ["medium", "info"],
  ["low", "plain"],
];

export type Outcome = keyof Figures["outcomes"];

export const outcomes: readonly [Outcome, ChartTone][] = [
  ["approved", "good"],
  ["rejected", "bad"],
  ["cancelled", "plain"],
  ["expired", "warn"],
];

export const outcomeLegend = outcomes.map(([outcome, tone]) => ({
  tone,
  label: words.outcome[outcome],
}));

const timeOf = (seconds: number | null): string =>
  seconds === null ? words.none : words.duration(seconds);

const DAY = 86_400;

/** Shows the pending requests, by age and priority. */
export function WaitingChart({ pending }: { pending: Figures["pending"] }) {
  const totalOf = (age: (typeof pending.by_age)[number]) =>
    priorities.reduce((sum, [priority]) => sum + age[priority], 0);
  const labelOf = (index: number): string => {
    const upTo = pending.by_age[index]?.up_to_seconds ?? null;
    if (upTo !== null) return words.waiting.upTo(upTo);
    return words.waiting.longer(pending.by_age[index - 1]?.up_to_seconds ?? 0);
  };
  const old = pending.by_age
    .filter(({ up_to_seconds: upTo }) => upTo === null || upTo > DAY)
    .reduce((sum, age) => sum + totalOf(age), 0);
  const table = {
    columns: [columns.age, ...priorities.map(([priority]) => strings.common.priority[priority])],
    rows: pending.by_age.map((age, index) => ({
      key: labelOf(index),
      cells: [labelOf(index), ...priorities.map(([priority]) => words.number(age[priority]))],
    })),
  };
  const { waiting } = words;
  return (
    <ChartCard
      title={waiting.title}
      answer={pending.total === 0 ? waiting.nothing : waiting.answer(pending.total, old)}
      table={table}
    >
      <BarRows
        rows={pending.by_age.map((age, index) => ({
          key: labelOf(index),
          label: labelOf(index),
          parts: priorities.map(([priority, tone]) => ({ tone, value: age[priority] })),
          text: words.number(totalOf(age)),
        }))}
      />
      <Legend
        items={priorities.map(([priority, tone]) => ({
          tone,
          label: strings.common.priority[priority],
        }))}
      />
    </ChartCard>
  );
}

/** Returns the parts of a bar: the median, and the rest up to the 90th percentile. */
export const timeParts = (median: number | null, p90: number | null) =>
  [
    { tone: "good", value: median ?? 0 },
    { tone: "faint", value: Math.max(0, (p90 ?? 0) - (median ?? 0)) },
  ] as const;

export const timeLegend = [
  { tone: "good", label: words.speed.median },
  { tone: "faint", label: words.speed.p90 },
] as const;

export const timeText = (median: number | null, p90: number | null): string =>
  median === null ? words.none : words.speed.text(timeOf(median), timeOf(p90));

/** Shows the time from a request to a person's decision, by priority. */
export function SpeedChart({ figures }: { figures: Figures }) {
  const { decision_time: all, by_priority: byPriority } = figures;
  const ordered = priorities
    .flatMap(([priority]) => byPriority.find((one) => one.priority === priority) ?? [])
    .filter(({ count }) => count > 0);
  return (
    <ChartCard
      title={words.speed.title}
      answer={
        all.count > 0
          ? words.speed.answer(timeOf(all.p50_seconds), timeOf(all.p90_seconds))
          : undefined
      }
      table={{
        columns: [columns.priority, columns.count, columns.median, columns.p90],
        rows: ordered.map((one) => ({
          key: one.priority,
          cells: [
            strings.common.priority[one.priority],
            words.number(one.count),
            timeOf(one.p50_seconds),
            timeOf(one.p90_seconds),
          ],
        })),
      }}
    >
      <BarRows
        rows={ordered.map((one) => ({
          key: one.priority,
          label: strings.common.priority[one.priority],
          parts: timeParts(one.p50_seconds, one.p90_seconds),
          text: timeText(one.p50_seconds, one.p90_seconds),
        }))}
      />
      <Legend items={timeLegend} />
    </ChartCard>
  );
}

/** Shows the time from a request to a person's decision, by the team that was asked. */
export function TeamsChart({ teams }: { teams: Figures["by_team"] }) {
  const named = teams.map((one) => ({
    ...one,
    label: <UntrustedText text={one.team.name ?? words.gone} />,
  }));
  return (
    <ChartCard
      title={words.speed.teams}
      answer={words.speed.teamsAnswer}
      table={{
        columns: [columns.team, columns.count, columns.median, columns.p90],
        rows: named.map((one) => ({
          key: one.team.id,
          cells: [
            one.label,
            words.number(one.count),
            timeOf(one.p50_seconds),
            timeOf(one.p90_seconds),
          ],
        })),
      }}
    >
      <BarRows
        rows={named.map((one) => ({
          key: one.team.id,
          label: one.label,
          parts: timeParts(one.p50_seconds, one.p90_seconds),
          text: timeText(one.p50_seconds, one.p90_seconds),
        }))}
      />
      <Legend items={timeLegend} />
    </ChartCard>
  );
}

// The server names the days, so they are formatted without the viewer's time zone.
const shortDay = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
const longDay = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });

/** Shows the number of requests that ended on each day, by outcome. */
export function VolumeChart({ days }: { days: Figures["days"] }) {
  const dateOf = (day: string) => new Date(`${day}T00:00:00Z`);
  const { volume } = words;
  const inWords = (day: (typeof days)[number]): string =>
    outcomes
      .filter(([outcome]) => day[outcome] > 0)
      .map(([outcome]) => `${words.number(day[outcome])} ${words.outcome[outcome]}`)
      .join(", ") || volume.nothing;
  return (
    <ChartCard
      title={volume.title}
      table={{
        columns: [columns.day, ...outcomes.map(([outcome]) => words.outcome[outcome])],
        rows: days.map((day) => ({
          key: day.day,
          cells: [
            shortDay.format(dateOf(day.day)),
            ...outcomes.map(([outcome]) => words.number(day[outcome])),
          ],
        })),
      }}
    >
      <ColumnChart
        label={volume.title}
        columns={days.map((day) => ({
          key: day.day,
          label: shortDay.format(dateOf(day.day)),
          parts: outcomes.map(([outcome, tone]) => ({ tone, value: day[outcome] })),
        }))}
        readout={(column) => {
          const day = days.find((one) => one.day === column?.key);
          return day ? volume.of(longDay.format(dateOf(day.day)), inWords(day)) : volume.hint;
        }}
      />
      <Legend items={outcomeLegend} />
    </ChartCard>
  );
}
