import type { WaitingGoalChange } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { strings } from "../../strings/index.ts";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { FieldChanges } from "./field-changes.tsx";
import { waitingChangesQuery } from "../queries.ts";
import styles from "./waiting-changes.module.css";

/** Lists a goal's changes that wait for a yes, each with a link to its request. Shows nothing if none waits. */
export function WaitingChanges({ goalId }: { goalId: string }) {
  const { data: changes = [] } = useQuery(waitingChangesQuery(goalId));
  const { waiting } = strings.goals;
  return (
    <div role="status">
      {changes.length > 0 && (
        <section className={styles.waiting}>
          <h2>
            <Hourglass aria-hidden />
            {waiting.title(changes.length)}
          </h2>
          <ul>
            {changes.map((change) => (
              <li key={change.id}>
                <Change change={change} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Change({ change }: { change: WaitingGoalChange }) {
  const { waiting, timeline } = strings.goals;
  return (
    <>
      <strong>
        <UntrustedText text={change.entity_name} />
      </strong>{" "}
      <FieldChanges changes={change.patch} />
      <p className="hint">
        {waiting.asked} <Time at={change.created_at} /> {waiting.by}{" "}
        <UntrustedText text={change.requester_full_name ?? timeline.somebody} />
        {" · "}
        <Link to="/requests/$id" params={{ id: change.id }}>
          {waiting.see}
        </Link>
      </p>
    </>
  );
}
