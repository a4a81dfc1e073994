import { strings } from "../strings/index.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { amountText } from "./amounts.ts";
import type { FormField } from "./form/draft.ts";
import { GoalDialog } from "./form/goal-dialog.tsx";
import type { NewValue } from "./queries.ts";

interface RecordDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** The name of the key result or KPI. */
  name: string;
  unit: string | null;
  /** The current value. Null: never measured. */
  current: number | null;
  /** Whether the form also asks for a status. */
  withStatus?: boolean;
  submit: (value: NewValue) => Promise<unknown>;
  done: string;
}

/** Records a new value of a key result or a KPI, with a comment. */
export function RecordDialog(props: RecordDialogProps) {
  const { name, unit, current, withStatus = false, submit, ...dialog } = props;
  const { keyResult: texts, status } = strings.goals;
  const fields: FormField[] = [
    {
      name: "value",
      label: texts.valueNow,
      kind: "number",
      isRequired: true,
      hint: texts.valueHint(amountText(current, unit)),
    },
    ...(withStatus
      ? [
          {
            name: "status",
            label: texts.status,
            kind: "choice" as const,
            options: [
              { value: "", label: texts.statusByHealth },
              ...Object.entries(status).map(([value, label]) => ({ value, label })),
            ],
          },
        ]
      : []),
    { name: "comment", label: texts.comment, kind: "text", maxLength: 5000 },
  ];
  return (
    <GoalDialog
      {...dialog}
      lead={<UntrustedText text={name} />}
      fields={fields}
      thing={null}
      verb={dialog.title}
      submit={submit}
    />
  );
}
