import type { Connection, CreateConnectionInput } from "@sayso/client";
import { access } from "../../strings/access.ts";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { PriorityField } from "../../ui/forms/priority-field.tsx";
import styles from "../access.module.css";
import { TextField } from "../choice-fields.tsx";

type Priority = NonNullable<Connection["max_priority"]>;

/** A connection's settings as they are typed. */
interface TypedConnection {
  name: string;
  limit: string;
  actionTypes: string;
  maxPriority: Priority | "";
  defaultPriority: Priority | "";
  defaultDescription: string;
}

export const untouched: TypedConnection = {
  name: "",
  limit: "100",
  actionTypes: "",
  maxPriority: "",
  defaultPriority: "",
  defaultDescription: "",
};

export const typedOf = (connection: Connection): TypedConnection => ({
  name: connection.name,
  limit: String(connection.rate_limit_per_hour),
  actionTypes: connection.allowed_action_types?.join(", ") ?? "",
  maxPriority: connection.max_priority ?? "",
  defaultPriority: connection.default_priority ?? "",
  defaultDescription: connection.default_description ?? "",
});

/** Converts the typed settings into the API's input. */
export function inputOf(typed: TypedConnection): CreateConnectionInput {
  const types = typed.actionTypes
    .split(",")
    .map((type) => type.trim())
    .filter((type) => type !== "");
  return {
    name: typed.name,
    rate_limit_per_hour: Number(typed.limit),
    allowed_action_types: types.length > 0 ? types : null,
    max_priority: typed.maxPriority === "" ? null : typed.maxPriority,
    default_priority: typed.defaultPriority === "" ? null : typed.defaultPriority,
    default_description: typed.defaultDescription === "" ? null : typed.defaultDescription,
  };
}

interface ConnectionFieldsProps {
  typed: TypedConnection;
  onChange: (typed: TypedConnection) => void;
}

/** The fields for a connection's name and its hourly limit. */
export function BasicFields({ typed, onChange }: ConnectionFieldsProps) {
  const text = access.connections;
  return (
    <>
      <div className={styles.pair}>
        <TextField
          label={text.name}
          hint={text.nameHint}
          name="name"
          value={typed.name}
          onChange={(name) => onChange({ ...typed, name })}
        />
        <TextField
          label={text.limit}
          hint={text.limitHint}
          type="number"
          name="rate_limit_per_hour"
          value={typed.limit}
          onChange={(limit) => onChange({ ...typed, limit })}
        />
      </div>
    </>
  );
}

/** The fields for what a connection may ask, and for the defaults that its requests get. */
export function LimitFields({ typed, onChange }: ConnectionFieldsProps) {
  const text = access.connections;
  return (
    <>
      <TextField
        label={text.actionTypes}
        hint={text.actionTypesHint}
        isOptional
        name="allowed_action_types"
        value={typed.actionTypes}
        onChange={(actionTypes) => onChange({ ...typed, actionTypes })}
      />
      <div className={styles.pair}>
        <PriorityField
          label={text.maxPriority}
          none={text.anyPriority}
          value={typed.maxPriority}
          onChange={(maxPriority) => onChange({ ...typed, maxPriority })}
        />
        <PriorityField
          label={text.defaultPriority}
          none={text.noDefault}
          value={typed.defaultPriority}
          onChange={(defaultPriority) => onChange({ ...typed, defaultPriority })}
        />
      </div>
      <Field label={text.defaultDescription} isOptional name="default_description">
        <Textarea
          value={typed.defaultDescription}
          onChange={({ currentTarget }) =>
            onChange({ ...typed, defaultDescription: currentTarget.value })
          }
        />
      </Field>
    </>
  );
}
