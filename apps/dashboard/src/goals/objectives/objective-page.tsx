import type { CreateKeyResultInput, Objective } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { api } from "../../api.ts";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { ArchiveDialog } from "../archive-dialog.tsx";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { useKeyResultFields, useObjectiveFields } from "../form/use-fields.ts";
import { KeyResultCard } from "./key-result-card.tsx";
import { GoalStatusMark, Progress } from "../goal-progress.tsx";
import { Facts } from "../facts.tsx";
import {
  keyResultHistoriesQuery,
  objectiveHealthQuery,
  objectiveQuery,
  seenObjective,
} from "../queries.ts";
import { GoalHeader } from "../goal-header.tsx";
import { Timeline } from "../timeline/timeline.tsx";
import { useDialog } from "../use-dialog.ts";
import { WaitingChanges } from "../timeline/waiting-changes.tsx";
import styles from "./objective-page.module.css";

const route = getRouteApi("/goals/objectives/$id");

/** The page of one objective: its state, its key results and its timeline. */
export function ObjectivePage() {
  const { id } = route.useParams();
  const query = useQuery({ ...objectiveQuery(id), placeholderData: () => seenObjective(id) });
  return (
    <Loaded query={query} skeleton={<Skeleton lines={4} height="8rem" />}>
      {(objective) => <Shown objective={objective} />}
    </Loaded>
  );
}

function Shown({ objective }: { objective: Objective }) {
  const { goals } = strings;
  const texts = goals.objective;
  const dialog = useDialog<"edit" | "archive" | "add">();
  useShortcuts(goals.title, [
    { keys: "e", label: goals.keysWork.edit, run: dialog.open("edit") },
    { keys: "n", label: texts.add, run: dialog.open("add") },
  ]);
  return (
    <>
      <GoalHeader
        to="/goals"
        name={objective.title}
        words={texts}
        onEdit={dialog.open("edit")}
        onArchive={dialog.open("archive")}
      />
      <WaitingChanges goalId={objective.id} />
      <Summary objective={objective} />
      <KeyResults objective={objective} onAdd={dialog.open("add")} />
      <Card title={texts.timeline}>
        <Timeline kind="objective" id={objective.id} />
      </Card>
      <Dialogs objective={objective} dialog={dialog} />
    </>
  );
}

function Summary({ objective }: { objective: Objective }) {
  const { goals } = strings;
  const { owner, cycle, description } = objective;
  return (
    <Card>
      <Progress name={objective.title} share={objective.progress} status={objective.status} />
      <Facts
        facts={[
          [goals.fields.status, <GoalStatusMark key="status" status={objective.status} />],
          [goals.health.label, goals.health.score(objective.health_score)],
          [goals.owner, <UntrustedText key="owner" text={owner ?? goals.nobody} />],
          [goals.cycle, <UntrustedText key="cycle" text={cycle ?? goals.noCycle} />],
          [goals.type, goals.types[objective.type]],
          [goals.fields.needs_approval, objective.needs_approval && strings.common.yes],
        ]}
      />
      {description !== null && <UntrustedText text={description} isBlock />}
    </Card>
  );
}

function KeyResults({ objective, onAdd }: { objective: Objective; onAdd: () => void }) {
  const texts = strings.goals.objective;
  const health = useQuery(objectiveHealthQuery(objective.id)).data?.key_results;
  const histories = useQuery(keyResultHistoriesQuery(objective.id)).data;
  const add = (
    <Button size="small" icon={<Plus aria-hidden />} onClick={onAdd}>
      {texts.add}
    </Button>
  );
  return (
    <section className={styles.keyResults}>
      <div className={styles.head}>
        <h2>{texts.keyResults}</h2>
        {objective.key_results.length > 0 && add}
      </div>
      {objective.key_results.length === 0 && (
        <EmptyState title={texts.none} actions={add}>
          <p>{texts.noneHint}</p>
        </EmptyState>
      )}
      <ul>
        {objective.key_results.map((keyResult) => (
          <li key={keyResult.id}>
            <KeyResultCard
              keyResult={keyResult}
              objectiveNeedsApproval={objective.needs_approval}
              health={health?.find(({ key_result_id }) => key_result_id === keyResult.id)}
              history={histories?.get(keyResult.id) ?? []}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface DialogsProps {
  objective: Objective;
  dialog: ReturnType<typeof useDialog<"edit" | "archive" | "add">>;
}

function Dialogs({ objective, dialog }: DialogsProps) {
  const texts = strings.goals.objective;
  const { id } = objective;
  const isHeld = objective.needs_approval && !isAdmin(useMe());
  const fields = useObjectiveFields(objective);
  const newFields = useKeyResultFields(null);
  const navigate = useNavigate();
  return (
    <>
      <GoalDialog
        {...dialog.of("edit")}
        title={texts.editDialog}
        fields={fields}
        thing={objective}
        isHeld={isHeld}
        submit={(patch) => api.updateObjective({ id, ...patch })}
      />
      <GoalDialog
        {...dialog.of("add")}
        title={texts.addDialog}
        fields={newFields}
        thing={null}
        defaults={{ start: "0", weight: "1", owner_id: objective.owner_id ?? "" }}
        submit={(body: Omit<CreateKeyResultInput, "id">) => api.createKeyResult({ id, ...body })}
        done={texts.added}
      />
      <ArchiveDialog
        {...dialog.of("archive")}
        words={texts}
        archive={async () => {
          await api.archiveObjective({ id });
          await navigate({ to: "/goals" });
        }}
      />
    </>
  );
}
