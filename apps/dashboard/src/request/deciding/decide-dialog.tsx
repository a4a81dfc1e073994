import type { Approval, Decision, YourVote } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, TriangleAlert, X } from "lucide-react";
import { useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { deadlineOf } from "../deadline-of.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CancelButton, Dialog, DialogActions, DialogSubject } from "../../ui/dialogs/dialog.tsx";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { PriorityMark } from "../../ui/mark.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "./decide-dialog.module.css";
import { asksAgain } from "./asks-again.ts";
import type { OpenedFrom } from "../../inbox/filters/opened-from.ts";
import { AskedBy } from "../about.tsx";
import { castVote, type Seen } from "../votes/held-votes.ts";
import { Outcome } from "../outcome.tsx";
import { decidingQuery, useLiveRequest } from "../queries.ts";
import { QUESTION_MS, useInSight, type Pause } from "../../ui/pause/use-in-sight.ts";
import { ReadOn } from "./read-on.tsx";
import { useReadThrough } from "./use-read-through.ts";
import { contentOf } from "./use-seen.ts";
import { commentFault, useVoteComment } from "../votes/vote-comment.ts";
import { VoteStep } from "./vote-step.tsx";
import { UnreadProvider, useUnreadCount } from "../payload/unread.ts";
import { MarkdownText } from "../markdown-text.tsx";

interface DecideDialogProps {
  requestId: string;
  decision: Decision;
  /** Called when the dialog is done. `wasCast` says whether a vote was cast. */
  onDone: (wasCast: boolean) => void;
  /** The list that the dialog was opened in, for the link to the request's page. */
  from?: OpenedFrom;
  /**
   * The version of the request that the person had in view. Default: the one at the opening of the dialog, which then
   * shows the request.
   */
  seen?: Seen;
}

/**
 * Asks for a comment and casts the vote. Deciding by keyboard takes two steps, and this is the second: the button of an
 * ordinary approval has the focus. The approval of a critical or high request has its focus on Cancel, so Enter alone
 * never gives it. The dialog is open while it is mounted. If somebody else decides first, it says so in place of the
 * buttons.
 */
export function DecideDialog(props: DecideDialogProps) {
  const { requestId, decision } = props;
  const query = useQuery(decidingQuery(requestId));
  const confirm = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { decide } = strings.request;
  const { approval, vote } = query.data ?? {};
  const isGone = approval !== undefined && approval.status !== "pending";
  const isChange = vote !== undefined && changes(vote, decision);
  const priority = approval?.priority;
  const isGrave = priority !== undefined && asksAgain(priority);
  const ask = isGrave ? decide.graveAsk[priority] : decide.ask;
  useLiveRequest(requestId);
  return (
    <Dialog
      isOpen
      onClose={() => props.onDone(false)}
      title={isGone ? decide.gone : isChange ? decide.changeAsk : ask[decision]}
      initialFocus={decision === "reject" ? "field" : isGrave ? "cancel" : confirm}
    >
      <Loaded query={query} skeleton={<Skeleton lines={2} height="3rem" />}>
        {(data) => <DecideForm {...props} {...data} confirm={confirm} field={field} />}
      </Loaded>
    </Dialog>
  );
}

/** Whether the decision is a change of the person's approval to a rejection. */
const changes = (vote: YourVote, decision: Decision): boolean =>
  !vote.can_decide && vote.change !== null && decision === "reject";

interface DecideFormProps extends DecideDialogProps {
  approval: Approval;
  vote: YourVote;
  confirm: RefObject<HTMLButtonElement | null>;
  field: RefObject<HTMLTextAreaElement | null>;
}

function DecideForm(props: DecideFormProps) {
  const { decision, onDone, approval, vote, field } = props;
  const { decide } = strings.request;
  const me = useMe();
  const [comment, setComment] = useVoteComment(approval.id, decision);
  const [fault, setFault] = useState<string>();
  const [content] = useState(contentOf(approval));
  const [replaces] = useState(changes(vote, decision));
  const [seen] = useState(props.seen ?? seenIn(vote, replaces));
  const pause = useInSight(content, QUESTION_MS);
  const needsReason = decision === "reject" && vote.needs_reason;
  const isInList = props.seen === undefined;
  const [isAside, aside] = useUnreadCount();
  const isUnread = isInList && decision === "approve" && (hasMore(approval) || isAside);
  const reading = useReadThrough(content);
  const mustRead = isInList && decision === "approve" && !reading.isRead;
  if (changes(vote, decision) !== replaces || !(vote.can_decide || replaces))
    return <NotAnyMore {...props} />;
  if (contentOf(approval) !== content) return <NotAnyMore {...props} message={decide.revised} />;
  const cast = () => {
    const found = commentFault(comment, needsReason);
    setFault(found);
    if (found !== undefined) return field.current?.focus();
    if (!pause.isOver) return pause.refuse();
    if (isUnread || mustRead) return;
    const { id, title } = approval;
    const deadline = deadlineOf(approval);
    const requests = [{ id, title, seen, deadline }];
    castVote({ requests, personId: me.id, decision, comment, ...(replaces && { replaces }) });
    onDone(true);
  };
  return (
    <>
      <div ref={reading.start} className={styles.asked}>
        <Question approval={approval} />
        <UnreadProvider value={aside}>{isInList && <Brief {...props} />}</UnreadProvider>
        <div ref={reading.end} />
      </div>
      {decision === "approve" && <GraveHint priority={approval.priority} />}
      <VoteStep vote={vote} />
      {vote.as_admin && <p className="hint">{decide.asAdmin}</p>}
      <Field
        label={needsReason ? decide.reason : decide.comment}
        hint={needsReason ? decide.reasonHint : decide.commentHint}
        isOptional={!needsReason}
        fault={fault}
      >
        <Textarea
          ref={field}
          value={comment}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onChange={(event) => {
            setFault(undefined);
            setComment(event.target.value);
          }}
          onKeyDown={(event) => isSending(event) && cast()}
        />
      </Field>
      <DialogActions ref={reading.cover} pause={pause}>
        {mustRead && <ReadOn reading={reading} />}
        <CancelButton onClick={() => onDone(false)} />
        {isUnread ? (
          <OpenLink
            id={approval.id}
            from={props.from}
            className={buttonClass({ kind: "primary" })}
          />
        ) : (
          <ConfirmButton {...props} pause={pause} isResting={mustRead} onClick={cast} />
        )}
      </DialogActions>
    </>
  );
}

interface ConfirmButtonProps extends Pick<DecideFormProps, "approval" | "decision" | "confirm"> {
  pause: Pause;
  isResting: boolean;
  onClick: () => void;
}

function ConfirmButton(props: ConfirmButtonProps) {
  const { approval, decision, confirm, pause, isResting, onClick } = props;
  const { decide } = strings.request;
  return (
    <Button
      ref={confirm}
      kind={decision === "approve" ? "yes" : "no"}
      icon={decision === "approve" ? <Check aria-hidden /> : <X aria-hidden />}
      isResting={isResting}
      pause={pause}
      onClick={onClick}
    >
      {(asksAgain(approval.priority) ? decide.confirm : decide.verb)[decision]}
    </Button>
  );
}

const isSending = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  key === "Enter" && (ctrlKey || metaKey);

/** The version that the dialog shows. */
const seenIn = ({ sequence, step_id, change }: YourVote, replaces: boolean): Seen => ({
  sequence,
  step_id: replaces && change ? change.step_id : step_id,
});

const GraveHint = ({ priority }: Pick<Approval, "priority">) =>
  asksAgain(priority) && (
    <p className={styles.grave} data-priority={priority}>
      <TriangleAlert aria-hidden /> {strings.request.decide.graveHint[priority]}
    </p>
  );

/** The request's title, its priority, and the asker that Sayso knows. */
const Question = ({ approval }: { approval: Approval }) => (
  <>
    <DialogSubject>
      <PriorityMark priority={approval.priority} />{" "}
      <strong>
        <UntrustedText text={approval.title} />
      </strong>
    </DialogSubject>
    <p className="hint">
      <AskedBy approval={approval} /> {strings.request.facts.asks}
    </p>
  </>
);

interface OpenLinkProps extends Pick<DecideDialogProps, "from"> {
  id: string;
  className?: string;
}

const OpenLink = ({ id, from, className }: OpenLinkProps) => (
  <Link to="/requests/$id" params={{ id }} search={from} className={className}>
    {strings.request.decide.open}
  </Link>
);

/** Whether the request has more than a title and a description. */
const hasMore = ({ metadata, context_html: context }: Approval): boolean =>
  Object.keys(metadata ?? {}).length > 0 || (context ?? "").trim() !== "";

/**
 * Shows the request to a person who decides from the list. Details and context can be read only on the request's page.
 */
function Brief({ approval, from }: Pick<DecideFormProps, "approval" | "from">) {
  const { decide } = strings.request;
  const { id, description } = approval;
  return (
    <>
      {description.trim() !== "" && (
        <div className={styles.brief}>
          <MarkdownText text={description} />
        </div>
      )}
      {hasMore(approval) && (
        <p className="hint">
          {decide.more} <OpenLink id={id} from={from} />
        </p>
      )}
    </>
  );
}

/** Shows the request's present state in place of the form. */
function NotAnyMore(props: DecideFormProps & { message?: string }) {
  const { approval, vote, message, onDone } = props;
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
        <Button kind="primary" onClick={() => onDone(false)}>
          {strings.common.close}
        </Button>
      </DialogActions>
    </>
  );
}
