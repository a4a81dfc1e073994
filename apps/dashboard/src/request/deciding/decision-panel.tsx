import type { Approval, Decision, YourVote } from "@sayso/client";
import { Check, X } from "lucide-react";
import { useRef, useState, type ReactNode } from "react";
import { deadlineOf } from "../deadline-of.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { useBottomBar } from "../../ui/bottom-bar.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { NotYet } from "../../ui/pause/not-yet.tsx";
import type { Pause } from "../../ui/pause/use-in-sight.ts";
import { asksAgain } from "./asks-again.ts";
import styles from "./decision-panel.module.css";
import { castVote, type HeldVote, type Seen } from "../votes/held-votes.ts";
import { commentFault, useVoteComment } from "../votes/vote-comment.ts";
import { ReadOn } from "./read-on.tsx";
import type { ReadThrough } from "./use-read-through.ts";
import { StepName, VoteStep } from "./vote-step.tsx";

interface DecisionPanelProps {
  approval: Approval;
  vote: YourVote;
  /**
   * The version that the person has in view. Null: the request was changed since, and the person has not confirmed it.
   */
  seen: Seen | null;
  /** The person's vote while it is held or on its way. */
  held: HeldVote | undefined;
  /** The pause before the request can be decided. */
  pause: Pause;
  /** Whether a part of the request is folded or left out, and was not opened. */
  isUnread: boolean;
  /** The reading of the request, which must have been on the screen in full before it is approved. */
  reading: ReadThrough;
  /** Takes the first of two steps. The approval of a critical or high request needs both, and so does a phone. */
  onArm: (decision: Decision) => void;
  onCast: (() => void) | undefined;
  /** Called when the person confirms having read the changes. */
  onSeen: () => void;
}

/**
 * The two buttons with a comment, or the reason why there are none. On a large screen one click is a vote. The approval of
 * a critical or high request and a vote on a phone need a second step.
 */
export function DecisionPanel(props: DecisionPanelProps) {
  const { approval, vote, seen, held, onArm, onSeen } = props;
  const { decide } = strings.request;
  if (approval.status !== "pending" || approval.is_log || held) return null;
  const own = vote.cast.at(-1);
  if (!vote.can_decide && own)
    return (
      <Card title={decide.yourDecision}>
        <p>
          {vote.step !== null && vote.step.of > 1 ? (
            <StepName before={decide.votedStep} step={vote.step} />
          ) : (
            decide.voted[own.decision]
          )}{" "}
          {decide.missing(Math.max(1, approval.required_approvals - approval.current_approvals))}
        </p>
        {vote.change && (
          <>
            <p className="hint">{decide.changeHint}</p>
            <div className={styles.buttons}>
              <Button kind="no" icon={<X aria-hidden />} onClick={() => onArm("reject")}>
                {decide.change}
              </Button>
            </div>
          </>
        )}
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
  if (seen === null) return <RevisedPanel onSeen={onSeen} />;
  return <OpenPanel {...props} seen={seen} />;
}

const sentence = (text: string | null): string => (text === null ? "" : `${text}.`);

/** Stands in place of the buttons until the person has confirmed the changes. */
function RevisedPanel({ onSeen }: { onSeen: () => void }) {
  const { decide } = strings.request;
  const buttons = (
    <>
      <Button onClick={() => scrollTo({ top: 0 })}>{decide.toTop}</Button>
      <Button kind="primary" onClick={onSeen}>
        {decide.revisedSeen}
      </Button>
    </>
  );
  return (
    <>
      <div className={styles.panel}>
        <Card title={decide.yourDecision}>
          <p>{decide.revisedAbove}</p>
          <div className={styles.buttons}>{buttons}</div>
        </Card>
      </div>
      <Bar>
        <p className={styles.unread}>{decide.revisedAbove}</p>
        {buttons}
      </Bar>
    </>
  );
}

function OpenPanel(props: DecisionPanelProps & { seen: Seen }) {
  const { approval, vote, seen, pause, isUnread, reading, onArm, onCast } = props;
  const mustRead = isUnread || !reading.isRead;
  const { decide } = strings.request;
  const me = useMe();
  const [comment, setComment] = useVoteComment(approval.id);
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  const press = (decision: Decision) => {
    if (decision === "approve" && asksAgain(approval.priority)) return onArm(decision);
    const found = commentFault(comment, decision === "reject" && vote.needs_reason);
    setFault(found);
    if (found !== undefined) return field.current?.focus();
    const { id, title } = approval;
    const deadline = deadlineOf(approval);
    castVote({ requests: [{ id, title, seen, deadline }], personId: me.id, decision, comment });
    onCast?.();
  };
  return (
    <>
      <div className={styles.panel}>
        <Card title={decide.yourDecision}>
          <VoteStep vote={vote} />
          {vote.as_admin && <p className="hint">{decide.asAdmin}</p>}
          <Field
            label={decide.comment}
            hint={vote.needs_reason ? decide.reasonHint : decide.commentHint}
            isOptional={!vote.needs_reason}
            fault={fault}
          >
            <Textarea
              ref={field}
              rows={2}
              value={comment}
              onChange={(event) => {
                setFault(undefined);
                setComment(event.target.value);
              }}
            />
          </Field>
          <Unread isUnread={isUnread} reading={reading} />
          <div className={styles.buttons}>
            <RejectButton pause={pause} onClick={() => press("reject")} />
            <ApproveButton pause={pause} isResting={mustRead} onClick={() => press("approve")} />
          </div>
          <NotYet pause={pause} place="below" />
        </Card>
      </div>
      <Bar cover={reading.cover}>
        <Unread isUnread={isUnread} reading={reading} />
        <NotYet pause={pause} place="above" />
        <RejectButton pause={pause} onClick={() => onArm("reject")} />
        <ApproveButton pause={pause} isResting={mustRead} onClick={() => onArm("approve")} />
      </Bar>
    </>
  );
}

interface BarProps {
  cover?: ReadThrough["cover"];
  children: ReactNode;
}

/** The buttons at the lower edge of a phone. */
const Bar = ({ cover, children }: BarProps) => (
  <div
    ref={useBottomBar(cover)}
    className={styles.bar}
    role="group"
    aria-label={strings.request.decide.yourDecision}
  >
    {children}
  </div>
);

/** Says why the request can't be approved yet: a part of it was not on the screen. */
function Unread({ isUnread, reading }: Pick<DecisionPanelProps, "isUnread" | "reading">) {
  const { decide } = strings.request;
  if (isUnread) return <p className={styles.unread}>{decide.unread}</p>;
  return !reading.isRead && <ReadOn reading={reading} />;
}

interface DecisionButtonProps {
  pause: Pause;
  isResting?: boolean;
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
