import type { Approval, Decided, Decision, YourVote } from "@sayso/client";
import { Check, X } from "lucide-react";
import { useRef, useState } from "react";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field, FormFault, Textarea } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import styles from "./decision-panel.module.css";
import { COMMENT_MAX, useVote, type Seen, type VoteOutcome } from "./use-vote.ts";

type VoteFault = Extract<VoteOutcome, { kind: "fault" }>;

interface DecisionPanelProps {
  approval: Approval;
  vote: YourVote;
  /** What the person has in front of them; null: it was changed since, and they have yet to look. */
  seen: Seen | null;
  /** What the person has written so far. */
  comment: string;
  onComment: (comment: string) => void;
  /** Takes the first of the two steps that a critical approval, or a phone, asks for. */
  onArm: (decision: Decision) => void;
  onDecided: (decided: Decided) => void;
  onSeen: () => void;
}

/**
 * The two buttons with what belongs to them, or why there are none. On a large screen a click is a vote, with the comment
 * beside it; what is critical, and a thumb, is asked once more.
 */
export function DecisionPanel(props: DecisionPanelProps) {
  const { approval, vote, seen, onSeen } = props;
  const { decide } = strings.request;
  if (approval.status !== "pending" || approval.is_log) return null;
  const own = vote.cast.at(-1);
  if (!vote.can_decide && own)
    return (
      <Card title={decide.yourDecision}>
        <p>
          {decide.voted[own.decision]}{" "}
          {decide.missing(Math.max(1, approval.required_approvals - approval.current_approvals))}
        </p>
      </Card>
    );
  if (!vote.can_decide)
    return (
      <Card title={decide.yourDecision}>
        <p>
          <strong>{decide.cannot}.</strong>{" "}
          {vote.reason === "emergency_stop" ? decide.stopped : sentence(vote.message)}
        </p>
      </Card>
    );
  if (seen === null)
    return (
      <Card title={decide.yourDecision}>
        <p role="alert" className={styles.revised}>
          {decide.revisedHere}
        </p>
        <Button kind="primary" onClick={onSeen}>
          {decide.revisedSeen}
        </Button>
      </Card>
    );
  return <OpenPanel {...props} seen={seen} />;
}

const sentence = (text: string | null): string => (text === null ? "" : `${text}.`);

function OpenPanel(props: DecisionPanelProps & { seen: Seen }) {
  const { approval, vote, seen, comment, onComment, onArm, onDecided } = props;
  const { decide } = strings.request;
  const { isBusy, cast } = useVote(approval.id);
  const [pressed, setPressed] = useState<Decision | null>(null);
  const [fault, setFault] = useState<VoteFault | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const press = async (decision: Decision) => {
    if (decision === "approve" && approval.priority === "critical") return onArm(decision);
    if (decision === "reject" && vote.needs_reason && comment.trim() === "") {
      setFault({ kind: "fault", message: decide.reasonFault, field: "comment" });
      field.current?.focus();
      return;
    }
    setPressed(decision);
    const result = await cast(decision, comment, seen);
    if (result?.kind === "counted") onDecided(result.decided);
    // Somebody was faster: the page has it already, this only says what became of the click.
    else if (result?.kind === "lost") toast(result.message, "note");
    else setFault(result);
  };
  const isFieldFault = fault?.field === "comment";
  return (
    <>
      <div className={styles.panel}>
        <Card title={decide.yourDecision}>
          {vote.as_admin && <p className="hint">{decide.asAdmin}</p>}
          <Field
            label={decide.comment}
            hint={vote.needs_reason ? decide.reasonHint : decide.commentHint}
            isOptional={!vote.needs_reason}
            fault={isFieldFault ? fault.message : undefined}
          >
            <Textarea
              ref={field}
              rows={2}
              value={comment}
              maxLength={COMMENT_MAX}
              onChange={(event) => onComment(event.target.value)}
            />
          </Field>
          {fault !== null && !isFieldFault && <FormFault>{fault.message}</FormFault>}
          <div className={styles.buttons}>
            <RejectButton
              isBusy={isBusy && pressed === "reject"}
              onClick={() => void press("reject")}
            />
            <ApproveButton
              isBusy={isBusy && pressed === "approve"}
              onClick={() => void press("approve")}
            />
          </div>
        </Card>
      </div>
      <div className={styles.bar} role="group" aria-label={decide.yourDecision}>
        <RejectButton onClick={() => onArm("reject")} />
        <ApproveButton onClick={() => onArm("approve")} />
      </div>
    </>
  );
}

interface DecisionButtonProps {
  isBusy?: boolean;
  onClick: () => void;
}

const ApproveButton = (props: DecisionButtonProps) => (
  <Button kind="yes" size="large" icon={<Check aria-hidden />} {...props}>
    {strings.request.decide.verb.approve}
  </Button>
);

const RejectButton = (props: DecisionButtonProps) => (
  <Button kind="no" size="large" icon={<X aria-hidden />} {...props}>
    {strings.request.decide.verb.reject}
  </Button>
);
