import type { Kpi } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { api } from "../../api.ts";
import { LineChart } from "../../charts/line-chart.tsx";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { amountText, tickText } from "../amounts.ts";
import { callOf } from "../commands.ts";
import { ArchiveDialog } from "../archive-dialog.tsx";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { useKpiFields } from "../form/use-fields.ts";
import { statusBands } from "./kpi-bands.ts";
import { GoalStatusMark } from "../goal-progress.tsx";
import { Facts } from "../facts.tsx";
import { kpiQuery, kpiUpdatesQuery, seenKpi } from "../queries.ts";
import { RecordDialog } from "../record-dialog.tsx";
import { GoalHeader } from "../goal-header.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { useDialog } from "../use-dialog.ts";
import { WaitingChanges } from "../timeline/waiting-changes.tsx";

const route = getRouteApi("/goals/kpis/$id");

/** The page of one KPI: its state, its history and its timeline. */
export function KpiPage() {
  const { id } = route.useParams();
  const query = useQuery({ ...kpiQuery(id), placeholderData: () => seenKpi(id) });
  return (
    <Loaded query={query} skeleton={<Skeleton lines={3} height="9rem" />}>
      {(kpi) => <Shown kpi={kpi} />}
    </Loaded>
  );
}

function Shown({ kpi }: { kpi: Kpi }) {
  const { kpi: texts, kpis } = strings.goals;
  const dialog = useDialog<Dialog>();
  useShortcuts(strings.goals.tabs.kpis, [
    { keys: "e", label: texts.edit, run: dialog.open("edit") },
    { keys: "n", label: texts.record, run: dialog.open("record") },
  ]);
  return (
    <>
      <GoalHeader
        to="/goals/kpis"
        name={kpi.name}
        words={{ ...texts, back: kpis.back }}
        onEdit={dialog.open("edit")}
        onArchive={dialog.open("archive")}
      >
        <Button kind="primary" icon={<Plus aria-hidden />} onClick={dialog.open("record")}>
          {texts.record}
        </Button>
      </GoalHeader>
      <WaitingChanges goalId={kpi.id} />
      <Summary kpi={kpi} />
      <Card title={texts.history}>
        <History kpi={kpi} />
      </Card>
      <Card title={texts.timeline}>
        <Timeline kind="kpi" id={kpi.id} />
      </Card>
      <Dialogs kpi={kpi} dialog={dialog} />
    </>
  );
}

function Summary({ kpi }: { kpi: Kpi }) {
  const { goals, common } = strings;
  const { current, target, unit, direction, description, last_updated: lastUpdated } = kpi;
  return (
    <Card>
      <Facts
        facts={[
          [goals.kpi.now, <UntrustedText key="now" text={amountText(current, unit)} />],
          [goals.target, <UntrustedText key="target" text={amountText(target, unit)} />],
          [goals.fields.status, <GoalStatusMark key="status" status={kpi.status} />],
          [goals.fields.direction, goals.directions[direction]],
          [goals.owner, <UntrustedText key="owner" text={kpi.owner ?? goals.nobody} />],
          [goals.lastValue, lastUpdated !== null && <Time at={lastUpdated} />],
          [goals.fields.needs_approval, kpi.needs_approval && common.yes],
        ]}
      />
      {description !== null && <UntrustedText text={description} isBlock />}
    </Card>
  );
}

function History({ kpi }: { kpi: Kpi }) {
  const { goals } = strings;
  const { id, name, unit, target } = kpi;
  const query = useQuery(kpiUpdatesQuery(id));
  const amountOf = (value: number) => amountText(value, unit);
  return (
    <Loaded query={query} skeleton={<Skeleton lines={1} height="260px" />}>
      {(updates) => {
        const recorded = updates.toReversed();
        const began = recorded[0]?.previous_value;
        const points = [
          ...(typeof began === "number" ? [{ at: Date.parse(kpi.created_at), value: began }] : []),
          ...recorded.map((one) => ({ at: Date.parse(one.created_at), value: one.new_value })),
        ];
        if (points.length < 2)
          return (
            <>
              <p className="hint">{goals.kpi.noHistory}</p>
              <CopyBlock
                text={callOf("POST", `/api/v1/kpis/${id}/updates`, { value: target })}
                label={goals.kpis.command}
              />
            </>
          );
        return (
          <LineChart
            label={goals.chart.summary(
              name,
              points.length,
              amountOf(points[0]?.value ?? 0),
              amountOf(points.at(-1)?.value ?? 0),
            )}
            points={points}
            target={{ value: target, label: goals.chart.target(amountOf(target)) }}
            bands={statusBands(kpi)}
            amountOf={amountOf}
            tickOf={tickText}
            hint={goals.chart.hint}
            readout={goals.chart.read}
            height={260}
          />
        );
      }}
    </Loaded>
  );
}

type Dialog = "record" | "edit" | "archive";

interface DialogsProps {
  kpi: Kpi;
  dialog: ReturnType<typeof useDialog<Dialog>>;
}

function Dialogs({ kpi, dialog }: DialogsProps) {
  const texts = strings.goals.kpi;
  const { id } = kpi;
  const isHeld = kpi.needs_approval && !isAdmin(useMe());
  const fields = useKpiFields(kpi);
  const navigate = useNavigate();
  return (
    <>
      <RecordDialog
        {...dialog.of("record")}
        title={texts.recordDialog}
        name={kpi.name}
        unit={kpi.unit}
        current={kpi.current}
        submit={(value) => api.recordKpiUpdate({ id, ...value })}
        done={texts.recorded}
      />
      <GoalDialog
        {...dialog.of("edit")}
        title={texts.editDialog}
        fields={fields}
        thing={kpi}
        isHeld={isHeld}
        submit={(patch) => api.updateKpi({ id, ...patch })}
      />
      <ArchiveDialog
        {...dialog.of("archive")}
        words={texts}
        archive={async () => {
          await api.archiveKpi({ id });
          await navigate({ to: "/goals/kpis" });
        }}
      />
    </>
  );
}
