import { useQuery } from "@tanstack/react-query";
import { strings } from "../../strings/index.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { numberText } from "../amounts.ts";
import { cyclesQuery, peopleQuery } from "../queries.ts";
import styles from "./timeline.module.css";

/** Shows the new values of fields, given with the API's names: "Target: 12 · Owner: Alice". */
export function FieldChanges({ changes }: { changes: Readonly<Record<string, unknown>> }) {
  const people = useQuery(peopleQuery).data ?? [];
  const cycles = useQuery(cyclesQuery).data ?? [];
  const { fields, timeline } = strings.goals;
  const labels: Readonly<Record<string, string>> = fields;
  const wordsOf = (name: string, value: unknown): string => {
    if (value === null || value === "")
      return name === "owner_id" ? timeline.nobody : strings.goals.form.empty;
    if (name === "owner_id")
      return people.find(({ id }) => id === value)?.name ?? strings.common.somebodyGone;
    if (name === "cycle_id")
      return cycles.find(({ id }) => id === value)?.name ?? JSON.stringify(value);
    if (typeof value === "boolean") return value ? timeline.on : timeline.off;
    if (typeof value === "number") return numberText(value);
    const choices: Readonly<Record<string, string>> | undefined =
      name === "type"
        ? strings.goals.types
        : name === "direction"
          ? strings.goals.directions
          : undefined;
    return typeof value === "string" ? (choices?.[value] ?? value) : JSON.stringify(value);
  };
  return (
    <span className={styles.changes}>
      {Object.entries(changes).map(([name, value]) => (
        <span key={name} className={styles.change}>
          <UntrustedText text={timeline.fieldSet(labels[name] ?? name, wordsOf(name, value))} />
        </span>
      ))}
    </span>
  );
}
