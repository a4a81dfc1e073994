import type { Approval } from "@sayso/client";
import { CircleCheck, CircleSlash, CircleX, Clock3, ScrollText } from "lucide-react";
import type { ReactNode } from "react";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Time } from "../ui/time.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { throughWhat } from "./through-what.ts";
import { PersonName } from "./person-name.tsx";
import styles from "./outcome.module.css";
import { MarkdownText } from "./markdown-text.tsx";

const icons = {
  approved: CircleCheck,
  rejected: CircleX,
  cancelled: CircleSlash,
  expired: Clock3,
  pending: Clock3,
};

/**
 * A sentence about the end of a request: who decided, when, and with which comment. Shows nothing while it is pending.
 */
export function Outcome({ approval }: { approval: Approval }) {
  const { status, is_log, decision_comment } = approval;
  if (status === "pending") return null;
  const Icon = is_log ? ScrollText : icons[status];
  return (
    <div className={styles.outcome} data-status={is_log ? "log" : status}>
      <Icon aria-hidden />
      <div>
        <p>{is_log ? strings.request.outcome.logged : <Sentence approval={approval} />}</p>
        {decision_comment !== null && decision_comment !== "" && (
          <MarkdownText text={decision_comment} />
        )}
      </div>
    </div>
  );
}

function Sentence({ approval }: { approval: Approval }) {
  const { outcome } = strings.request;
  const me = useMe();
  const { status, decided_at, decided_by, decision_reason, auto_action } = approval;
  const at = decided_at !== null && <Time at={decided_at} />;
  if (decision_reason === "expired")
    return (
      <>
        <strong>{outcome.expired}</strong> {at}. {outcome.expiredWhy}
      </>
    );
  if (decision_reason === "auto_action")
    return (
      <>
        <strong>{outcome.automatic[auto_action ?? "reject"]}</strong> {at}. {outcome.automaticWhy}
      </>
    );
  if (decision_reason === "emergency_stop")
    return (
      <>
        <strong>{outcome.stopped}</strong> {at}.
      </>
    );
  const { decided_via } = approval;
  const isOwn =
    decided_by === me.id &&
    (decided_via === null
      ? approval.decided_via_connection_id === null
      : decided_via.kind === "session");
  // The decider's name already includes a connection, and a session is the usual way, so neither is named here.
  const through = !isOwn && decided_via && !["connection", "session"].includes(decided_via.kind);
  return (
    <>
      <strong>{isOwn ? outcome.you : <Decider approval={approval} />}</strong> {outcome.did[status]}{" "}
      {through && (
        <>
          <UntrustedText text={throughWhat(decided_via)} />{" "}
        </>
      )}
      {at}.
    </>
  );
}

function Decider({ approval }: { approval: Approval }): ReactNode {
  const { outcome } = strings.request;
  const person = approval.decided_by_name ?? strings.common.somebodyGone;
  const id = approval.decided_by;
  if (approval.decided_via_connection_id === null) return <PersonName id={id} name={person} />;
  const connection = approval.decided_via_connection_name ?? strings.common.somebodyGone;
  return (
    <PersonName id={id} name={`${outcome.connection(connection)} ${outcome.forPerson(person)}`} />
  );
}
