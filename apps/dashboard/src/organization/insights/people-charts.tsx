import type { Figures } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import type { ReactNode } from "react";
import { BarRows } from "../../charts/bar-rows.tsx";
import { ChartCard } from "../../charts/chart-card.tsx";
import { Legend } from "../../charts/legend.tsx";
import { strings } from "../../strings/index.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { outcomeLegend, outcomes, timeLegend, timeParts, timeText } from "./time-charts.tsx";

const words = strings.organization.insights;
const { columns } = words;

/** Shows the people and teams whose approval is needed most often. */
export function AskedChart({ figures }: { figures: Figures }) {
  const { asked, everybody_asked: everybody, asked_sampled: sampled } = figures;
  const rows = asked.map((one) => {
    const name = (one.person ?? one.team)?.name ?? null;
    const label: ReactNode =
      name === null ? (
        words.gone
      ) : (
        <UntrustedText text={one.person ? name : words.asked.team(name)} />
      );
    return { ...one, key: (one.person ?? one.team)?.id ?? "", label };
  });
  return (
    <ChartCard
      title={words.asked.title}
      answer={sampled > 0 ? words.asked.answer(everybody, sampled) : undefined}
      table={{
        columns: [columns.who, columns.asked, columns.pending, columns.decided],
        rows: rows.map(({ key, label, requests, pending, decided }) => ({
          key,
          cells: [
            label,
            words.number(requests),
            words.number(pending),
            decided === null ? words.none : words.number(decided),
          ],
        })),
      }}
    >
      <BarRows
        rows={rows.map(({ key, label, requests, pending }) => ({
          key,
          label,
          parts: [
            { tone: "info", value: requests - pending },
            { tone: "warn", value: pending },
          ],
          text: words.asked.text(requests, pending),
        }))}
      />
      <Legend
        items={[
          { tone: "info", label: words.asked.done },
          { tone: "warn", label: words.asked.waiting },
        ]}
      />
    </ChartCard>
  );
}

type Step = Figures["steps"][number];

function nameOf({ name, team, order }: Step): string {
  const step = name === null ? null : plainLine(name);
  const asked = team === null ? null : plainLine(team.name ?? words.gone);
  if (step !== null && asked !== null) return words.stuck.of(step, asked);
  return step ?? asked ?? words.stuck.step(order ?? 1);
}

/** Shows the steps that took longest. */
export function StuckChart({ figures }: { figures: Figures }) {
  const { steps, steps_sampled: sampled } = figures;
  const rows = steps.map((step) => ({
    ...step,
    key: `${step.name ?? ""} ${step.team?.id ?? ""} ${step.order ?? ""}`,
    label: <UntrustedText text={nameOf(step)} />,
  }));
  return (
    <ChartCard
      title={words.stuck.title}
      answer={steps.length > 0 ? words.stuck.answer(sampled) : undefined}
      table={{
        columns: [columns.step, columns.decisions, columns.median, columns.p90],
        rows: rows.map(({ key, label, count, p50_seconds: median, p90_seconds: p90 }) => ({
          key,
          cells: [label, words.number(count), words.duration(median), words.duration(p90)],
        })),
      }}
    >
      <BarRows
        rows={rows.map(({ key, label, p50_seconds: median, p90_seconds: p90 }) => ({
          key,
          label,
          parts: timeParts(median, p90),
          text: timeText(median, p90),
        }))}
      />
      <Legend items={timeLegend} />
    </ChartCard>
  );
}

/** Shows the requests of each connection, by outcome. */
export function SourcesChart({ sources }: { sources: Figures["by_connection"] }) {
  const rows = sources.map((source) => ({
    ...source,
    key: source.connection?.id ?? "people",
    total: outcomes.reduce((sum, [outcome]) => sum + source[outcome], 0),
    label: source.connection ? (
      <UntrustedText text={source.connection.name ?? words.gone} />
    ) : (
      words.sources.people
    ),
  }));
  return (
    <ChartCard
      title={words.sources.title}
      table={{
        columns: [columns.source, ...outcomes.map(([outcome]) => words.outcome[outcome])],
        rows: rows.map((row) => ({
          key: row.key,
          cells: [row.label, ...outcomes.map(([outcome]) => words.number(row[outcome]))],
        })),
      }}
    >
      <BarRows
        rows={rows.map((row) => ({
          key: row.key,
          label: row.label,
          parts: outcomes.map(([outcome, tone]) => ({ tone, value: row[outcome] })),
          text: words.number(row.total),
        }))}
      />
      <Legend items={outcomeLegend} />
    </ChartCard>
  );
}
