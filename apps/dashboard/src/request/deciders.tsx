import type { Approval, Deciders as DecidersOf, DecidingStep, Vote } from "@sayso/client";
import { Check, X } from "lucide-react";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import { Mark, type Tone } from "../ui/mark.tsx";
import { Time } from "../ui/time.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { PersonName } from "./person-name.tsx";
import styles from "./deciders.module.css";
import { ActorName } from "./actor-name.tsx";
import { MarkdownText } from "./markdown-text.tsx";

/** The greatest number of missing approvers that are named. */
const MISSING_MAX = 12;
const DOTS_MAX = 10;
/** If fewer than this are missing, the server has named the whole team. */
const TEAM_NAMED = 40;

const stepTones: Record<DecidingStep["status"], Tone> = {
  waiting: "neutral",
  active: "info",
  approved: "good",
  rejected: "bad",
  skipped: "neutral",
};

/** Shows the approvers step by step: who has voted and who is missing. */
export function Deciders({ approval, deciders }: { approval: Approval; deciders: DecidersOf }) {
  const { deciders: words } = strings.request;
  const { steps, voided_votes: voided } = deciders;
  const revised = voided.filter(({ void_reason: reason }) => reason === null);
  const lost = voided.filter(({ void_reason: reason }) => reason !== null);
  return (
    <Card title={approval.status === "pending" ? words.pending : words.decided}>
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li
            key={step.id ?? "whole"}
            data-status={step.status}
            aria-current={step.id !== null && step.status === "active" ? "step" : undefined}
          >
            {step.id !== null && (
              <div className={styles.head}>
                <h3>{step.name ? <UntrustedText text={step.name} /> : words.step(index + 1)}</h3>
                <Mark tone={stepTones[step.status]}>{words.statuses[step.status]}</Mark>
              </div>
            )}
            <Step step={step} />
          </li>
        ))}
      </ol>
      {revised.length > 0 && (
        <>
          <p className="hint">{words.voided(revised.length)}</p>
          <Votes votes={revised} />
        </>
      )}
      {lost.length > 0 && (
        <>
          <p className="hint">{words.voidedWithRight}</p>
          <Votes votes={lost} />
        </>
      )}
    </Card>
  );
}

function Step({ step }: { step: DecidingStep }) {
  const { deciders: words } = strings.request;
  const done = step.votes.filter(({ decision }) => decision === "approve").length;
  const needed = step.required_approvals;
  const isOpen = step.status === "active" || step.status === "waiting";
  return (
    <>
      <p className={styles.quorum}>
        <span className={styles.dots} aria-hidden>
          {Array.from({ length: Math.min(needed, DOTS_MAX) }, (_, index) => (
            <i key={index} data-on={index < done || undefined} />
          ))}
        </span>
        {words.quorum(done, needed)}
      </p>
      <Votes votes={step.votes} />
      {isOpen && <WhoElse step={step} />}
    </>
  );
}

function Votes({ votes }: { votes: readonly Vote[] }) {
  const { deciders: words } = strings.request;
  if (votes.length === 0) return null;
  return (
    <ul className={styles.votes}>
      {votes.map((vote) => (
        <li key={vote.id} data-decision={vote.decision}>
          {vote.decision === "approve" ? <Check aria-hidden /> : <X aria-hidden />}
          <div>
            <strong>
              <ActorName id={vote.person.id} name={vote.full_name} via={vote.via} isSubject />
            </strong>{" "}
            {vote.decision === "approve" ? words.approved : words.rejected}{" "}
            {vote.via?.kind === "session" && <>{words.signedIn} </>}
            <span className="hint">
              <Time at={vote.created_at} />
              {vote.void_reason !== null && `; ${words.voidReasons[vote.void_reason]}`}
            </span>
            {vote.comment !== null && vote.comment !== "" && <MarkdownText text={vote.comment} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Shows the approvers that the step still waits for. It shows names if the step asks people by name. */
function WhoElse({ step }: { step: DecidingStep }) {
  const { deciders: words } = strings.request;
  const me = useMe();
  if (step.missing === null)
    return <p className="hint">{step.role ? words.role[step.role] : words.everybody}</p>;
  // The server doesn't name everybody in a large team.
  const unnamed = Math.max(0, (step.team?.size ?? 0) - step.votes.length - step.missing.length);
  const more =
    step.missing.length + (step.missing.length >= TEAM_NAMED ? unnamed : 0) - MISSING_MAX;
  return (
    <p className="hint">
      {step.team && (
        <>
          <UntrustedText text={words.team(step.team.name)} />.{" "}
        </>
      )}
      {step.missing.length === 0 ? (
        words.everybodyVoted
      ) : (
        <>
          {words.waitingFor}{" "}
          {step.missing.slice(0, MISSING_MAX).map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ", "}
              <PersonName id={id} name={name} />
              {id === me.id && ` (${words.you})`}
            </span>
          ))}
          {more > 0 && ` ${words.andMore(more)}`}
        </>
      )}
    </p>
  );
}
