import type { CreateReviewInput, ReviewCycle } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import type { FormField } from "../form/draft.ts";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { peopleQuery } from "../queries.ts";

interface StartReviewProps {
  isOpen: boolean;
  onClose: () => void;
  /** The review cycles that are active now. */
  rounds: readonly ReviewCycle[];
}

/** Begins a review about somebody, and opens it for writing. */
export function StartReview({ isOpen, onClose, rounds }: StartReviewProps) {
  const { reviews: texts } = strings.goals;
  const me = useMe();
  const people = useQuery(peopleQuery).data ?? [];
  const navigate = useNavigate();
  const fields: FormField[] = [
    {
      name: "review_cycle_id",
      label: strings.goals.cycle,
      kind: "choice",
      isRequired: true,
      options: rounds.map(({ id, name }) => ({ value: id, label: plainLine(name) })),
    },
    {
      name: "employee_id",
      label: texts.about,
      kind: "choice",
      options: people.map(({ id, name }) => ({
        value: id,
        label: id === me.id ? texts.you(plainLine(name)) : plainLine(name),
      })),
    },
    {
      name: "type",
      label: texts.as,
      kind: "choice",
      hint: texts.asHint,
      options: [
        { value: "", label: texts.asPeer },
        { value: "manager", label: texts.asManager },
      ],
    },
  ];
  return (
    <GoalDialog
      isOpen={isOpen}
      onClose={onClose}
      title={texts.startDialog}
      lead={texts.startHint}
      fields={fields}
      thing={null}
      defaults={{ review_cycle_id: rounds[0]?.id ?? "", employee_id: me.id }}
      submit={({ type, ...body }: CreateReviewInput) => {
        const isSelf = body.employee_id === me.id;
        return api.createReview({ ...body, ...(!isSelf && type !== undefined && { type }) });
      }}
      onDone={({ id }) => void navigate({ to: "/goals/reviews/$id", params: { id } })}
    />
  );
}
