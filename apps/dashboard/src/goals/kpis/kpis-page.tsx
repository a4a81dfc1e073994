import type { GoalValueHistory, Kpi } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Gauge, Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { api } from "../../api.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { amountText } from "../amounts.ts";
import { callOf } from "../commands.ts";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { useKpiFields } from "../form/use-fields.ts";
import { GoalsTabs } from "../goals-tabs.tsx";
import { GoalStatusMark, lineTone } from "../goal-progress.tsx";
import { Tools } from "../page-tools.tsx";
import { kpiHistoriesQuery, kpisQuery, waitingChangesQuery } from "../queries.ts";
import { ShownFirst } from "../shown-first.tsx";
import { useDialog } from "../use-dialog.ts";
import { useFindKey } from "../use-find-key.ts";
import styles from "./kpis-page.module.css";

/** The page of the organization's KPIs. */
export function KpisPage() {
  const { kpis: texts, tabs } = strings.goals;
  const query = useQuery(kpisQuery);
  const dialog = useDialog<"make">();
  useShortcuts(tabs.kpis, [
    { keys: "n", label: strings.goals.keysWork.create, run: dialog.open("make") },
  ]);
  return (
    <>
      <PageHeader
        title={tabs.kpis}
        lead={texts.lead}
        actions={
          <Button kind="primary" icon={<Plus aria-hidden />} onClick={dialog.open("make")}>
            {texts.create}
          </Button>
        }
      />
      <GoalsTabs />
      <Loaded query={query} skeleton={<Skeleton lines={3} height="9rem" />}>
        {(kpis) => (kpis.length === 0 ? <NoKpis /> : <List kpis={kpis} />)}
      </Loaded>
      <NewKpi {...dialog.of("make")} />
    </>
  );
}

function List({ kpis }: { kpis: readonly Kpi[] }) {
  const { kpis: texts } = strings.goals;
  const histories = useQuery(kpiHistoriesQuery).data;
  const { data: waiting = [] } = useQuery(waitingChangesQuery());
  const [typed, setTyped] = useState("");
  const find = useDeferredValue(typed.trim().toLowerCase());
  const box = useFindKey();
  const found = kpis.filter(({ name }) => name.toLowerCase().includes(find));
  return (
    <>
      <Tools>
        <SearchBox ref={box} place="among" label={texts.find} value={typed} onChange={setTyped} />
      </Tools>
      {found.length === 0 && <p className="hint">{texts.noneFound}</p>}
      <ShownFirst items={found}>
        {(shown) => (
          <ul className={styles.grid}>
            {shown.map((kpi) => (
              <li key={kpi.id}>
                <KpiCard
                  kpi={kpi}
                  history={histories?.get(kpi.id) ?? []}
                  isWaiting={waiting.some(({ entity_id }) => entity_id === kpi.id)}
                />
              </li>
            ))}
          </ul>
        )}
      </ShownFirst>
    </>
  );
}

interface KpiCardProps {
  kpi: Kpi;
  history: GoalValueHistory["points"];
  isWaiting: boolean;
}

function KpiCard({ kpi, history, isWaiting }: KpiCardProps) {
  const { goals } = strings;
  const { id, name, current, target, unit, status, last_updated: lastUpdated } = kpi;
  return (
    <article className={styles.card}>
      <header className={styles.head}>
        <h2>
          <Link to="/goals/kpis/$id" params={{ id }}>
            <UntrustedText text={name} />
          </Link>
        </h2>
        <GoalStatusMark status={status} />
      </header>
      <p className={styles.value} data-is={current === null ? "unknown" : "known"}>
        <UntrustedText text={amountText(current, unit)} />
      </p>
      <Sparkline
        label={goals.kpis.trend(name, history.length)}
        values={history.map(({ value }) => value)}
        target={target}
        tone={lineTone(status)}
      />
      <p className={styles.facts}>
        <span>
          <UntrustedText text={goals.chart.target(amountText(target, unit))} />
        </span>
        {lastUpdated !== null && (
          <span>
            {goals.lastUpdated} <Time at={lastUpdated} />
          </span>
        )}
        {isWaiting && <Mark tone="warn">{goals.waiting.mark}</Mark>}
      </p>
    </article>
  );
}

function NoKpis() {
  const { kpis: texts } = strings.goals;
  const command = callOf("POST", "/api/v1/kpis/$KPI/updates", { value: 3810 });
  return (
    <EmptyState
      title={texts.none}
      icon={<Gauge aria-hidden />}
      actions={<CopyBlock text={command} label={texts.command} />}
    >
      <p>{texts.noneHint}</p>
    </EmptyState>
  );
}

function NewKpi(props: { isOpen: boolean; onClose: () => void }) {
  const { kpis: texts } = strings.goals;
  const me = useMe();
  const fields = useKpiFields(null);
  const navigate = useNavigate();
  return (
    <GoalDialog
      {...props}
      title={texts.dialog}
      fields={fields}
      thing={null}
      defaults={{ owner_id: me.id, direction: "increase" }}
      submit={api.createKpi}
      done={texts.created}
      onDone={({ id }) => void navigate({ to: "/goals/kpis/$id", params: { id } })}
    />
  );
}
