import type { Priority } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import { Field, NativeSelect } from "./field.tsx";

/** All priorities, the lowest first. */
export const priorities: readonly Priority[] = ["low", "medium", "high", "critical"];

interface PriorityFieldProps {
  label: string;
  /** The words of the option for no priority. */
  none: string;
  value: Priority | "";
  onChange: (value: Priority | "") => void;
}

/** A labelled choice of a priority, or none. */
export const PriorityField = ({ label, none, value, onChange }: PriorityFieldProps) => (
  <Field label={label}>
    <NativeSelect
      value={value}
      onChange={({ currentTarget }) =>
        onChange(priorities.find((one) => one === currentTarget.value) ?? "")
      }
    >
      <option value="">{none}</option>
      {priorities.map((priority) => (
        <option key={priority} value={priority}>
          {strings.common.priority[priority]}
        </option>
      ))}
    </NativeSelect>
  </Field>
);
