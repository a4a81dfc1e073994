import type { GoalValueHistory, KeyResult, KeyResultHealth } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { Ellipsis, Flag } from "lucide-react";
import { api } from "../../api.ts";
import { LineChart } from "../../charts/line-chart.tsx";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { amountText, numberText, tickText } from "../amounts.ts";
import { ArchiveDialog } from "../archive-dialog.tsx";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { useKeyResultFields } from "../form/use-fields.ts";
import { HealthParts } from "./health.tsx";
import { GoalStatusMark, Progress } from "../goal-progress.tsx";
import { RecordDialog } from "../record-dialog.tsx";
import { useDialog } from "../use-dialog.ts";
import styles from "./key-result-card.module.css";

interface KeyResultCardProps {
  keyResult: KeyResult;
  /** Whether its objective is under change control, which then covers the key result too. */
  objectiveNeedsApproval: boolean;
  /** The key result's health. Undefined: not read yet. */
  health: KeyResultHealth | undefined;
  history: GoalValueHistory["points"];
}

/** A key result on its objective's page: its state, its history and its actions. */
export function KeyResultCard(props: KeyResultCardProps) {
  const { keyResult, health, history } = props;
  const { goals } = strings;
  const texts = goals.keyResult;
  const { title, unit, start, target, current, owner } = keyResult;
  const dialog = useDialog<Dialog>();
  return (
    <article className={styles.card}>
      <header className={styles.head}>
        <h3>
          <UntrustedText text={title} />
        </h3>
        <span className={styles.marks}>
          {keyResult.needs_approval && <Mark>{goals.needsApproval}</Mark>}
          <GoalStatusMark status={keyResult.status} />
        </span>
      </header>
      <Progress name={title} share={keyResult.progress} status={keyResult.status} />
      <p className={styles.facts}>
        <strong>
          <UntrustedText text={amountText(current, unit)} />
        </strong>{" "}
        <UntrustedText text={goals.fromTo(numberText(start), amountText(target, unit))} />
        {" · "}
        <UntrustedText text={owner ?? goals.nobody} />
        {" · "}
        {goals.checkIns(keyResult.checkins_count)}
      </p>
      {health && <HealthParts health={health} />}
      {history.length >= 2 && <History keyResult={keyResult} history={history} />}
      <div className={styles.actions}>
        <Button
          size="small"
          icon={<Flag aria-hidden />}
          aria-label={texts.checkInOf(plainLine(title))}
          onClick={dialog.open("checkIn")}
        >
          {texts.checkIn}
        </Button>
        <Menu
          trigger={
            <IconButton size="small" label={texts.more(plainLine(title))}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          <MenuItem onSelect={dialog.open("edit")}>{texts.edit}</MenuItem>
          <MenuItem kind="danger" onSelect={dialog.open("archive")}>
            {texts.archive}
          </MenuItem>
        </Menu>
      </div>
      <Dialogs
        keyResult={keyResult}
        needsApproval={keyResult.needs_approval || props.objectiveNeedsApproval}
        dialog={dialog}
      />
    </article>
  );
}

function History({ keyResult, history }: Pick<KeyResultCardProps, "keyResult" | "history">) {
  const { goals } = strings;
  const { title, unit, target } = keyResult;
  const points = history.map(({ value, at }) => ({ value, at: Date.parse(at) }));
  const amountOf = (value: number) => amountText(value, unit);
  return (
    <details className={styles.history}>
      <summary>{goals.keyResult.history}</summary>
      <LineChart
        label={goals.chart.summary(
          title,
          points.length,
          amountOf(points[0]?.value ?? 0),
          amountOf(points.at(-1)?.value ?? 0),
        )}
        points={points}
        target={{ value: target, label: goals.chart.target(amountOf(target)) }}
        amountOf={amountOf}
        tickOf={tickText}
        hint={goals.chart.hint}
        readout={goals.chart.read}
        height={180}
      />
    </details>
  );
}

type Dialog = "checkIn" | "edit" | "archive";

interface DialogsProps {
  keyResult: KeyResult;
  needsApproval: boolean;
  dialog: ReturnType<typeof useDialog<Dialog>>;
}

function Dialogs({ keyResult, needsApproval, dialog }: DialogsProps) {
  const texts = strings.goals.keyResult;
  const { id } = keyResult;
  const isHeld = needsApproval && !isAdmin(useMe());
  const fields = useKeyResultFields(keyResult);
  return (
    <>
      <RecordDialog
        {...dialog.of("checkIn")}
        title={texts.checkInDialog}
        name={keyResult.title}
        unit={keyResult.unit}
        current={keyResult.current}
        withStatus
        submit={(value) => api.recordCheckIn({ id, ...value })}
        done={texts.recorded}
      />
      <GoalDialog
        {...dialog.of("edit")}
        title={texts.editDialog}
        fields={fields}
        thing={keyResult}
        isHeld={isHeld}
        submit={(patch) => api.updateKeyResult({ id, ...patch })}
      />
      <ArchiveDialog
        {...dialog.of("archive")}
        words={texts}
        archive={() => api.archiveKeyResult({ id })}
      />
    </>
  );
}
