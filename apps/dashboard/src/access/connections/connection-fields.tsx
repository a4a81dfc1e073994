import type { Connection, CreateConnectionInput } from "@sayso/client";
import { access } from "../../strings/access.ts";
import { keysOf } from "../../objects.ts";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { PriorityField } from "../../ui/forms/priority-field.tsx";
import styles from "../access.module.css";
import { ChoiceField, TextField } from "../choice-fields.tsx";

type Priority = NonNullable<Connection["max_priority"]>;

/** A connection's settings as they are typed. */
interface TypedConnection {
  name: string;
  limit: string;
  actionTypes: string;
  maxPriority: Priority | "";
  defaultTitle: string;
  defaultPriority: Priority | "";
  defaultDescription: string;
  approversNeeded: Connection["approvers_needed"];
}

export const untouched: TypedConnection = {
  name: "",
  limit: "100",
  actionTypes: "",
  maxPriority: "",
  defaultTitle: "",
  defaultPriority: "",
  defaultDescription: "",
  approversNeeded: "one",
};

export const typedOf = (connection: Connection): TypedConnection => ({
  name: connection.name,
  limit: String(connection.rate_limit_per_hour),
  actionTypes: connection.allowed_action_types?.join(", ") ?? "",
  maxPriority: connection.max_priority ?? "",
  defaultTitle: connection.default_title ?? "",
  defaultPriority: connection.default_priority ?? "",
  defaultDescription: connection.default_description ?? "",
  approversNeeded: connection.approvers_needed,
});

/** Converts the typed settings into the API's input. */
export function inputOf(typed: TypedConnection) {
  const types = typed.actionTypes
    .split(",")
    .map((type) => type.trim())
    .filter((type) => type !== "");
  return {
    name: typed.name,
    rate_limit_per_hour: Number(typed.limit),
    allowed_action_types: types.length > 0 ? types : null,
    max_priority: typed.maxPriority === "" ? null : typed.maxPriority,
    default_title: typed.defaultTitle.trim() === "" ? null : typed.defaultTitle,
    default_priority: typed.defaultPriority === "" ? null : typed.defaultPriority,
    default_description: typed.defaultDescription === "" ? null : typed.defaultDescription,
    approvers_needed: typed.approversNeeded,
  } satisfies CreateConnectionInput;
}

/** Returns the typed settings that differ from the connection's. */
export function changesOf(connection: Connection, typed: TypedConnection) {
  const before = inputOf(typedOf(connection));
  const changes: Partial<typeof before> = inputOf(typed);
  for (const name of keysOf(before))
    if (JSON.stringify(changes[name]) === JSON.stringify(before[name])) delete changes[name];
  return changes;
}

const approversNeeded = [
  ["one", access.connections.approversNeededOne],
  ["all", access.connections.approversNeededAll],
] as const;

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
      <TextField
        label={text.defaultTitle}
        hint={text.defaultTitleHint}
        isOptional
        name="default_title"
        value={typed.defaultTitle}
        onChange={(defaultTitle) => onChange({ ...typed, defaultTitle })}
      />
      <Field label={text.defaultDescription} isOptional name="default_description">
        <Textarea
          value={typed.defaultDescription}
          onChange={({ currentTarget }) =>
            onChange({ ...typed, defaultDescription: currentTarget.value })
          }
        />
      </Field>
      <ChoiceField
        label={text.approversNeeded}
        name="approvers_needed"
        value={typed.approversNeeded}
        options={approversNeeded}
        onChange={(chosen) => onChange({ ...typed, approversNeeded: chosen })}
      />
    </>
  );
}
