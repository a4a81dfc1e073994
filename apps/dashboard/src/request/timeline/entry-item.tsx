import type { TimelineEntry } from "@sayso/client";
import { isKeyOf } from "@sayso/exact-json";
import {
  ArrowRightLeft,
  Ban,
  Check,
  CircleDot,
  Clock3,
  FilePen,
  ListOrdered,
  MessageSquare,
  PackageCheck,
  PackageX,
  Plus,
  X,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { ActorName } from "../actor-name.tsx";
import { PersonName } from "../person-name.tsx";
import styles from "./timeline.module.css";
import { MarkdownText } from "../markdown-text.tsx";

/** One event: who acted, through which credential, when, and with which comment. */
export function EntryItem({ entry }: { entry: TimelineEntry }) {
  const { icon: Icon, tone } = lookOf(entry);
  return (
    <li className={styles.item} data-tone={tone}>
      <span className={styles.icon}>
        <Icon aria-hidden />
      </span>
      <div>
        <p>
          {wordsOf(entry)}{" "}
          <span className="hint">
            <Time at={entry.created_at} />
          </span>
        </p>
        {entry.comment !== null && entry.comment !== "" && !repeatsVote(entry) && (
          <div className={styles.said}>
            <MarkdownText text={entry.comment} />
          </div>
        )}
        {entry.error !== null && (
          <p className="hint">
            <UntrustedText text={entry.error} />
          </p>
        )}
      </div>
    </li>
  );
}

/** Whether the entry repeats the comment of the vote that ended the request. */
const repeatsVote = ({ type, reason }: TimelineEntry): boolean =>
  reason === "vote" && (type === "approval.approved" || type === "approval.rejected");

type Tone = "good" | "bad" | "plain";

function lookOf({ type, decision }: TimelineEntry): { icon: LucideIcon; tone: Tone } {
  if (type === "approval.vote_cast")
    return decision === "approve" ? { icon: Check, tone: "good" } : { icon: X, tone: "bad" };
  return looks[type] ?? { icon: CircleDot, tone: "plain" };
}

const looks: Record<string, { icon: LucideIcon; tone: Tone } | undefined> = {
  "approval.created": { icon: Plus, tone: "plain" },
  "approval.commented": { icon: MessageSquare, tone: "plain" },
  "approval.approved": { icon: Check, tone: "good" },
  "approval.rejected": { icon: X, tone: "bad" },
  "approval.cancelled": { icon: Ban, tone: "plain" },
  "approval.expired": { icon: Clock3, tone: "plain" },
  "approval.steps_replaced": { icon: ListOrdered, tone: "plain" },
  "approval.delegated": { icon: ArrowRightLeft, tone: "plain" },
  "approval.revised": { icon: FilePen, tone: "plain" },
  "approval.vote_voided": { icon: Ban, tone: "bad" },
  "change.applied": { icon: PackageCheck, tone: "good" },
  "change.apply_failed": { icon: PackageX, tone: "bad" },
};

function Name({ id = null, name }: { id?: string | null; name: string | null }) {
  return (
    <strong>
      <PersonName id={id} name={name ?? strings.request.timeline.somebody} />
    </strong>
  );
}

/** Names the actor of an entry together with the machine that acted. */
const Actor = ({ actor, via, isSubject = true }: TimelineEntry & { isSubject?: boolean }) => (
  <strong>
    {actor.kind === "system" ? (
      strings.request.timeline.system
    ) : (
      <ActorName
        id={actor.id}
        name={actor.full_name}
        via={actor.kind === "connection" && actor.full_name === actor.name ? null : via}
        isSubject={isSubject}
      />
    )}
  </strong>
);

function wordsOf(entry: TimelineEntry): ReactNode {
  const { timeline } = strings.request;
  const describe = describers[entry.type];
  if (describe) return describe(entry);
  if (!isKeyOf(timeline.change, entry.type)) return <code>{entry.type}</code>;
  const change = timeline.change[entry.type];
  const isBySystem = entry.actor.kind === "system" || change !== change.toLowerCase();
  return (
    <>
      {!isBySystem && (
        <>
          <Actor {...entry} />{" "}
        </>
      )}
      {change}
    </>
  );
}

const stepName = ({ step }: TimelineEntry): string =>
  step === null ? "" : (step.name ?? strings.request.deciders.step(step.step_order));

const describers: Record<string, ((entry: TimelineEntry) => ReactNode) | undefined> = {
  "approval.created": (entry) => <Asked {...entry} />,
  "approval.vote_cast": (entry) => <Voted {...entry} />,
  "approval.vote_voided": (entry) => <Voided {...entry} />,
  "approval.approved": (entry) => <Ended {...entry} />,
  "approval.rejected": (entry) => <Ended {...entry} />,
  "approval.cancelled": (entry) => <Ended {...entry} />,
  "approval.expired": (entry) => <Ended {...entry} />,
  "approval.commented": (entry) => (
    <>
      <Actor {...entry} /> {strings.request.timeline.commented}
    </>
  ),
  "approval.step_activated": (entry) => (
    <UntrustedText text={strings.request.timeline.stepActivated(stepName(entry))} />
  ),
  "approval.steps_replaced": (entry) => (
    <>
      <Actor {...entry} /> {strings.request.timeline.stepsReplaced}
    </>
  ),
  "approval.delegated": (entry) => (
    <>
      <Actor {...entry} /> {strings.request.timeline.delegated}{" "}
      <Name id={entry.to?.id} name={entry.to?.name ?? null} />
    </>
  ),
  "approval.revised": (entry) => (
    <>
      <Actor {...entry} /> {strings.request.timeline.revised(entry.fields.join(", "))}
      {entry.votes_voided > 0 && `; ${strings.request.timeline.votesVoided(entry.votes_voided)}`}
    </>
  ),
};

const Asked = (entry: TimelineEntry) => (
  <>
    <Actor {...entry} /> {strings.request.timeline.asked}
  </>
);

function Voted(entry: TimelineEntry) {
  const { timeline } = strings.request;
  const { decision, replaced, source, step, via } = entry;
  return (
    <>
      <Actor {...entry} />{" "}
      {replaced ? timeline.changed[replaced] : decision && timeline.voted[decision]}{" "}
      {step && (
        <>
          <UntrustedText text={timeline.onStep(stepName(entry))} />{" "}
        </>
      )}
      {via === null && <UntrustedText text={whereOf(source)} />}
      {via?.kind === "session" && strings.request.deciders.signedIn}
    </>
  );
}

function Voided(entry: TimelineEntry) {
  const { timeline, deciders } = strings.request;
  const { person, step, void_reason: reason } = entry;
  return (
    <>
      <Actor {...entry} /> {timeline.voided} <Name name={person?.name ?? null} />
      {step && <UntrustedText text={` ${timeline.onStep(stepName(entry))}`} />}
      {reason && `: ${deciders.voidReasons[reason]}`}
    </>
  );
}

function whereOf(source: string | null): string {
  const { where } = strings.request.timeline;
  if (source === null) return where.api;
  return source === "dashboard" ? where.dashboard : where.named(source);
}

function Ended(entry: TimelineEntry) {
  const { timeline } = strings.request;
  const { type, reason, actor } = entry;
  const isByActor = reason === "cancelled" && actor.kind !== "system";
  return (
    <>
      <strong>{isKeyOf(timeline.ended, type) && timeline.ended[type]}</strong>
      {reason === "auto_action" && ` ${timeline.automatic}`}
      {reason === "emergency_stop" && ` ${timeline.byStop}`}
      {isByActor && (
        <>
          {" "}
          {timeline.by} <Actor {...entry} isSubject={false} />
        </>
      )}
    </>
  );
}
