import type { KeyResult, Objective } from "@sayso/client";
import { Link } from "@tanstack/react-router";
import { strings } from "../../strings/index.ts";
import { Mark } from "../../ui/mark.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { amountText, numberText } from "../amounts.ts";
import { GoalStatusMark, Progress } from "../goal-progress.tsx";
import styles from "./objective-card.module.css";

interface ObjectiveCardProps {
  objective: Objective;
  /** Whether a change of the objective or of its key results waits for a yes. */
  isWaiting: boolean;
}

/** An objective in the list, with its key results below it. */
export function ObjectiveCard({ objective, isWaiting }: ObjectiveCardProps) {
  const { goals } = strings;
  const { id, title, owner, cycle, key_results: keyResults } = objective;
  return (
    <article className={styles.card}>
      <header className={styles.head}>
        <h2>
          <Link to="/goals/objectives/$id" params={{ id }}>
            <UntrustedText text={title} />
          </Link>
        </h2>
        <span className={styles.marks}>
          {isWaiting && <Mark tone="warn">{goals.waiting.mark}</Mark>}
          <GoalStatusMark status={objective.status} />
        </span>
      </header>
      <Progress name={title} share={objective.progress} status={objective.status} />
      <p className={styles.facts}>
        <span>{goals.types[objective.type]}</span>
        <span>
          <UntrustedText text={owner ?? goals.nobody} />
        </span>
        {cycle !== null && (
          <span>
            <UntrustedText text={cycle} />
          </span>
        )}
        <span className="numbers">
          {goals.health.label} {goals.health.score(objective.health_score)}
        </span>
      </p>
      {keyResults.length === 0 ? (
        <p className="hint">{goals.keyResults(0)}</p>
      ) : (
        <ul className={styles.keyResults}>
          {keyResults.map((keyResult) => (
            <li key={keyResult.id}>
              <KeyResultLine keyResult={keyResult} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function KeyResultLine({ keyResult }: { keyResult: KeyResult }) {
  const { title, current, target, unit, progress, status } = keyResult;
  return (
    <>
      <span className={styles.name}>
        <UntrustedText text={title} />
      </span>
      <span className={styles.amount}>
        <UntrustedText
          text={strings.goals.timeline.fromTo(numberText(current), amountText(target, unit))}
        />
      </span>
      <Progress name={title} share={progress} status={status} size="small" />
    </>
  );
}
