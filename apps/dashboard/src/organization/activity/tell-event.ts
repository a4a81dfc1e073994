import type { Activity } from "@sayso/client";
import { strings } from "../../strings/index.ts";

/** Whose id stands for what an event was done to, where it isn't about a request. */
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
] as const;

/** What somebody did, in words: after their name, before what it was done to. */
export const deedOf = ({ type }: Pick<Activity, "type">): string =>
  strings.organization.activity.deeds[type] ?? strings.organization.activity.otherDeed(type);

/**
 * What an event was done to, by its name: the one that it told then, else the present one. Null: it is about nothing
 * that has a name, or about whoever did it.
 */
export function subjectOf(
  { actor, data }: Pick<Activity, "actor" | "data">,
  names: ReadonlyMap<string, string>,
): string | null {
  for (const told of ["name", "title", "entity_name"])
    if (typeof data[told] === "string") return data[told];
  for (const key of subjects) {
    const id = data[key];
    if (typeof id === "string" && id !== actor.id) return names.get(id) ?? null;
  }
  return null;
}

/** What an event tells besides, field by field: ids by their names, where they have one. */
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
