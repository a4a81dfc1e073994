import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Input, NativeSelect, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import styles from "./filter-bar.module.css";
import { priorities, spans, statuses, type Filters } from "./filters.ts";
import type { Source } from "./opened-from.ts";
import { actionTypesQuery } from "../queries.ts";

interface FilterDialogProps {
  source: Source;
  /** Takes the chosen filters, without the search. Null: the dialog was only closed. */
  onDone: (filters: Filters | null) => void;
}

/** A dialog with every filter of a list. */
export function FilterDialog({ source, onDone }: FilterDialogProps) {
  const { filter } = strings.inbox;
  const [filters, setFilters] = useState<Filters>(source.filters);
  const set = (changes: Filters) => setFilters({ ...filters, ...changes });
  const shown = source.list === "decided" ? statuses.slice(1) : statuses;
  return (
    <Dialog isOpen onClose={() => onDone(null)} title={filter.title}>
      <Form
        // The browser checks the order of the two days.
        noValidate={false}
        onSubmit={() => onDone(filters)}
        actions={
          <DialogActions>
            <Button onClick={() => onDone({})}>{filter.reset}</Button>
            <SubmitButton>{filter.show}</SubmitButton>
          </DialogActions>
        }
      >
        <div className={styles.fields}>
          {source.list !== "inbox" && (
            <Ticks
              legend={filter.status}
              all={shown}
              words={strings.common.status}
              chosen={filters.status}
              onChosen={(status) => set({ status })}
            />
          )}
          <Ticks
            legend={filter.priority}
            all={priorities}
            words={strings.common.priority}
            chosen={filters.priority}
            onChosen={(priority) => set({ priority })}
          />
          <ActionType value={filters.action} onValue={(action) => set({ action })} />
          <Field label={filter.source} hint={filter.sourceHint} isOptional>
            <Input
              value={filters.source ?? ""}
              maxLength={200}
              onValueChange={(text) => set({ source: text || undefined })}
            />
          </Field>
          <When filters={filters} set={set} />
        </div>
      </Form>
    </Dialog>
  );
}

interface TicksProps<One extends string> {
  legend: string;
  all: readonly One[];
  words: Record<One, string>;
  chosen: One[] | undefined;
  onChosen: (chosen: One[] | undefined) => void;
}

function Ticks<One extends string>({ legend, all, words, chosen = [], onChosen }: TicksProps<One>) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div className={styles.ticks}>
        {all.map((one) => (
          <Tick
            key={one}
            label={words[one]}
            checked={chosen.includes(one)}
            onChange={({ currentTarget }) => {
              const next = all.filter((other) =>
                other === one ? currentTarget.checked : chosen.includes(other),
              );
              onChosen(next.length > 0 ? next : undefined);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

function ActionType({
  value,
  onValue,
}: {
  value: string | undefined;
  onValue: (value: string | undefined) => void;
}) {
  const { filter } = strings.inbox;
  const { data = [] } = useQuery(actionTypesQuery);
  const all = value === undefined || data.includes(value) ? data : [value, ...data];
  return (
    <Field label={filter.action}>
      <NativeSelect
        value={value ?? ""}
        onChange={({ currentTarget }) => onValue(currentTarget.value || undefined)}
      >
        <option value="">{filter.anyAction}</option>
        {all.map((action) => (
          <option key={action} value={action}>
            {action}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}

function When({ filters, set }: { filters: Filters; set: (changes: Filters) => void }) {
  const { filter } = strings.inbox;
  const { days, from, to } = filters;
  const [isBetween, setBetween] = useState(from !== undefined || to !== undefined);
  const choose = (value: string) => {
    setBetween(value === "between");
    const span = spans.find((one) => String(one) === value);
    set({ days: span, ...(value !== "between" && { from: undefined, to: undefined }) });
  };
  return (
    <>
      <Field label={filter.when}>
        <NativeSelect
          value={isBetween ? "between" : (days ?? "any")}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {(["any", ...spans, "between"] as const).map((span) => (
            <option key={span} value={span}>
              {filter.days[span]}
            </option>
          ))}
        </NativeSelect>
      </Field>
      {isBetween && (
        <div className={styles.dates}>
          <Field label={filter.from}>
            <Input
              type="date"
              value={from ?? ""}
              max={to}
              onValueChange={(text) => set({ from: text || undefined })}
            />
          </Field>
          <Field label={filter.to}>
            <Input
              type="date"
              value={to ?? ""}
              min={from}
              onValueChange={(text) => set({ to: text || undefined })}
            />
          </Field>
        </div>
      )}
    </>
  );
}
