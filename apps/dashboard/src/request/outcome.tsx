import type { Approval } from "@sayso/client";
import { CircleCheck, CircleSlash, CircleX, Clock3, ScrollText } from "lucide-react";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Time } from "../ui/time.tsx";
import { ActorName } from "./actor-name.tsx";
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
  const { decided_via, decided_by_full_name } = approval;
  const isOwn =
    decided_by === me.id &&
    (decided_via === null
      ? approval.decided_via_connection_id === null
      : decided_via.kind === "session");
  return (
    <>
      <strong>
        {isOwn ? (
          outcome.you
        ) : (
          <ActorName id={decided_by} name={decided_by_full_name} via={decided_via} isSubject />
        )}
      </strong>{" "}
      {outcome.did[status]} {at}.
    </>
  );
}
