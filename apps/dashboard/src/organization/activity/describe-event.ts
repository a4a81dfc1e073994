import type { Activity } from "@sayso/client";
import { isKeyOf } from "@sayso/exact-json";
import { strings } from "../../strings/index.ts";

/** The fields whose id names the subject of an event that isn't about a request. Earlier fields take precedence. */
const subjects = [
  "to_person_id",
  "person_id",
  "team_id",
  "template_id",
  "connection_id",
  "client_id",
  "key_result_id",
  "objective_id",
  "flow_id",
  "invited_by",
] as const;

/** Returns the action in words, which stand between the actor's name and the subject. */
export const actionOf = ({ type }: Pick<Activity, "type">): string => {
  const { actions, otherAction } = strings.organization.activity;
  return isKeyOf(actions, type) ? actions[type] : otherAction(type);
};

/**
 * Returns the name of the event's subject: the name that the event recorded, otherwise the present one. Null: the
 * subject has no name, or it is the actor.
 */
export function subjectOf(
  { actor, data }: Pick<Activity, "actor" | "data">,
  names: ReadonlyMap<string, string>,
): string | null {
  for (const field of ["name", "title", "entity_name"])
    if (typeof data[field] === "string") return data[field];
  for (const key of subjects) {
    const id = data[key];
    if (typeof id === "string" && id !== actor.id) return names.get(id) ?? null;
  }
  return null;
}

/** Returns an event's other data, field by field. An id becomes a name if it has one. */
export const detailsOf = (
  { data }: Pick<Activity, "data">,
  names: ReadonlyMap<string, string>,
): [field: string, value: string][] =>
  Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => [
      field.replace(/_ids?$/, "").replaceAll("_", " "),
      typeof value === "string"
        ? (names.get(value) ?? value)
        : Array.isArray(value)
          ? value.map((one) => names.get(String(one)) ?? textOf(one)).join(", ")
          : textOf(value),
    ]);

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
