import type { Cycle, Objective } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus, Target } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { api } from "../../api.ts";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { NativeSelect } from "../../ui/forms/field.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { callOf } from "../commands.ts";
import { currentCycle, today } from "../cycles/cycle-choice.ts";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { useObjectiveFields } from "../form/use-fields.ts";
import { GoalsTabs } from "../goals-tabs.tsx";
import { ObjectiveCard } from "./objective-card.tsx";
import { Tools } from "../page-tools.tsx";
import { cyclesQuery, objectivesQuery, waitingChangesQuery } from "../queries.ts";
import { ShownFirst } from "../shown-first.tsx";
import { useFindKey } from "../use-find-key.ts";
import styles from "./objectives-page.module.css";

const route = getRouteApi("/goals");
const ALL = "all";

/** The page of the organization's objectives, by cycle. */
export function ObjectivesPage() {
  const { objectives: texts, title } = strings.goals;
  const cycles = useQuery(cyclesQuery);
  const [isMaking, setMaking] = useState(false);
  useShortcuts(title, [
    { keys: "n", label: strings.goals.keysWork.create, run: () => setMaking(true) },
  ]);
  return (
    <>
      <PageHeader
        title={title}
        lead={texts.lead}
        actions={
          <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
            {texts.create}
          </Button>
        }
      />
      <GoalsTabs />
      <Loaded query={cycles} skeleton={<Skeleton lines={3} height="7rem" />}>
        {(all) => <OfCycle cycles={all} isMaking={isMaking} onMakingEnd={() => setMaking(false)} />}
      </Loaded>
    </>
  );
}

interface OfCycleProps {
  cycles: readonly Cycle[];
  isMaking: boolean;
  onMakingEnd: () => void;
}

function OfCycle({ cycles, isMaking, onMakingEnd }: OfCycleProps) {
  const { objectives: texts } = strings.goals;
  const { cycle: asked } = route.useSearch();
  const navigate = useNavigate();
  const now = currentCycle(cycles, today());
  const chosen = asked === ALL ? undefined : (cycles.find(({ id }) => id === asked) ?? now);
  const query = useQuery(objectivesQuery(chosen?.id));
  const [typed, setTyped] = useState("");
  const find = useDeferredValue(typed.trim().toLowerCase());
  const box = useFindKey();
  return (
    <>
      <Tools>
        <NativeSelect
          aria-label={texts.pick}
          value={chosen?.id ?? ALL}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ to: "/goals", search: { cycle: value }, replace: true })
          }
        >
          <option value={ALL}>{texts.all}</option>
          {cycles.map(({ id, name }) => (
            <option key={id} value={id}>
              {id === now?.id ? texts.current(plainLine(name)) : plainLine(name)}
            </option>
          ))}
        </NativeSelect>
        <SearchBox ref={box} place="among" label={texts.find} value={typed} onChange={setTyped} />
      </Tools>
      <Loaded query={query} skeleton={<Skeleton lines={3} height="7rem" />}>
        {(objectives) => (
          <List objectives={objectives} find={find} isOfCycle={chosen !== undefined} />
        )}
      </Loaded>
      <NewObjective isOpen={isMaking} onClose={onMakingEnd} cycleId={chosen?.id ?? now?.id} />
    </>
  );
}

function List(props: { objectives: readonly Objective[]; find: string; isOfCycle: boolean }) {
  const { objectives, find, isOfCycle } = props;
  const { objectives: texts } = strings.goals;
  const { data: waiting = [] } = useQuery(waitingChangesQuery());
  const waitingIds = new Set(waiting.map(({ entity_id }) => entity_id));
  if (objectives.length === 0)
    return isOfCycle ? <p className="hint">{texts.noneOfCycle}</p> : <NoObjectives />;
  const found = objectives.filter(
    ({ title, key_results }) =>
      find === "" ||
      [title, ...key_results.map((one) => one.title)].some((text) =>
        text.toLowerCase().includes(find),
      ),
  );
  if (found.length === 0) return <p className="hint">{texts.noneFound}</p>;
  return (
    <ShownFirst items={found}>
      {(shown) => (
        <ul className={styles.list}>
          {shown.map((objective) => (
            <li key={objective.id}>
              <ObjectiveCard
                objective={objective}
                isWaiting={[objective, ...objective.key_results].some(({ id }) =>
                  waitingIds.has(id),
                )}
              />
            </li>
          ))}
        </ul>
      )}
    </ShownFirst>
  );
}

function NoObjectives() {
  const { objectives: texts } = strings.goals;
  const command = callOf("POST", "/api/v1/okrs", {
    title: "Improve onboarding",
    key_results: [{ title: "Trial-to-paid conversion", start: 10, target: 20, unit: "%" }],
  });
  return (
    <EmptyState
      title={texts.none}
      icon={<Target aria-hidden />}
      actions={<CopyBlock text={command} label={texts.command} />}
    >
      <p>{texts.noneHint}</p>
    </EmptyState>
  );
}

interface NewObjectiveProps {
  isOpen: boolean;
  onClose: () => void;
  cycleId: string | undefined;
}

function NewObjective({ isOpen, onClose, cycleId }: NewObjectiveProps) {
  const { objectives: texts } = strings.goals;
  const me = useMe();
  const fields = useObjectiveFields(null);
  const navigate = useNavigate();
  return (
    <GoalDialog
      isOpen={isOpen}
      onClose={onClose}
      title={texts.dialog}
      fields={fields}
      thing={null}
      defaults={{
        type: isAdmin(me) ? "org" : "individual",
        owner_id: me.id,
        cycle_id: cycleId ?? "",
      }}
      submit={api.createObjective}
      done={texts.created}
      onDone={({ id }) => void navigate({ to: "/goals/objectives/$id", params: { id } })}
    />
  );
}
