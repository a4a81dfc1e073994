import type { Approval, Decided, Decision, YourVote } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Check, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Textarea } from "../ui/field.tsx";
import { PriorityMark } from "../ui/mark.tsx";
import { Loaded, Skeleton } from "../ui/states.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./decide-dialog.module.css";
import { Outcome } from "./outcome.tsx";
import { decidingQuery, useLiveRequest } from "./queries.ts";
import { COMMENT_MAX, useVote, type Seen, type VoteOutcome, type Voting } from "./use-vote.ts";

interface DecideDialogProps {
  requestId: string;
  decision: Decision;
  /** Called once it is over: with what the server made of the vote, or with null where none was cast. */
  onDone: (decided: Decided | null) => void;
  /** What the comment begins as. */
  comment?: string;
  /** What the person had in front of them; default: the request as it is when the dialog opens. */
  seen?: Seen;
}

/**
 * Asks for a comment and casts the vote: the second of the two steps that deciding by keyboard takes. Shown while it is
 * mounted. If somebody else decides meanwhile, or was faster, it says so in place of the buttons.
 */
export function DecideDialog(props: DecideDialogProps) {
  const { requestId, decision, onDone } = props;
  const query = useQuery(decidingQuery(requestId));
  const confirm = useRef<HTMLButtonElement>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const { decide } = strings.request;
  const voting = useVote(requestId);
  const { status, priority } = query.data?.approval ?? {};
  const isGone = !voting.isBusy && status !== undefined && status !== "pending";
  const ask = priority === "critical" ? decide.criticalAsk : decide.ask;
  useLiveRequest(requestId);
  return (
    <Dialog
      isOpen
      // A vote under way can't be taken back; what became of it is still to be told here.
      onClose={() => !voting.isBusy && onDone(null)}
      title={isGone ? decide.gone : ask[decision]}
      initialFocus={decision === "approve" ? confirm : comment}
    >
      <Loaded query={query} skeleton={<Skeleton lines={2} height="3rem" />}>
        {(data) => (
          <DecideForm
            {...props}
            {...data}
            voting={voting}
            confirm={confirm}
            commentField={comment}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

interface DecideFormProps extends DecideDialogProps {
  approval: Approval;
  vote: YourVote;
  voting: Voting;
  confirm: RefObject<HTMLButtonElement | null>;
  commentField: RefObject<HTMLTextAreaElement | null>;
}

function DecideForm(props: DecideFormProps) {
  const { decision, onDone, approval, vote, confirm, commentField } = props;
  const { decide } = strings.request;
  const { isBusy, cast } = props.voting;
  const [comment, setComment] = useState(props.comment ?? "");
  const [outcome, setOutcome] = useState<VoteOutcome | null>(null);
  const [seen] = useState(props.seen ?? vote);
  const needsReason = decision === "reject" && vote.needs_reason;
  // Where the request had to be read first, the dialog found nothing to give the focus to.
  useEffect(() => {
    (decision === "approve" ? confirm : commentField).current?.focus();
  }, [decision, confirm, commentField]);
  if (outcome?.kind !== "counted" && !isBusy && (outcome?.kind === "lost" || !vote.can_decide))
    return <NotAnyMore {...props} message={outcome?.message} />;
  const send = async () => {
    if (needsReason && comment.trim() === "") {
      setOutcome({ kind: "fault", message: decide.reasonFault, field: "comment" });
      commentField.current?.focus();
      return;
    }
    const result = await cast(decision, comment, seen);
    if (result?.kind === "counted") onDone(result.decided);
    else if (result !== null) setOutcome(result);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
  };
  const fault = outcome?.kind === "fault" ? outcome : null;
  const fieldFault = fault?.field === "comment" ? fault.message : undefined;
  return (
    <>
      <p className={styles.what}>
        <PriorityMark priority={approval.priority} />{" "}
        <strong>
          <UntrustedText text={approval.title} />
        </strong>
      </p>
      {approval.priority === "critical" && decision === "approve" && (
        <p className={styles.critical}>
          <TriangleAlert aria-hidden /> {decide.criticalHint}
        </p>
      )}
      {vote.as_admin && <p className="hint">{decide.asAdmin}</p>}
      <Field
        label={needsReason ? decide.reason : decide.comment}
        hint={needsReason ? decide.reasonHint : decide.commentHint}
        isOptional={!needsReason}
        fault={fieldFault}
      >
        <Textarea
          ref={commentField}
          value={comment}
          maxLength={COMMENT_MAX}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onChange={(event) => setComment(event.target.value)}
          onKeyDown={press}
        />
      </Field>
      {fault !== null && fieldFault === undefined && <FormFault>{fault.message}</FormFault>}
      <DialogActions>
        <Button disabled={isBusy} onClick={() => onDone(null)}>
          {strings.common.cancel}
        </Button>
        <Button
          ref={confirm}
          kind={decision === "approve" ? "yes" : "no"}
          icon={decision === "approve" ? <Check aria-hidden /> : <X aria-hidden />}
          isBusy={isBusy}
          onClick={() => void send()}
        >
          {(approval.priority === "critical" ? decide.confirm : decide.verb)[decision]}
        </Button>
      </DialogActions>
    </>
  );
}

/** In place of the form: what the request is by now, said kindly. */
function NotAnyMore({
  approval,
  vote,
  message,
  onDone,
}: DecideFormProps & { message: string | undefined }) {
  const isOpen = approval.status === "pending";
  return (
    <>
      <p className={styles.what}>
        <strong>
          <UntrustedText text={approval.title} />
        </strong>
      </p>
      <div role="status" className={styles.notice}>
        <Outcome approval={approval} />
        <p>{isOpen ? (message ?? vote.message) : message}</p>
      </div>
      <DialogActions>
        <Button kind="primary" onClick={() => onDone(null)}>
          {strings.common.close}
        </Button>
      </DialogActions>
    </>
  );
}
