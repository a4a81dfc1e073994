import type { Cycle } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarRange, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { dayText } from "../amounts.ts";
import { daysBetween, today } from "./cycle-choice.ts";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { cycleFields } from "../form/use-fields.ts";
import { GoalsTabs } from "../goals-tabs.tsx";
import { cyclesQuery } from "../queries.ts";
import { useDialog } from "../use-dialog.ts";
import styles from "../rows.module.css";

/** The page of cycles, the periods for reaching objectives. */
export function CyclesPage() {
  const { cycles: texts, tabs } = strings.goals;
  const query = useQuery(cyclesQuery);
  const dialog = useDialog<"make" | "edit">();
  const [edited, setEdited] = useState<string>();
  return (
    <>
      <PageHeader
        title={tabs.cycles}
        lead={texts.lead}
        actions={
          <Button kind="primary" icon={<Plus aria-hidden />} onClick={dialog.open("make")}>
            {texts.create}
          </Button>
        }
      />
      <GoalsTabs />
      <Loaded query={query}>
        {(cycles) =>
          cycles.length === 0 ? (
            <EmptyState title={texts.none} icon={<CalendarRange aria-hidden />}>
              <p>{texts.noneHint}</p>
            </EmptyState>
          ) : (
            <Card>
              <Rows>
                {cycles.map((cycle) => (
                  <li key={cycle.id}>
                    <CycleRow
                      cycle={cycle}
                      onEdit={() => {
                        setEdited(cycle.id);
                        dialog.open("edit")();
                      }}
                    />
                  </li>
                ))}
              </Rows>
            </Card>
          )
        }
      </Loaded>
      <GoalDialog
        {...dialog.of("make")}
        title={texts.dialog}
        fields={cycleFields}
        thing={null}
        submit={api.createCycle}
        done={texts.created}
      />
      <GoalDialog
        {...dialog.of("edit")}
        title={texts.editDialog}
        fields={cycleFields}
        thing={query.data?.find(({ id }) => id === edited) ?? {}}
        submit={(patch) => api.updateCycle({ id: edited ?? "", ...patch })}
      />
    </>
  );
}

function CycleRow({ cycle, onEdit }: { cycle: Cycle; onEdit: () => void }) {
  const { cycles: texts } = strings.goals;
  const { id, name, starts_on: first, ends_on: last } = cycle;
  const day = today();
  const isNow = first <= day && day <= last;
  return (
    <div className={styles.row}>
      <div className={styles.what}>
        <p>
          <strong>
            <UntrustedText text={name} />
          </strong>{" "}
          {isNow ? (
            <Mark tone="good">{texts.current}</Mark>
          ) : (
            <Mark>{last < day ? texts.ended : texts.upcoming}</Mark>
          )}
        </p>
        <p className="hint numbers">
          {texts.days(dayText(first), dayText(last))}
          {isNow && ` · ${texts.left(daysBetween(day, last) + 1)}`}
        </p>
      </div>
      <div className={styles.actions}>
        <Link to="/goals" search={{ cycle: id }}>
          {texts.see}
        </Link>
        <Button size="small" aria-label={texts.editOf(plainLine(name))} onClick={onEdit}>
          {texts.edit}
        </Button>
      </div>
    </div>
  );
}
