import type { KeyResult, Kpi, Objective } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { cyclesQuery, peopleQuery } from "../queries.ts";
import type { FormField } from "./draft.ts";

const { fields: words, types, directions, nobody, noCycle, hasLeft } = strings.goals;

const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** Returns the field for a goal's owner. An owner who has left stays an option until somebody else is chosen. */
function useOwnerField(goal: { owner: string | null; owner_id: string | null } | null): FormField {
  const people = useQuery(peopleQuery).data ?? [];
  const isFormer =
    typeof goal?.owner_id === "string" && !people.some(({ id }) => id === goal.owner_id);
  return {
    name: "owner_id",
    label: words.owner_id,
    kind: "choice",
    options: [
      { value: "", label: nobody },
      ...(isFormer
        ? [{ value: goal.owner_id ?? "", label: hasLeft(plainLine(goal.owner ?? "")) }]
        : []),
      ...people.map(({ id, name }) => ({ value: id, label: plainLine(name) })),
    ],
  };
}

/** Returns the field for change control, which only admins set. */
function useApprovalFields(): FormField[] {
  if (!isAdmin(useMe())) return [];
  const hint = words.needsApprovalHint;
  return [{ name: "needs_approval", label: words.needs_approval, kind: "tick", hint }];
}

const line = (name: "title" | "name", maxLength: number): FormField => ({
  name,
  label: words[name],
  kind: "line",
  isRequired: true,
  maxLength,
});
const description: FormField = {
  name: "description",
  label: words.description,
  kind: "text",
  maxLength: 5000,
};
const unit: FormField = {
  name: "unit",
  label: words.unit,
  kind: "line",
  hint: words.unitHint,
  maxLength: 50,
};
const number = (
  name: "start" | "target" | "current" | "weight",
  more: Partial<FormField> = {},
): FormField => ({ name, label: words[name], kind: "number", ...more });

export function useObjectiveFields(objective: Objective | null): FormField[] {
  const cycles = useQuery(cyclesQuery).data ?? [];
  const owner = useOwnerField(objective);
  const approval = useApprovalFields();
  return [
    line("title", 500),
    description,
    {
      name: "cycle_id",
      label: words.cycle_id,
      kind: "choice",
      options: [
        { value: "", label: noCycle },
        ...cycles.map(({ id, name }) => ({ value: id, label: plainLine(name) })),
      ],
    },
    { name: "type", label: words.type, kind: "choice", options: optionsOf(types) },
    owner,
    ...approval,
  ];
}

export function useKeyResultFields(keyResult: KeyResult | null): FormField[] {
  const owner = useOwnerField(keyResult);
  const approval = useApprovalFields();
  return [
    line("title", 500),
    number("start", { isRequired: true }),
    number("target", { isRequired: true }),
    ...(keyResult === null ? [number("current", { hint: words.currentHint })] : []),
    unit,
    number("weight", { hint: words.weightHint, isRequired: true }),
    owner,
    ...approval,
  ];
}

export function useKpiFields(kpi: Kpi | null): FormField[] {
  const owner = useOwnerField(kpi);
  const approval = useApprovalFields();
  return [
    line("name", 200),
    description,
    number("target", { isRequired: true }),
    ...(kpi === null ? [number("current", { hint: words.currentKpiHint })] : []),
    unit,
    { name: "direction", label: words.direction, kind: "choice", options: optionsOf(directions) },
    owner,
    ...approval,
  ];
}

export const cycleFields: readonly FormField[] = [
  line("name", 200),
  { name: "starts_on", label: words.starts_on, kind: "day", isRequired: true },
  { name: "ends_on", label: words.ends_on, kind: "day", isRequired: true },
];

export const reviewCycleFields: readonly FormField[] = [
  line("name", 200),
  {
    name: "status",
    label: words.status,
    kind: "choice",
    hint: strings.goals.reviews.cycleStatusHint,
    options: optionsOf(strings.goals.reviews.cycleStatus),
  },
  { name: "due_date", label: words.due_date, kind: "day" },
];
