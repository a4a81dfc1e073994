import type { Figures } from "@sayso/client";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BarChart3 } from "lucide-react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { useNow } from "../../ui/time.tsx";
import { AskedChart, SourcesChart, StuckChart } from "./people-charts.tsx";
import { dayTextOf, rangeOf, type InsightsSearch } from "./insights-search.ts";
import { PeriodChoice } from "./period-choice.tsx";
import { SpeedChart, TeamsChart, VolumeChart, WaitingChart } from "./time-charts.tsx";
import styles from "./insights.module.css";

const route = getRouteApi("/insights");
const words = strings.organization.insights;
const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The interval at which the figures are read again. It can be long, because the figures are about weeks. */
const AGAIN_MS = 60_000;

const insightsQuery = (search: InsightsSearch, today: string) =>
  queryOptions({
    queryKey: ["insights", search, today],
    queryFn: ({ signal }) =>
      api.getFigures({ ...rangeOf(search, today), time_zone: timeZone }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });

/** The page of insights: figures and charts. */
export function InsightsPage() {
  const search = route.useSearch();
  const today = dayTextOf(new Date());
  const query = useQuery(insightsQuery(search, today));
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <PeriodChoice search={search} today={today} />
      <Loaded query={query} skeleton={<Skeleton lines={4} height="11rem" />}>
        {(figures) => (isEmpty(figures) ? <Nothing /> : <Charts figures={figures} />)}
      </Loaded>
      <p className={styles.zone}>{words.zone(timeZone)}</p>
    </>
  );
}

const totalOf = ({ approved, rejected, cancelled, expired }: Figures["outcomes"]): number =>
  approved + rejected + cancelled + expired;

const isEmpty = ({ outcomes, pending, asked_sampled: asked }: Figures): boolean =>
  totalOf(outcomes) + pending.total + asked === 0;

const Nothing = () => (
  <EmptyState title={words.emptyTitle} icon={<BarChart3 aria-hidden />}>
    <p>{words.emptyText}</p>
    <CopyBlock label={words.curlLabel} text={firstRequest()} />
  </EmptyState>
);

const Charts = ({ figures }: { figures: Figures }) => (
  <>
    <Summary figures={figures} />
    <div className={styles.charts}>
      <WaitingChart pending={figures.pending} />
      <SpeedChart figures={figures} />
      <div className={styles.wide}>
        <VolumeChart days={figures.days} />
      </div>
      <AskedChart figures={figures} />
      <StuckChart figures={figures} />
      <SourcesChart sources={figures.by_connection} />
      <TeamsChart teams={figures.by_team} />
    </div>
  </>
);

/** The most important figures. */
function Summary({ figures }: { figures: Figures }) {
  const { pending, decision_time: time, approval_rate: rate, outcomes, days } = figures;
  const ended = totalOf(outcomes);
  const judged = outcomes.approved + outcomes.rejected;
  const of = (seconds: number | null) => (seconds === null ? words.none : words.duration(seconds));
  const tiles: [label: string, value: string, more: string | null][] = [
    [words.waitingNow, words.number(pending.total), useOldest(pending.oldest_at)],
    [
      words.medianTime,
      of(time.p50_seconds),
      time.p90_seconds === null ? null : words.p90(of(time.p90_seconds)),
    ],
    [
      words.approvalRate,
      rate === null ? words.none : words.rate(rate),
      rate === null ? null : words.rateOf(judged),
    ],
    [words.ended, words.number(ended), words.perDay(ended / Math.max(1, days.length))],
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(([label, value, more]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <strong>{value}</strong>
            {more !== null && <span>{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useOldest(at: string | null): string | null {
  const now = useNow();
  if (at === null) return null;
  return `${words.oldest} ${words.duration(Math.max(0, (now - Date.parse(at)) / 1000))}`;
}

const firstRequest = (): string => `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"title": "Deploy v2", "description": "To production", "priority": "high"}'`;
